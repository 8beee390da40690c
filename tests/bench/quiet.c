/* See quiet.h. */
#define _POSIX_C_SOURCE 200809L
#include "quiet.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static const double QUIET = 0.1;

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t ns_of(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_usec * 1000;
}

/*
 * Of all processors. Busy: user, nice, system, irq and softirq. Stolen: what the host of a virtual
 * machine gave to others.
 */
static void read_processors(uint64_t *busy_ns, uint64_t *stolen_ns)
{
    uint64_t tick_ns = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK);
    unsigned long long t[8] = {0};
    FILE *file = fopen("/proc/stat", "r");
    int count = 0;

    if (file != NULL) {
        count = fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &t[0], &t[1], &t[2],
                       &t[3], &t[4], &t[5], &t[6], &t[7]);
        fclose(file);
    }
    *busy_ns = count == 8 ? (t[0] + t[1] + t[2] + t[5] + t[6]) * tick_ns : 0;
    *stolen_ns = count == 8 ? t[7] * tick_ns : 0;
}

struct quiet_mark quiet_mark(void)
{
    struct quiet_mark mark = {.now_ns = now_ns()};
    struct rusage usage;

    read_processors(&mark.busy_ns, &mark.stolen_ns);
    getrusage(RUSAGE_CHILDREN, &usage);
    mark.own_ns = ns_of(&usage.ru_utime) + ns_of(&usage.ru_stime);
    return mark;
}

double quiet_others_since(const struct quiet_mark *mark)
{
    struct quiet_mark now = quiet_mark();
    double others = (double)(now.busy_ns - mark->busy_ns) - (double)(now.own_ns - mark->own_ns);

    return others / (double)(now.now_ns - mark->now_ns);
}

double quiet_stolen_since(const struct quiet_mark *mark)
{
    struct quiet_mark now = quiet_mark();

    return (double)(now.stolen_ns - mark->stolen_ns) / (double)(now.now_ns - mark->now_ns);
}

double quiet_wait(double seconds)
{
    const struct timespec moment = {0, 300 * 1000 * 1000};
    struct quiet_mark start = quiet_mark(), mark;
    double waited;

    do {
        mark = quiet_mark();
        nanosleep(&moment, NULL);
        waited = (double)(now_ns() - start.now_ns) / 1e9;
    } while (quiet_others_since(&mark) > QUIET && waited < seconds);
    return waited;
}
