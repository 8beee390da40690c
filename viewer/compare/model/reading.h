/* A run while it is read, and what all that read a part of it need. Main thread. */
#ifndef TRAIL_READING_H
#define TRAIL_READING_H

#include "recordings.h"
#include "statements.h"

#include <sqlite3.h>

/* An event without its details. */
struct moment {
    int64_t seq, t_ns, net_ns, own_ns;
    size_t process, thread; /* positions, or RECORDING_NONE */
    bool is_synthetic;
};

/* What makes net times of times: how long was held until now, and until when it still is. */
struct hold_clock {
    int64_t held_ns, until_ns;
};

struct reading {
    struct recordings *all;
    struct recording *recording;
    struct statements *statements;
    sqlite3 *db;
    uint32_t file; /* its path, as a text of the pool: module ids are of one file */
    sqlite3_stmt *module;
    struct tuple_map places; /* of modules in this run, + 1 */
    sqlite3_stmt *details;   /* which go on beside the events; at this one, or INT64_MAX */
    int64_t details_seq;
    size_t looks_placed;          /* how many looks are before the events so far */
    struct hold_clock clock;      /* of the run */
    struct hold_clock *own_clock; /* of each process */
    int64_t last_ns;
    struct trail_error *error;
};

/*
 * Makes room for one more of an array (array.h), which is moved: `*items` is set. Returns 0, or -1
 * and the reading's error.
 */
int reading_make_room(struct reading *reading, void *items, size_t count, size_t item_bytes);

/* Sets the error; returns -1. */
int reading_out_of_memory(struct reading *reading);

/* A column as a text of the pool; as a number, RECORDING_UNKNOWN if it is NULL. */
uint32_t reading_text(struct reading *reading, sqlite3_stmt *row, int column);
int64_t reading_number(sqlite3_stmt *row, int column);

#endif
