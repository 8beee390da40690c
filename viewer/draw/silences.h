/*
 * How the events of a run lie in time, and where nothing happened for long, without reading them:
 * events are numbered without gaps in the order of time, so that the time between two of them tells
 * what is between them. Main thread.
 */
#ifndef TRAIL_SILENCES_H
#define TRAIL_SILENCES_H

#include "lanes.h"

/* From an event to the next one, whatever process they are of. */
struct silence {
    int64_t seq, t_ns, end_ns;
};

enum { SILENCES_AT_MOST = 5, SILENCE_SAMPLES = 256 };

struct silences {
    struct silence list[SILENCES_AT_MOST]; /* in the order of time */
    size_t count;
    /* times with as many events between each two of them, in what is looked at */
    int64_t samples[SILENCE_SAMPLES + 1];
    size_t sample_count;
};

/*
 * The longest silences in what is looked at that take a fiftieth of it or more; some may be missed
 * where there are very many. Returns 0, or -1 without memory.
 */
int silences_find(struct silences *silences, struct lanes *lanes);

#endif
