/*
 * The session: one recording from launch to the last event. It owns the debug loop, which does
 * nothing between "wait returned" and "resume" but copy the decoded event into the ring; everything
 * else is the writer's.
 *
 * Thread: session_run runs on the thread that calls it and makes that the loop thread.
 * session_request_stop may be called from anywhere.
 */
#ifndef TRAIL_SESSION_H
#define TRAIL_SESSION_H

#include "os_newcomers.h"
#include "platform.h"
#include "stack_choice.h"
#include "store/failed_loads.h"
#include "store/run_row.h"
#include "until.h"

enum session_end {
    SESSION_EXITED,    /* no debuggee is left */
    SESSION_TIMED_OUT, /* the -t limit was reached */
    SESSION_UNTIL,     /* an event met a condition */
    /*
     * somebody asked the recorder to end: what was launched was killed, what was attached was let
     * go
     */
    SESSION_STOPPED,
    SESSION_FAILED /* the debug loop could not go on */
};

/* What the time limit, or an event that meets a condition, does to the target. */
enum session_then {
    THEN_DEFAULT, /* kill what was launched, detach from what was attached */
    THEN_KILL,
    THEN_DETACH,
    THEN_STOP /* detach, and leave it standing still at just that event */
};

enum { SESSION_PROCESSES_MAX = 16 };

/* Some of the processes in question, and how many there are. */
struct session_processes {
    struct platform_process processes[SESSION_PROCESSES_MAX];
    unsigned count;
};

/* All texts belong to the caller. */
struct session_options {
    struct platform_launch launch;
    /* attach to these instead of launching; ends with 0; NULL to launch */
    const uint32_t *pids;
    const char *awaited;  /* or to the next process of that name (os_newcomers.h); NULL: to none */
    const char *database; /* path of the file; ignored with `nop` */
    const char *const *labels;             /* NULL-terminated "KEY=VALUE" */
    const char *const *environment_values; /* see surroundings.h */
    uint64_t timeout_ns;                   /* 0: none */
    struct until *until;                   /* conditions; NULL for none */
    enum session_then then;
    /*
     * With launch.follow: called once, if what was launched has ended and others still live a
     * moment later. NULL: nobody cares.
     */
    void (*on_waiting)(const struct session_processes *others);
    /* called for what is worth to know of the recording before it starts; NULL: nobody cares */
    void (*on_notice)(const char *sentence);
    struct stack_kinds stacks; /* which events keep a stack */
    bool asks_debuginfod;      /* for symbols */
    bool live;                 /* print events while they happen */
    unsigned looks_ms;         /* how long a silence must be before it is looked into; 0: never */
    bool looks_stop;           /* and may stop what computes, where it cannot be sampled */
    bool nop;                  /* the bare loop: same stops, nothing kept */
    bool kernel_times;         /* ask for load times from the kernel */
};

struct session_result {
    enum session_end end;
    struct platform_exit exit;                    /* of the launched process */
    uint64_t wall_ns;                             /* first event to the end */
    int64_t run_id;                               /* 0 with `nop` */
    const char *met;                              /* SESSION_UNTIL: the condition's text */
    bool killed;                                  /* by us */
    struct session_processes standing;            /* what stands still now: THEN_STOP */
    const char *continue_command, *continue_hint; /* platform.h: how it goes on */
    struct run_counts counts;
    uint64_t debuggers_own; /* of the exceptions: those that only a debugger sees */
    /*
     * with a code: something that was asked for could not be had, and the run was recorded without
     * it
     */
    struct trail_error notice;
    struct failed_loads failed;
    /* with `awaited`: who came, how old it was when it was attached to, what it had loaded by then
     */
    struct os_newcomer newcomer;
    uint64_t newcomers_loads;
    bool has_kept; /* there is something of the run to be looked at */
    /* rows are missing from the file: `error` says why; everything else is valid */
    bool incomplete;
};

/* Whether it attaches, to what runs or to what comes, and launches nothing. */
bool session_attaches(const struct session_options *options);

/*
 * Records one run. Returns 0 if the target ran (fill of `error` then only with result->incomplete
 * or SESSION_FAILED), or -1 and error if it could not be launched or attached to, or the file could
 * not be opened: then nothing was started, and the file has no new run.
 */
int session_run(const struct session_options *options, struct session_result *result,
                struct trail_error *error);

/* Asks the running session, or the next, to end. Any thread, and signal handlers. */
void session_request_stop(void);

/* Whether somebody has. */
bool session_stop_was_requested(void);

#endif
