/* One recorded run in memory. A set of them, which owns it: recordings.h. */
#ifndef TRAIL_RECORDING_H
#define TRAIL_RECORDING_H

#include "place.h"
#include "recorded_details.h"
#include "recorded_surroundings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORDING_NONE ((size_t)-1)
#define RECORDING_UNKNOWN INT64_MIN /* a number or time that was not recorded */

struct recorded_process {
    int64_t id, pid;
    /*
     * TEXT_NONE: the launched (or first attached) one; else image key, from the second of that name
     * on with #2, #3
     */
    uint32_t role;
    /* via, exit_signal: words */
    uint32_t name, key, command_line, via, load_detection, exit_signal;
    uint32_t arguments; /* its command line without what varies, from keys_assign on: arguments.h */
    uint32_t numbered;  /* the same, but numbers stay that are a process of the run */
    size_t parent;      /* RECORDING_NONE if it was not recorded */
    /* its (last) image in `modules`, or RECORDING_NONE */
    size_t module;
    size_t main_thread;          /* RECORDING_NONE if none was recorded */
    size_t unseen_threads;       /* whose start was not seen: they may be of any kind */
    unsigned loader_breakpoints; /* while a run is read: which were seen */
    uint32_t place;
    int64_t exit_code; /* or RECORDING_UNKNOWN */
    /* the end is RECORDING_UNKNOWN if it was not seen */
    int64_t start_seq, end_seq, start_net_ns, end_net_ns, end_own_ns, end_t_ns;
    int64_t entry_seq, entry_net_ns, entry_own_ns, entry_t_ns; /* of the last program that it ran */
};

struct role_place {
    uint32_t role;
    size_t process;
};

struct recorded_thread {
    int64_t id, tid;
    size_t process;
    bool is_main;        /* the first of its process */
    uint32_t name;       /* its name, or TEXT_NONE */
    uint32_t start_key;  /* key of the module that its start address is in */
    size_t start_module; /* that module, or RECORDING_NONE */
    /* there, or RECORDING_UNKNOWN; means the same only within one build of that module */
    int64_t start_offset;
    /* for people: "" for the main thread, its name, "foo.dll+0x1200", or "thread" */
    uint32_t role;
    int64_t start_seq, end_seq, start_net_ns, start_own_ns, end_net_ns;
    bool is_synthetic; /* it was there at an attach */
};

struct recorded_load {
    int64_t seq, t_ns, net_ns, own_ns;
    /* positions; the latter two may be RECORDING_NONE in a damaged file */
    size_t module, process, thread;
    uint32_t name, place; /* place.h */
    uint32_t key;         /* what it is matched by within its process role */
    uint32_t occurrence;  /* the n-th load of that key by that process, from 1; 0 if synthetic */
    /* position in `elements`: (role, key, occurrence); UINT32_MAX if synthetic */
    uint32_t element;
    uint32_t load_phase, time_source, cause; /* words */
    uint32_t by;                             /* the key of the module whose import it is */
    bool is_synthetic;                       /* replayed state: takes no part in order */
    bool is_asked; /* it came since somebody asked for it, not as an import of another */
};

/* What the order of is compared, each among its like. */
enum recorded_stream {
    STREAM_LOADS,
    STREAM_PROCESSES,
    STREAM_THREADS,
    STREAM_EXCEPTIONS,
    STREAM_OUTPUT,
    STREAM_FAILURES,
    STREAMS
};

/*
 * One thing that a run did: a load, the start of a process or thread, an exception, a debug string,
 * a load that failed. Replayed state is none.
 */
struct recorded_step {
    int64_t seq, net_ns;
    /*
     * positions, or RECORDING_NONE; what starts is told by its own thread, since who made it is not
     * recorded
     */
    size_t process, thread;
    size_t item;      /* its position in loads, processes, ... */
    uint32_t element; /* position in `elements` */
};

struct recording {
    const char *path; /* of the file; belongs to the caller */
    int64_t run;
    uint32_t title; /* "run 3", with its labels */
    uint32_t command_line, os, state;
    bool folds_case; /* the recorded system is Windows */
    bool is_attach;
    /* the launched program's folder, and those for temporary files: struct place_roots */
    uint32_t app, temps[PLACE_TEMPS];
    int64_t start_utc_ns; /* since 1970 */
    int64_t wall_ns, net_wall_ns, hold_ns;
    struct recorded_process *processes;
    /* positions in the order of their roles, from recordings_finish on */
    struct role_place *by_role;
    struct recorded_thread *threads;
    struct recorded_load *loads; /* in order of seq, as are all below */
    struct recorded_exception *exceptions;
    struct recorded_output *outputs;
    struct recorded_failure *failures;
    struct recorded_mark *marks;
    struct recorded_variable *variables;
    struct recorded_look *looks;          /* in the order of time */
    struct recorded_cpu *cpus;            /* of the events that have it, if there are looks */
    struct recorded_step *steps[STREAMS]; /* in order of seq, from keys_assign on */
    size_t process_count, thread_count, load_count, exception_count, output_count, failure_count,
        mark_count, variable_count, look_count, cpu_count, step_count[STREAMS];
};

void recording_release(struct recording *recording);

/* How much CPU time a process used between two events of it, or RECORDING_UNKNOWN. */
int64_t recording_cpu_between(const struct recording *recording, int64_t from_seq, int64_t to_seq);

/* The position of the (first) process of that role in a run, or RECORDING_NONE. */
size_t recording_find_role(const struct recording *recording, uint32_t role);

#endif
