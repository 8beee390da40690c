/*
 * The listing of `trailrec -v`: one line per event on stderr while it happens, driven by the event
 * descriptor table. Runs on the writer thread, so that it never holds the target.
 */
#ifndef TRAIL_LIVE_H
#define TRAIL_LIVE_H

#include "error.h"
#include "event.h"

struct live;

/* NULL and error on failure. */
struct live *live_new(struct trail_error *error);
void live_free(struct live *live);

/*
 * Adds one line; t_ns is relative to the run's first event, module_path is that of the event's
 * module ("" if it has none). Lines appear at the next live_flush, or when enough have gathered.
 */
void live_print(struct live *live, const struct event *event, uint64_t t_ns,
                const char *module_path);
void live_flush(struct live *live);

#endif
