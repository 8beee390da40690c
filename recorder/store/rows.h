/*
 * From one event to its rows: `event`, its detail table, and what it changes in `process`, `thread`
 * and `module`. Knows which processes, threads and modules are alive (roster.h). Writer thread
 * only, inside a transaction.
 */
#ifndef TRAIL_ROWS_H
#define TRAIL_ROWS_H

#include "error.h"
#include "event.h"
#include "image/identity.h"

#include <sqlite3.h>

struct rows;

/* For one run. NULL and error on failure. */
struct rows *rows_new(sqlite3 *db, int64_t run_id, struct trail_error *error);
void rows_free(struct rows *rows);

/*
 * Makes the roster what the file says: after a transaction was rolled back, or when another
 * recorder's run is taken over. Returns 0, or -1 and error.
 */
int rows_reload(struct rows *rows, struct trail_error *error);

/* Puts all that was written into the tables: before each commit. Returns 0, or -1 and error. */
int rows_flush(struct rows *rows, struct trail_error *error);

/*
 * Writes one event; t_ns is relative to the run's zero; hold_ns counts if has_hold; identity is
 * that of the event's image, if its kind has one (event_has_image). Returns 0, or -1 and error.
 */
int rows_write(struct rows *rows, uint64_t seq, const struct event *event,
               const struct module_identity *identity, uint64_t t_ns, bool has_hold,
               uint64_t hold_ns, struct trail_error *error);

/*
 * The module that the event written last is about: its image, the one that was unloaded, or the one
 * that its address lies in. The path is valid until the next call.
 */
struct rows_subject {
    const char *path; /* "" if it is about none, or an unknown one */
    uint64_t offset;  /* of the address */
};
void rows_subject(struct rows *rows, struct rows_subject *subject);

#endif
