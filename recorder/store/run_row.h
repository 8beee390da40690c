/*
 * The row of table `run` that a recording is about, and its labels: made before the target starts,
 * kept true with each batch, completed at the end. Used by the session before the writer starts and
 * after it ended, in between by the writer thread.
 */
#ifndef TRAIL_RUN_ROW_H
#define TRAIL_RUN_ROW_H

#include "error.h"
#include "event_kinds.h"
#include "hold.h"
#include "surroundings.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct run_start {
    uint64_t utc_ns, monotonic_ns; /* the same moment on two clocks */
    const char *command_line, *directory;
    const char *mode; /* "launch", "attach" */
    bool follow;
    const char *const *labels; /* NULL-terminated "KEY=VALUE" */
    const char *wait_function, *load_detection;
    /* kept by the writer until the recording has ended */
    struct surroundings surroundings;
    int64_t lowest_id; /* 0: any */
};

struct run_counts {
    uint64_t events, by_kind[EVENT_KINDS];
    uint64_t hold_ns, quiet_stops, stalls, stall_ns;
    struct hold_statistics holds;
};

struct run_end {
    const char *state;  /* "complete", "interrupted" */
    const char *reason; /* "exit", "timeout", "until", "request", "failure" */
    uint64_t wall_ns;
    bool exited; /* exit_code and exit_signal are known */
    uint32_t exit_code;
    int exit_signal;
};

/*
 * Inserts the row with state `recording` and its labels; its id is the next, and at least
 * start->lowest_id. Call inside a transaction. Returns its id, or -1 and error.
 */
int64_t run_row_insert(sqlite3 *db, const struct run_start *start, struct trail_error *error);

/*
 * Moves the run's time zero. Call inside a transaction; returns 0, or -1 and error. So do the next
 * two.
 */
int run_row_set_zero(sqlite3 *db, int64_t run_id, uint64_t utc_ns, uint64_t monotonic_ns,
                     struct trail_error *error);
int run_row_set_counts(sqlite3 *db, int64_t run_id, const struct run_counts *counts,
                       struct trail_error *error);
int run_row_finish(sqlite3 *db, int64_t run_id, const struct run_end *end,
                   struct trail_error *error);

/*
 * Takes the row and its labels out again: the target could not be started, so there was no run. A
 * transaction of its own.
 */
int run_row_delete(sqlite3 *db, int64_t run_id, struct trail_error *error);

#endif
