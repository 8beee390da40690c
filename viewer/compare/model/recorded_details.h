/*
 * What a recorded run did besides loading: exceptions, debug strings, loads that failed, marks. A
 * process and a thread are positions in the recording, or RECORDING_NONE; texts are numbers of the
 * pool.
 */
#ifndef TRAIL_RECORDED_DETAILS_H
#define TRAIL_RECORDED_DETAILS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct recorded_exception {
    int64_t seq, net_ns;
    size_t process, thread;
    uint32_t what;   /* "SIGSEGV", "EXCEPTION_ACCESS_VIOLATION", "0xe0000001" */
    uint32_t module; /* key of where it happened, or TEXT_NONE */
    int64_t offset;
    int64_t first_chance; /* 1, 0, or RECORDING_UNKNOWN */
    bool is_loader; /* the breakpoint by which Windows tells a debugger that a process is ready */
    bool is_synthetic;
};

/* A module, a symbol or a call that was asked for in vain. */
struct recorded_failure {
    int64_t seq, t_ns, net_ns;
    size_t process, thread;
    uint32_t name, key; /* as it was asked for; the file's name, folded where names ignore case */
    uint32_t words;     /* why not, as far as known */
    uint32_t what;      /* that word */
    bool is_module;
};

struct recorded_output {
    int64_t seq, net_ns;
    size_t process, thread;
    uint32_t text;
};

/* A mark, and what else time is measured to. */
struct recorded_mark {
    int64_t seq, t_ns, net_ns;
    size_t process;
    uint32_t name; /* the n-th mark of a name, from the second on, is "name#2" */
};

#endif
