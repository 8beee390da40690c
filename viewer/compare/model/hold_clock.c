/* See hold_clock.h. */
#include "hold_clock.h"

int64_t hold_clock_believed(int64_t t, int64_t *last_ns, int64_t *hold)
{
    if (t < *last_ns || t > INT64_MAX / 4)
        t = *last_ns;
    if (*hold < 0 || *hold > INT64_MAX / 4)
        *hold = 0;
    *last_ns = t;
    return t;
}

int64_t hold_clock_net(struct hold_clock *clock, int64_t t, int64_t hold)
{
    int64_t until = clock->until_ns;
    /* of what was counted, the part after t is still to come */
    int64_t net = t - (clock->held_ns - (until > t ? until - t : 0));

    if (t + hold > until) {
        clock->held_ns += t + hold - (until > t ? until : t);
        clock->until_ns = t + hold;
    }
    return net;
}
