/*
 * A process that is recorded, or shares memory with one that is: what is known of it and what is
 * planted in it. Only data; loop thread.
 */
#ifndef TRAIL_LINUX_PROCESS_H
#define TRAIL_LINUX_PROCESS_H

#include "event.h"
#include "image/stapsdt_argument.h"

#include <sys/types.h>

enum { NAME_BYTES_MAX = 4096, BREAKPOINT_BYTES_MAX = 16 }; /* NAME: of a path */

/* One entry of a process's link map. */
struct loaded {
    uint64_t node;    /* address of its struct link_map */
    uint64_t base;    /* l_addr: what is added to the file's addresses */
    uint64_t dynamic; /* l_ld */
    uint64_t name;    /* address of l_name */
    uint32_t link_namespace;
    bool ignored; /* the program itself, the vdso, a dlmopen proxy of the loader: no load */
    bool seen;    /* during an update: still there */
};

/* A probe at which an int3 stands, see loader/probes.h. */
struct probe {
    uint64_t address, semaphore; /* 0: none */
    uint64_t base, moved;        /* of its image */
    enum event_kind kind;
    struct stapsdt_argument argument;
};

/* An int3 that stands at an instruction of the target's, see loader/traps.h. */
enum trap_place { TRAP_EXCEPTION, TRAP_EXCEPTION_FORMAT, TRAP_ENTRY, TRAPS };
enum { TRAP_BYTES = 8 };
struct trap {
    uint64_t address; /* 0: none */
    unsigned char code[TRAP_BYTES];
};

/* What can be observed in a process. */
enum observation {
    NOT_OBSERVED_STATIC,
    NOT_OBSERVED_32_BIT,
    NOT_OBSERVED_SHARED,
    NOT_OBSERVED_UNREADABLE,
    OBSERVED_BUT_FAILURES, /* the loader does not tell what it could not load */
    OBSERVED_BY_R_BRK
};

struct process {
    struct process *next; /* of the platform's list */
    pid_t pid;
    /*
     * through which its memory is reached: the task that stopped last (a leader that has ended has
     * none any more)
     */
    pid_t memory_tid;
    unsigned threads;    /* tasks that we trace */
    bool leader_is_gone; /* it had ended when the others were attached to */
    /* not recorded: it shares memory with a recorded process, and is let go at its exec */
    bool muted;
    bool unsettled; /* a look at its threads has found something new */
    /* an attach has stopped it, and has yet to tell what is there; the process itself is told */
    bool attaching, told;
    bool stopped; /* by job control: a group-stop */
    uint64_t attach_ns;
    bool replaying; /* what the next look at its modules finds was there before the attach */
    bool begins_with_trap_blocked; /* SIGTRAP was blocked at the exec */
    /* start-up loads are done: what loads from here on is the program's own doing */
    bool started;
    bool has_children; /* or had: their use is not told apart from its own at the end */
    bool told_at_end;  /* while it starts, it stops at its end, too: it may be the loader's end */
    enum observation observation;
    uint64_t breakpoint; /* address of the planted int3, 0 if none */
    uint64_t planted;    /* where the planted bytes begin, of which it is one */
    unsigned planted_bytes;
    unsigned char original[BREAKPOINT_BYTES_MAX]; /* what stood there */
    bool returns_itself;         /* a ret was planted behind the int3: the task need only go on */
    uint64_t r_debug;            /* address of struct r_debug, 0 while unknown */
    uint64_t musl_debug_pointer; /* address of musl's pointer to it, 0 if not musl */
    uint64_t image_base, image_dynamic, vdso_base, loader_base;
    uint64_t debug_entry; /* address of the value of the program's DT_DEBUG, 0 if it has none */
    struct loaded *loaded;
    unsigned loaded_count, loaded_capacity;
    struct trap traps[TRAPS];
    struct probe *probes;
    unsigned probe_count, probe_capacity;
};

#endif
