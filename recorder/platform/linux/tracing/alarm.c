/* See alarm.h. A timer that fires between the look at the clock and waitpid must fire again. */
#define _GNU_SOURCE
#include "tracing/alarm.h"

#include <errno.h>
#include <string.h>

enum { REPEAT_NS = 10 * 1000 * 1000, SLACK_NS = 2 * 1000 * 1000, NS_PER_S = 1000 * 1000 * 1000 };

static void wake_up(int signal)
{
    (void)signal; /* waitpid returns with EINTR */
}

int alarm_begin(struct alarm *alarm, struct trail_error *error)
{
    struct sigevent notify = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    struct sigaction action = {.sa_handler = wake_up};
    sigset_t ours;

    sigemptyset(&ours);
    sigaddset(&ours, SIGALRM);
    if (timer_create(CLOCK_MONOTONIC, &notify, &alarm->timer) != 0)
        return error_set(error, TRAIL_FAILED, errno, "cannot make a timer: %s", strerror(errno));
    sigaction(SIGALRM, &action, &alarm->before);
    sigprocmask(SIG_UNBLOCK, &ours, &alarm->blocked_before);
    alarm->is_there = true;
    return 0;
}

void alarm_end(struct alarm *alarm)
{
    if (!alarm->is_there)
        return;
    timer_delete(alarm->timer);
    sigprocmask(SIG_SETMASK, &alarm->blocked_before, NULL);
    sigaction(SIGALRM, &alarm->before, NULL);
    alarm->is_there = false;
}

void alarm_wake(const struct alarm *alarm)
{
    static const struct itimerspec soon = {.it_value = {0, 1}, .it_interval = {0, REPEAT_NS}};

    timer_settime(alarm->timer, 0, &soon, NULL);
}

void alarm_set(struct alarm *alarm, uint64_t deadline_ns)
{
    struct itimerspec when = {
        .it_value = {(time_t)(deadline_ns / NS_PER_S), (long)(deadline_ns % NS_PER_S)},
        .it_interval = {0, deadline_ns == 0 ? 0 : REPEAT_NS},
    };
    uint64_t difference = deadline_ns > alarm->set_for_ns ? deadline_ns - alarm->set_for_ns
                                                          : alarm->set_for_ns - deadline_ns;

    if (difference != 0 && (difference > SLACK_NS || deadline_ns == 0 || alarm->set_for_ns == 0)) {
        timer_settime(alarm->timer, TIMER_ABSTIME, &when, NULL);
        alarm->set_for_ns = deadline_ns;
    }
    if (alarm->rung) /* before, and it has been set for something else since */
        alarm_wake(alarm);
}

void alarm_ring(struct alarm *alarm)
{
    alarm->rung = 1;
    alarm_wake(alarm);
}

bool alarm_heard(struct alarm *alarm)
{
    if (!alarm->rung)
        return false;
    alarm->rung = 0;
    alarm->set_for_ns = 1; /* for a time that has passed: the next wait sets it anew */
    return true;
}

void alarm_stop(struct alarm *alarm)
{
    const struct itimerspec never = {.it_value = {0, 0}};

    timer_settime(alarm->timer, 0, &never, NULL);
    alarm->set_for_ns = 0;
    if (alarm->rung)
        alarm_wake(alarm);
}
