/*
 * A process while a trace of its run is written: three tracks beside those of its threads. "loads"
 * has a slice from each event that bounds a gap to the next one (those of one time lie in each
 * other), "gaps" what gaps prints, "phases" the loader's time, that of the constructors, the
 * program's, those between marks. Slices are written when their end is known; what is kept
 * meanwhile is small. Main thread.
 */
#ifndef TRAIL_TRACE_PROCESS_H
#define TRAIL_TRACE_PROCESS_H

#include "trace_flows.h"
#include "trace_json.h"

/* In the order of the tracks. */
enum trace_lane { TRACE_PHASES, TRACE_GAPS, TRACE_LOADS, TRACE_LANES };

enum { TRACE_UNKNOWN = -1 }; /* cpu_ns */

struct trace_bound {
    int64_t seq, t_ns, event_ns; /* t_ns may be the kernel's; event_ns: when it was told */
    int64_t held_ns, cpu_ns;     /* of its process until then; cpu_ns may be TRACE_UNKNOWN */
    int64_t by_seq;              /* 0: none */
    char what; /* s(tart), c: an exec, l(oad), f(ailed load), m(ark), n: the entry, x: the exit */
    bool is_of_startup;
    char *name, *why; /* the taker's; why may be NULL */
};

struct trace_process {
    struct trace_json *json;
    const struct trace_flows *flows;
    int64_t first_id; /* of flows: they are numbered through all runs */
    struct trace_track tracks[TRACE_LANES];
    bool has_kernel_times; /* bounds do not come in the order of time */
    int64_t held_ns;       /* until now */
    int64_t last_ns, counted_cpu_ns, counted_held_ns;
    struct trace_bound *waiting, *group;
    size_t waiting_count, group_count;
    char *phase; /* that goes on; NULL: none that is known */
    int64_t phase_ns;
    bool is_starting; /* the program may still be entered */
    /* when that began, when the last load of it was told, when the first mark ended it */
    int64_t start_ns, loaded_ns, start_end_ns;
};

/* Names the tracks. */
void trace_process_begin(struct trace_process *process, const char *name, const char *command_line,
                         int64_t order);

/* Takes over the texts. 0, or -1 without memory. */
int trace_process_bound(struct trace_process *process, const struct trace_bound *bound);

/* Writes what is kept back: nothing was after `end_ns`. Releases. 0, or -1 without memory. */
int trace_process_end(struct trace_process *process, int64_t end_ns);

#endif
