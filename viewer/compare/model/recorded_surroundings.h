/* What is recorded of a run beside its events: what the program ran in, and looks into silences. */
#ifndef TRAIL_RECORDED_SURROUNDINGS_H
#define TRAIL_RECORDED_SURROUNDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A variable of the environment, or what else the program ran in: recording_surroundings.sql. */
struct recorded_variable {
    uint32_t name, value;
    bool steers;      /* it steers what the program does, and its value is kept */
    bool is_variable; /* else it is another part of what the program ran in */
};

/* What a thread was seen doing in a silence. */
struct recorded_look {
    int64_t t_ns, seq; /* seq: of the last event of the run before it */
    size_t process, thread;
    bool is_computing, is_unseen; /* is_unseen: perf is forbidden, so where is not known */
    uint32_t call;   /* what it waited in; of what computes where, if not its own doing */
    uint32_t caller; /* whose doing that is, in words */
};

/* The CPU time that a process had used at an event. */
struct recorded_cpu {
    int64_t seq, cpu_ns;
};

#endif
