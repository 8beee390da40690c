/*
 * Where a thread that computes is executed: the kernel takes its registers and stack at each
 * interval of its CPU time (perf_event_open(2), PERF_COUNT_SW_CPU_CLOCK), without a stop. The
 * looking thread.
 */
#ifndef TRAIL_PERF_SAMPLES_H
#define TRAIL_PERF_SAMPLES_H

#include "look.h"

#include <sys/types.h>

enum perf_samples_begun {
    PERF_SAMPLES_BEGIN,
    PERF_SAMPLES_GO_ON, /* it was sampled already */
    PERF_SAMPLES_FORBIDDEN,
    PERF_SAMPLES_NONE /* what else is in the way: the thread has ended, there is no memory */
};

/* Samples a thread from now on with that interval. */
enum perf_samples_begun perf_samples_begin(pid_t pid, pid_t tid, uint64_t interval_ns);

/* Gives what was sampled of a process's threads since, each thread's in order. */
void perf_samples_take(pid_t pid, look_taker take, void *context);

/* Samples it no more. */
void perf_samples_end(pid_t pid);

#endif
