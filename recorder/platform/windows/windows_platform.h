/*
 * What the files of this folder share: the state of a recording, reads of a debuggee's memory,
 * UTF-16 at the seam. Nothing outside the folder includes it.
 *
 * Files: platform.c (life of the state, kill), attach.c (and detach), launch.c and environment.c
 * (CreateProcess), wait.c (wait and resume), decode.c (DEBUG_EVENT to struct event), exception.c,
 * thread_name.c, debug_string.c, child.c (what a followed child was started as), event_text.c,
 * target_memory.c, identify.c (writer thread). What the services of os.h consist of is in
 * windows_os.h.
 */
#ifndef TRAIL_WINDOWS_PLATFORM_H
#define TRAIL_WINDOWS_PLATFORM_H

#include "windows_os.h"

#include "debug_text.h"
#include "platform.h"

enum {
    DEBUG_STRING_BYTES_MAX = DEBUG_TEXT_BYTES_MAX, /* of one OutputDebugString */
    DEBUG_STRING_TEXT_MAX = 6 * DEBUG_STRING_BYTES_MAX + 1
};

/* A process under the debugger. Loop thread only. */
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
    bool wow64;                  /* a 32-bit process on a 64-bit system */
    bool loader_breakpoint_seen; /* the first 80000003, which is not the program's own */
    bool wow64_breakpoint_seen;  /* the first 4000001F, the same of its 32-bit half */
    /* when its handle was first seen signalled with no exit event; 0 if not */
    uint64_t found_dead_ns;
};

/*
 * The state of a recording. Loop thread only, except `interrupted`, which platform_interrupt sets
 * from anywhere.
 */
struct platform {
    BOOL(WINAPI *wait_for_event)(LPDEBUG_EVENT, DWORD);
    const char *wait_name;
    /* NtQueryInformationThread; NULL if threads have no names here */
    LONG(WINAPI *query_thread)(HANDLE, ULONG, PVOID, ULONG, PULONG);
    volatile LONG interrupted; /* only through Interlocked functions */

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

    /* For one debug string: as it was read, as UTF-16, as UTF-8. */
    _Alignas(8) unsigned char raw[DEBUG_STRING_BYTES_MAX];
    wchar_t wide[DEBUG_STRING_BYTES_MAX];
    char text[DEBUG_STRING_TEXT_MAX];
};

/*
 * platform.c: the debuggee with that pid, or NULL; and a new one (there is room, see `debuggees`).
 */
struct debuggee *platform_debuggee(struct platform *platform, uint32_t pid);
struct debuggee *platform_add_debuggee(struct platform *platform, uint32_t pid);
void platform_remove_debuggee(struct platform *platform, uint32_t pid);
/* Whether it is the process that platform_launch started, still alive. */
bool platform_is_launched(const struct platform *platform, const struct debuggee *debuggee);
/*
 * Makes room for two more debuggees: one now, one in the stop after. The target must be running. 0,
 * or -1 if out of memory.
 */
int platform_reserve_debuggee(struct platform *platform);

/* decode.c: turns platform->pending into an event, and sets continue_status and ended_pid. */
void decode_event(struct platform *platform, uint64_t t_ns, struct event *event);

/*
 * exception.c: what to continue the target with, once for each exception; and all that is recorded
 * of it.
 */
DWORD exception_answer(struct debuggee *debuggee, const EXCEPTION_DEBUG_INFO *info);
void exception_decode(struct platform *platform, const struct debuggee *debuggee,
                      const EXCEPTION_DEBUG_INFO *info, struct event *event);

/*
 * thread_name.c: finds out how to ask for names; names the event's thread as the system does, if it
 * does; names a thread.
 */
void thread_name_prepare(struct platform *platform);
void thread_name_decode(struct platform *platform, struct event *event);
void thread_name_set(struct event *event, uint32_t tid, const char *name, size_t length);

/*
 * debug_string.c: reads and decodes the text of an OutputDebugString, whose other fields stand in
 * info. Makes it a Mark if it is one.
 */
void debug_string_decode(struct platform *platform, HANDLE process,
                         const OUTPUT_DEBUG_STRING_INFO *info, struct event *event);

/* child.c: sets parent and command line of a process that a debuggee created. */
void child_decode(struct platform *platform, HANDLE process, struct event *event);

/*
 * event_text.c. Puts what has been read as UTF-16 into the event's pool as UTF-8, cut at a whole
 * character. Uses platform->text.
 */
struct event_span event_text_put_wide(struct platform *platform, struct event *event,
                                      const wchar_t *wide, size_t length, bool *exact);
/*
 * From platform->raw to platform->text; the result is the text's length. The system's code page
 * stands for the target's; a character that it does not have makes the text inexact.
 */
size_t event_text_from_ansi(struct platform *platform, size_t length, bool *exact);

/*
 * target_memory.c: reads exactly size bytes; false, and nothing is read, if some are not readable.
 */
bool target_memory_read(HANDLE process, uint64_t address, void *buffer, size_t size);
/*
 * Reads a string up to its NUL, of units of unit_bytes (1 or 2), and at most capacity bytes of it.
 * `expected` bytes are asked for at first (0: no idea). Returns how many bytes it has without the
 * NUL; *complete says whether the NUL was found.
 */
size_t target_memory_read_string(HANDLE process, uint64_t address, size_t unit_bytes,
                                 size_t expected, void *buffer, size_t capacity, bool *complete);

/*
 * environment.c: our environment with the launch's changes as CreateProcessW wants it. NULL if out
 * of memory. Free with free().
 */
wchar_t *environment_block(const struct platform_launch *launch);

/* identify.c: the machine of the PE file at a path, 0 if it is none. */
uint32_t identify_machine(const wchar_t *path);
/*
 * Turns a path on a device into one of a drive or a share, in place; leaves others, and those of
 * volumes without a letter, as they are.
 */
void identify_dos_path(wchar_t *path);

#endif
