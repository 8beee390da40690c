/*
 * What a run is like in numbers, by which runs of many machines are compared: its spans, gaps and
 * modules, as `stats` and `history` have them of this run alone. Main thread.
 */
#ifndef TRAIL_MEASURES_H
#define TRAIL_MEASURES_H

#include "compare/model/statements.h"
#include "error.h"

#include <sqlite3.h>
#include <stdint.h>

/*
 * Texts are "" where there is none. Times are net; below 0 where there is none. `what` is
 *   span   `name` is "start..end"
 *   gap    `name` is "liba.so -> libb.so"
 *   load   of a module: its name and key, how often it was loaded, when first (ns), how long after
 *          what came before it in its thread (other_ns), from where
 *   count  times: how many "loads" there were
 *   place  another place from which that module was loaded in this run
 */
struct measure {
    int64_t start_utc_ns; /* of the run */
    const char *what, *process, *key, *name, *place;
    int64_t times;
    double ns, other_ns; /* other_ns of a span: what was held meanwhile */
};

typedef int (*measure_take)(void *context, const struct measure *measure,
                            struct trail_error *error);

/* What serves many runs of one file. All zero is none; the rest is private. */
struct measures {
    struct statements statements;
    struct recordings *recordings; /* of one run at a time */
    uint32_t *keys;                /* of its modules, before what they were in one run */
    size_t key_count, runs;
};

/*
 * Hands out those of a run of an open file; `path` names the file. Returns 0, or -1 and error; also
 * when `take` returns -1.
 */
int measures_of_run(struct measures *measures, sqlite3 *db, const char *path, int64_t run,
                    measure_take take, void *context, struct trail_error *error);
void measures_release(struct measures *measures);

#endif
