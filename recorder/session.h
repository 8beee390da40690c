/*
 * The session: one recording from launch to the last event. It owns the debug loop, which does nothing between "wait returned" and
 * "resume" but copy the decoded event into the ring; everything else is the writer's.
 *
 * Thread: session_run runs on the thread that calls it and makes that the loop thread. session_request_stop may be called from anywhere.
 */
#ifndef TRAIL_SESSION_H
#define TRAIL_SESSION_H

#include "platform.h"
#include "run_row.h"

enum session_end {
    SESSION_EXITED,    /* no debuggee is left */
    SESSION_TIMED_OUT, /* the -t limit was reached: what was launched was killed, what was attached was let go */
    SESSION_STOPPED,   /* somebody asked the recorder to end: likewise */
    SESSION_FAILED     /* the debug loop could not go on */
};

/* All texts belong to the caller. */
struct session_options {
    struct platform_launch launch;
    const uint32_t *pids;      /* attach to these instead of launching; ends with 0; NULL to launch */
    const char *database;      /* path of the file; ignored with `nop` */
    const char *const *labels; /* NULL-terminated "KEY=VALUE" */
    uint64_t timeout_ns;       /* 0: none */
    bool live;                 /* print events while they happen */
    bool nop;                  /* the bare loop: same stops, nothing kept */
    bool kernel_times;         /* ask for load times from the kernel */
};

struct session_result {
    enum session_end end;
    struct platform_exit exit; /* of the launched process */
    uint64_t wall_ns;          /* first event to the end */
    int64_t run_id;            /* 0 with `nop` */
    struct run_counts counts;
    struct trail_error notice; /* with a code: something that was asked for could not be had, and the run was recorded without it */
    bool incomplete;           /* rows are missing from the file: `error` says why; everything else is valid */
};

/*
 * Records one run. Returns 0 if the target ran (fill of `error` then only with result->incomplete or SESSION_FAILED), or -1 and error
 * if it could not be launched or attached to, or the file could not be opened: then nothing was started, and the file has no new run.
 */
int session_run(const struct session_options *options, struct session_result *result, struct trail_error *error);

/* Asks the running session, if any, to end. Any thread, and signal handlers. */
void session_request_stop(void);

#endif
