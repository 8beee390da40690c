/*
 * The rows of several runs as the body of one insert: where they come from, and the four columns
 * that all have before their own (schema/clickhouse). Main thread.
 */
#ifndef TRAIL_ROW_STREAM_H
#define TRAIL_ROW_STREAM_H

#include "fleet/server.h"
#include "row_binary.h"

#define PUSHED_UUID_CAPACITY 65

/* A run on its way. */
struct pushed_run {
    sqlite3_int64 run;
    char uuid[PUSHED_UUID_CAPACITY];
    struct row_uuid copy;
    struct buffer prefix; /* program, build, start, as RowBinary has them */
    int64_t start_seconds, events;
    int64_t wall_ns, net_wall_ns; /* below 0: not known */
    bool was_there;
    uint64_t rows; /* sent so far, of all tables */
};

struct row_source {
    const char *table;
    const char *columns; /* "a, b" */
    /* Begins with the rows of a run. Returns 0, or -1 and error. */
    int (*begin)(struct row_source *source, struct pushed_run *run, struct trail_error *error);
    /* Adds the next row to `row`. Returns 1, 0 if there is none, or -1 and error. */
    int (*next)(struct row_source *source, struct buffer *row, struct trail_error *error);
};

/*
 * Sends all rows of these runs by one insert, none if there are no rows, and counts them. Returns
 * 0, or -1 and error.
 */
int row_stream_send(struct row_source *source, struct pushed_run *runs, size_t count,
                    struct server *server, struct trail_error *error);

#endif
