/*
 * Whether others use the machine while we measure: by /proc/stat, against what our own commands
 * used.
 */
#ifndef BENCH_QUIET_H
#define BENCH_QUIET_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A moment, and how much the processors had worked until then, of all and of the children that we
 * waited for.
 */
struct quiet_mark {
    uint64_t now_ns, busy_ns, own_ns, stolen_ns;
};

struct quiet_mark quiet_mark(void);

/*
 * How many processors the host of a virtual machine has kept for others since the mark, on average.
 */
double quiet_stolen_since(const struct quiet_mark *mark);

/*
 * How many processors others have kept busy since the mark, on average. The kernel counts in steps
 * of 10 ms: ask over 100 ms or more.
 */
double quiet_others_since(const struct quiet_mark *mark);

/*
 * Waits until others use less than a tenth of a processor, but no longer than that. Returns the
 * seconds it took.
 */
double quiet_wait(double seconds);

#endif
