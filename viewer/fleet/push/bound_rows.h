/*
 * What bounds gaps, with the times that comparisons take, as a source of rows; on the way each run
 * learns how long it took without what was held. Main thread.
 */
#ifndef TRAIL_BOUND_ROWS_H
#define TRAIL_BOUND_ROWS_H

#include "compare/model/hold_clock.h"
#include "compare/model/text_pool.h"
#include "row_stream.h"
#include "shared_rows.h"

struct bound_process {
    uint32_t role;        /* a text of the pool */
    uint32_t main_thread; /* its position + 1, 0 as long as none was seen */
    struct hold_clock clock;
};

/* Where a thread is: the last that bounds a gap in it, TEXT_NONE before there is one. */
struct bound_thread {
    uint32_t point;
    int64_t own_ns;
};

/* All but `source` is private. */
struct bound_rows {
    struct row_source source;
    struct shared_rows *shared;
    struct statements statements;
    struct text_pool *texts;
    struct tuple_map keys; /* (module, folds case) -> a text: its name without the version */
    /* of the run that is read */
    struct pushed_run *run;
    sqlite3_stmt *events, *bounds;
    int64_t bound_seq, last_ns;
    struct hold_clock clock;
    struct tuple_map process_index, thread_index; /* ids -> positions + 1 */
    struct bound_process *processes;
    struct bound_thread *threads;
    size_t process_count, thread_count;
};

/* Of this file. Returns 0, or -1 and error. */
int bound_rows_open(struct bound_rows *bound, struct shared_rows *shared,
                    struct trail_error *error);
void bound_rows_release(struct bound_rows *bound);

#endif
