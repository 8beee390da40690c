/*
 * A run while it is read: what recording_read.c, recording_modules.c and recording_details.c share.
 */
#ifndef TRAIL_RECORDING_READING_H
#define TRAIL_RECORDING_READING_H

#include "recording_index.h"

struct reading {
    struct recordings *all;
    struct recording *recording;
    sqlite3 *db;
    sqlite3_stmt *module;
    struct moment *moments; /* all events, by seq */
    size_t moment_count;
    struct trail_error *error;
};

/* Sets the error; returns -1. */
int reading_out_of_memory(struct reading *reading);

/* A column as a text of the pool; as a number, RECORDING_UNKNOWN if it is NULL. */
uint32_t reading_text(struct reading *reading, sqlite3_stmt *row, int column);
int64_t reading_number(sqlite3_stmt *row, int column);

/* The event of that number, or NULL; when it was, net, or RECORDING_UNKNOWN. */
const struct moment *reading_moment(const struct reading *reading, int64_t seq);
int64_t reading_net_time(const struct reading *reading, int64_t seq);

/*
 * The position of a module of this file in `modules`, read once; RECORDING_NONE if there is no such
 * row. Returns 0, or -1 and error.
 */
int reading_module(struct reading *reading, int64_t id, size_t *position);

/* Where a module (a position) lies, by place.h. */
uint32_t reading_place(struct reading *reading, size_t module);

/*
 * Takes a row of recording_details.sql: a load, an exception, a debug string or a mark. Returns 0,
 * or -1 and error.
 */
int reading_take_detail(struct reading *reading, sqlite3_stmt *row);

#endif
