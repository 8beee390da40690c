/*
 * Rows for one table, collected and inserted several at a time: a statement that inserts ROWS of
 * them takes less than half of the time of as many statements. A row that has not been inserted yet
 * can still be changed, which costs nothing beside an UPDATE. Rows are named by their id, the
 * column after run_id, and come with ascending ids. Writer thread only, inside a transaction.
 */
#ifndef TRAIL_BULK_H
#define TRAIL_BULK_H

#include "error.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bulk;

/*
 * For a table and a list of its columns ("run_id, id, ..."), which are numbered from 1 as a
 * statement's parameters are. The names are constants of ours. Returns NULL and error on failure.
 */
struct bulk *bulk_new(sqlite3 *db, const char *table, const char *columns,
                      struct trail_error *error);
void bulk_free(struct bulk *bulk);

/*
 * Begins a row, with no value in its other columns; inserts a few of those before it when enough
 * have come together. Returns 0, or -1 and error.
 */
int bulk_add(struct bulk *bulk, int64_t run_id, int64_t id, struct trail_error *error);

/*
 * Makes a row that is not inserted yet the one to which values are given. False if there is none
 * with that id.
 */
bool bulk_find(struct bulk *bulk, int64_t id);

/*
 * Gives a value to the row that was last begun or found. Bytes are copied; without memory for that,
 * the next flush fails.
 */
void bulk_integer(struct bulk *bulk, unsigned column, int64_t value);
void bulk_text(struct bulk *bulk, unsigned column, const char *text, size_t length);
void bulk_blob(struct bulk *bulk, unsigned column, const void *bytes, size_t length);

/*
 * Inserts what is still to be inserted: before a commit, or before the table is read or changed.
 * Returns 0, or -1 and error.
 */
int bulk_flush(struct bulk *bulk, struct trail_error *error);

/* Forgets what is still to be inserted: after a transaction was rolled back. */
void bulk_forget(struct bulk *bulk);

#endif
