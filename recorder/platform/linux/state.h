/*
 * The state of the Linux platform: its tables, the stop that is being handled, and what it waits
 * with. Only data; it belongs to the loop thread, but for the alarm, which platform_interrupt
 * rings.
 */
#ifndef TRAIL_LINUX_STATE_H
#define TRAIL_LINUX_STATE_H

#include "loader/link_map.h"
#include "platform.h"
#include "process.h"
#include "tracing/alarm.h"

#include <sys/resource.h>

enum { TASK_BUCKETS = 1024, STANDING_MAX = 64 }; /* STANDING: whose numbers are kept */

struct task {
    struct task *next; /* same hash bucket */
    pid_t tid;
    struct process *process; /* NULL: stopped at birth, the parent's event has not come yet */
    bool release;            /* let go at its first stop: a child that is not followed */
    bool born;               /* its first stop has been seen */
    bool held, told;         /* by an attach: it stands still; its synthetic event has been given */
    bool held_listen;        /* how it must go on then */
    bool held_at_exec;       /* it stands where it is a new program */
    bool ended;              /* its end was seen while another task was waited for: to be removed */
    bool out_of_reach;       /* in a vfork: it will stand still when its child lets it */
    bool listens;            /* stopped by job control */
    bool interrupted;        /* for a look: it is about to stop */
    int held_signal;
    int fault; /* the last signal for what an instruction did, and where; 0: none */
    uint64_t fault_pc;
};

enum resume_action {
    RESUME_NOTHING,  /* the task is gone */
    RESUME_CONTINUE, /* with `signal` */
    RESUME_LISTEN,   /* a group-stop goes on */
    RESUME_DETACH,   /* and be done with it */
    RESUME_ATTACHED  /* all threads that an attach has stopped */
};

/* One stop: filled by decode.h, used up by platform_resume. */
struct stop {
    struct task *task; /* NULL: nothing is to be resumed */
    pid_t tid;
    int status; /* as of waitpid */
    uint64_t t_ns;
    struct rusage usage; /* at an end: of the process and of its children that have ended */
    enum resume_action action;
    int signal;        /* with which the task goes on */
    int fault;         /* a signal that is told behind the loads found at this stop, 0 if none */
    bool entry_is_due; /* a start-up is over but for constructors */
    /* made at this stop, and held at its birth until its maker goes on; NULL if none */
    struct task *newborn;
};

/* Whether it pays to look for a stop before sleeping, see look_for_stop. */
struct eagerness {
    unsigned short_waits, wanted; /* in a row */
};

struct platform {
    bool follow, has_kernel_times, was_attached, lost_rights;
    bool loads_unseen; /* a process has closed its memory, and loaded something since */
    pid_t launched;
    struct platform_exit launched_exit;

    struct task *tasks[TASK_BUCKETS], *free_tasks;
    struct process *processes, *free_processes;

    struct stop stop;
    struct link_changes changes; /* found at this stop */
    int stop_signal;             /* a process has stopped by it since the last wait, 0 if none */
    /* children may have stopped at birth whose parents' events have not come */
    bool has_unclaimed;
    bool launch_stop_pending; /* the exec stop that platform_launch waited for is the first event */
    pid_t standing[STANDING_MAX]; /* left standing by platform_detach */
    unsigned standing_count;

    long cores;
    struct eagerness bursts, entries;

    struct alarm alarm;
    /*
     * of an attach, 0 if there is none: from when it is given up if we are asked to end, and anyway
     */
    uint64_t heed_ns, give_up_ns;
};

#endif
