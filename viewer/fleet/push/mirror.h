/*
 * The tables of a file that have rows of runs, as sources of rows: what columns there are, and what
 * they hold, is said by this program's own tables, not by those of the file. Main thread.
 */
#ifndef TRAIL_MIRROR_H
#define TRAIL_MIRROR_H

#include "row_stream.h"
#include "shared_rows.h"

/* Which values leave the machine: `sent` in the table run. */
enum { SENT_ENVIRONMENT = 1, SENT_ARGUMENTS = 2, SENT_STRINGS = 4, SENT_ALL = 7 };

struct mirror;

/* NULL and error. */
struct mirror *mirror_new(struct trail_error *error);
void mirror_free(struct mirror *mirror); /* NULL is accepted */

/* The file that is read from here on, with what its runs share. Returns 0, or -1 and error. */
int mirror_open(struct mirror *mirror, struct shared_rows *shared, unsigned sent,
                struct trail_error *error);

/* The sources; `*count` is how many. */
struct row_source **mirror_sources(struct mirror *mirror, size_t *count);

/* The columns of `run` without its id, and the row of a run. Returns 0, or -1 and error. */
const char *mirror_run_columns(const struct mirror *mirror);
int mirror_add_run(struct mirror *mirror, const struct pushed_run *run, struct buffer *row,
                   struct trail_error *error);

#endif
