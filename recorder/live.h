/*
 * The listing of `trailrec -v`: one line per event on stderr while it happens, with what a person
 * wants to know first: names before folders, codes by their names, addresses as module and offset.
 * A line has 100 columns at most, on a terminal as many as that, debug strings aside; there it has
 * colours, too, unless NO_COLOR is set. Runs on the writer thread, so that it never
 * holds the target.
 */
#ifndef TRAIL_LIVE_H
#define TRAIL_LIVE_H

#include "error.h"
#include "event.h"
#include "store/rows.h"

struct live;

/* NULL and error on failure. */
struct live *live_new(struct trail_error *error);
void live_free(struct live *live);

/*
 * Adds one line; t_ns is relative to the run's first event, subject is rows_subject of it. Lines
 * appear at the next live_flush, or when enough have gathered.
 */
void live_print(struct live *live, const struct event *event, uint64_t t_ns,
                const struct rows_subject *subject);
void live_flush(struct live *live);

#endif
