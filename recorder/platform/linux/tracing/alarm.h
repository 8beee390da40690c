/*
 * SIGALRM, which ends the loop thread's waitpid at a deadline, or when another asks for it. Its
 * handler and mask are put back at the end; the target must find them so, too.
 */
#ifndef TRAIL_LINUX_ALARM_H
#define TRAIL_LINUX_ALARM_H

#include "error.h"
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct alarm {
    timer_t timer;
    bool is_there;
    struct sigaction before; /* what SIGALRM did, and what was blocked */
    sigset_t blocked_before;
    uint64_t set_for_ns; /* 0: not set */
    volatile sig_atomic_t rung;
};

/* 0, or -1 and error. The alarm must be zeroed. */
int alarm_begin(struct alarm *alarm, struct trail_error *error);
/* Does nothing if it has not begun. */
void alarm_end(struct alarm *alarm);

/*
 * Has SIGALRM come at the deadline (on the clock of os_monotonic_ns), and from then on again and
 * again; 0: never. No call if it is set for about then already. One that was rung comes at once.
 */
void alarm_set(struct alarm *alarm, uint64_t deadline_ns);

/* Has SIGALRM come at once, and again until alarm_heard. Any thread; signal handlers. */
void alarm_ring(struct alarm *alarm);

/* Whether it was rung since the last time. If so, it is set for nothing that holds any more. */
bool alarm_heard(struct alarm *alarm);

/*
 * Has SIGALRM come at once, and again until it is set for something else: for another thread that
 * has said before what is to be done. Who waits looks for that after alarm_set.
 */
void alarm_wake(const struct alarm *alarm);

/* Another has set the timer meanwhile: it is off now, unless it was rung. */
void alarm_stop(struct alarm *alarm);

#endif
