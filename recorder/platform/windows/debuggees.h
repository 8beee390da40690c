/*
 * The state of a recording, and in it the table of the processes that are under the debugger.
 * Loop thread only.
 */
#ifndef TRAIL_WINDOWS_DEBUGGEES_H
#define TRAIL_WINDOWS_DEBUGGEES_H

#include "decoding/entry_point.h"
#include "decoding/event_text.h"
#include "decoding/thread_name.h"
#include "decoding/wine_times.h"
#include "platform.h"
#include "services/windows_api.h"

/* A process under the debugger. */
struct debuggee {
    uint32_t pid;
    uint32_t tid; /* one of its threads that lives; 0 if none is known */
    /* of its CREATE_PROCESS event: the system closes it at the exit event. NULL before */
    HANDLE process;
    bool announced; /* its CREATE_PROCESS event has come */
    bool attached;  /* else launched or created */
    /* attached: whether its children would have been debugged too, see attach.c */
    bool followed_before;
    /* attached, and what comes is state, not history (see is_replay in decode.c) */
    bool replaying;
    bool wow64; /* a 32-bit process on a 64-bit system */
    /*
     * Such a process has a 64-bit loader first, with a breakpoint of its own, and then the one that
     * loads what the program needs; under Wine only this.
     */
    bool has_two_loaders;
    bool loader_breakpoint_seen; /* the first 80000003, which is not the program's own */
    bool wow64_breakpoint_seen;  /* the first 4000001F, the same of its 32-bit half */
    /* when its handle was first seen signalled with no exit event; 0 if not */
    uint64_t found_dead_ns;
    struct wine_times wine_times; /* under Wine */
    struct entry_point entry;     /* launched or created */
};

/* A recording. platform_interrupt sets `interrupted` from any thread. */
struct platform {
    BOOL(WINAPI *wait_for_event)(LPDEBUG_EVENT, DWORD);
    const char *wait_name;
    thread_name_query query_name; /* NULL if threads have no names here */
    bool is_wine, asks_snaps;     /* what is launched is asked for loader snaps */
    volatile LONG interrupted;    /* only through Interlocked functions */

    /* live ones, densely; has room for one more whenever the target stands still */
    struct debuggee *debuggees;
    unsigned debuggee_count, debuggee_capacity;
    /* after a detach: how many of that table's first were left standing still */
    unsigned standing_count;

    HANDLE launched; /* ours, from CreateProcess; NULL if nothing was launched */
    uint32_t launched_pid;
    char *command_line; /* of the launched process */
    struct platform_exit exit;

    bool stopped;          /* an event is pending: the target stands still */
    DEBUG_EVENT pending;   /* that event */
    DWORD continue_status; /* what platform_resume answers to it */
    uint32_t ended_pid;    /* whom platform_resume takes out of the table; 0 if nobody */

    struct event unrecorded; /* large: an event that nobody waits for any more */

    struct event_text text; /* large: for one text at a time */
};

/* The debuggee with that pid, or NULL. */
struct debuggee *debuggees_find(struct platform *platform, uint32_t pid);

/* A new one: there is room, see `debuggees`. */
struct debuggee *debuggees_add(struct platform *platform, uint32_t pid);
void debuggees_remove(struct platform *platform, uint32_t pid);

/*
 * Makes room for two more debuggees: one now, one in the stop after. The target must be running. 0,
 * or -1 if out of memory.
 */
int debuggees_reserve(struct platform *platform);

/* Whether it is the process that platform_launch started, still alive. */
bool debuggees_is_launched(const struct platform *platform, const struct debuggee *debuggee);

/* Notes how it ended. It leaves the table with platform_resume. */
void debuggees_note_end(struct platform *platform, const struct debuggee *debuggee,
                        uint32_t exit_code);

#endif
