/*
 * What led to a load: the chain of modules from the program down to it, and what was loaded because
 * it needs it. The links of a run are read once and found by binary search. Main thread.
 */
#ifndef TRAIL_LOAD_LINKS_H
#define TRAIL_LOAD_LINKS_H

#include "error.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

/* From a load to one that it needs, or from a process to a program that it ran. */
struct load_link {
    int64_t of, seq, request;
};

struct load_links {
    struct load_link *needed, *programs; /* by `of` and seq */
    size_t needed_count, program_count;
};

enum { LOAD_LINKS_LEVELS = 1000 };

/* Reads those of a run. Returns 0, or -1 and error; release also after a failure. */
int load_links_read(struct load_links *links, sqlite3 *db, int64_t run, struct trail_error *error);
void load_links_release(struct load_links *links);

/* The last program that a process has started at `seq`, as the seq of its event; 0: none. */
int64_t load_links_program(const struct load_links *links, int64_t process, int64_t seq);

/*
 * Calls `take` for what a load needs that was loaded later in the same request, for each what that
 * needs before the next one, with its level from 1 on. Returns 0, or what `take` returned if that
 * was not 0.
 */
int load_links_each_needed(const struct load_links *links, int64_t seq, int64_t request,
                           int (*take)(void *context, int64_t seq, size_t level), void *context);

#endif
