/*
 * Times without what the recorder held the target for. One clock is that of a run, one each of its
 * processes. Pure functions.
 */
#ifndef TRAIL_HOLD_CLOCK_H
#define TRAIL_HOLD_CLOCK_H

#include <stdint.h>

/* How long was held until now, and until when it still is. All zero at the start. */
struct hold_clock {
    int64_t held_ns, until_ns;
};

/*
 * What is taken for an event's time, and its hold, where only a damaged file says otherwise: times
 * do not run backwards. `*last_ns` is that of the event before, 0 at the start.
 */
int64_t hold_clock_believed(int64_t t, int64_t *last_ns, int64_t *hold);

/*
 * The time net of what was held until then: the union of [t, t + hold) over the events before. Adds
 * what is held for this event.
 */
int64_t hold_clock_net(struct hold_clock *clock, int64_t t, int64_t hold);

#endif
