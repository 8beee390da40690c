/*
 * What the sample `counting` and the test that kills its recorder share: a file that both map. A
 * count says how many events of a sort the sample came back from, so the recorder had let it go on.
 * The sample is the only writer of all but `stop`.
 */
#ifndef TRAIL_COUNTING_H
#define TRAIL_COUNTING_H

#include <stdint.h>

struct counting {
    volatile uint64_t pid;
    volatile uint64_t raised, threads, loads, unloads;
    volatile uint64_t stop; /* not 0: it is enough */
};

#endif
