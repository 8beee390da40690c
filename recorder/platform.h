/*
 * THE seam: what an operating system must offer so that Trail can record on it. Each folder under
 * platform/ implements this header (and os.h, except the scripted one); exactly one of them is
 * linked into a program. To port Trail, copy platform/unsupported, which compiles anywhere: its
 * README.md says in which order to fill it in, and by which tests one sees that it works.
 *
 * Thread: every function runs on the loop thread, the one that called platform_launch or
 * platform_attach, since both Win32 and ptrace tie a debuggee to one thread. platform_identify,
 * platform_discard and platform_interrupt are the exceptions, and say so.
 *
 * Time: between the return of platform_wait with PLATFORM_EVENT and platform_resume the target
 * stands still. An implementation does there only what needs it frozen: no allocation, no file of
 * its own, no formatting.
 */
#ifndef TRAIL_PLATFORM_H
#define TRAIL_PLATFORM_H

#include "error.h"
#include "event.h"
#include "image/identity.h"

struct platform;

/* What to launch. All text is UTF-8 and belongs to the caller. */
struct platform_launch {
    /* NULL-terminated; arguments[0] is the program, looked up in PATH as the shell would */
    char *const *arguments;
    /* Windows: the same as one string, verbatim as the user typed it; elsewhere for show */
    const char *command_line;
    const char *directory; /* start there, or NULL for the current one */
    /* NULL-terminated "VAR=VALUE" (set) and "VAR" (unset), applied in order; NULL for none */
    const char *const *variables;
    bool follow; /* record child processes too */
    /* Windows: CREATE_NEW_CONSOLE; keep the debug heap of debuggers; FLG_SHOW_LDR_SNAPS */
    bool new_console, debug_heap, loader_snaps;
};

enum platform_wait_result {
    /* the event was filled; EVENT_NONE means a stop with nothing to record. Resume it. */
    PLATFORM_EVENT,
    PLATFORM_TIMEOUT, /* nothing happened in the given time, or platform_interrupt was called */
    PLATFORM_END,     /* no debuggee is left */
    PLATFORM_FAILED   /* the error was filled; the recording cannot go on */
};

/* How the run is observed, for the run row, and what can be done. Strings are constants. */
struct platform_facts {
    const char *wait_function;  /* "WaitForDebugEventEx", "waitpid" */
    const char *load_detection; /* "debug events", "r_brk", "r_brk + perf mmap2" */
    bool tells_thread_names;
    const char *continue_command; /* for those that stand still, before their numbers; or NULL */
    const char *continue_hint;    /* and what else, as the rest of a sentence */
    const char *notice;           /* what was spoilt for the program, or not seen of it; or NULL */
};

struct platform_process {
    uint32_t pid;
    char name[256]; /* of its image's file, UTF-8; "" if unknown */
};

/* What becomes of the debuggees when they are let go. */
enum platform_detach {
    PLATFORM_RUN_ON,
    PLATFORM_STAND_STILL /* suspended, so that somebody else can attach to them */
};

/* How the launched process ended. */
struct platform_exit {
    bool ended;         /* false while it lives, and after a detach */
    uint32_t exit_code; /* if it was not killed by a signal */
    int signal;         /* 0 if none */
};

/* Makes a platform with no debuggee. Returns NULL and fills error on failure. */
struct platform *platform_new(struct trail_error *error);
void platform_free(struct platform *platform);

/*
 * Asks the kernel itself for the times of loads, without stops (Linux: perf events), of what is
 * launched after this. They come with platform_identify. 0, or -1 and error where there are none.
 */
int platform_ask_kernel_times(struct platform *platform, struct trail_error *error);

/*
 * Launches a program, held before its first instruction. 0, or -1 with error->code TRAIL_NOT_FOUND
 * (127), TRAIL_NOT_EXECUTABLE (126) or TRAIL_FAILED (125); then nothing was started.
 */
int platform_launch(struct platform *platform, const struct platform_launch *launch,
                    struct trail_error *error);

/*
 * Attaches to a running process (and its threads). If it does not come to a stop, gives up after
 * timeout_ms (negative: never) and at platform_interrupt. 0, or -1 and it runs on as before.
 */
int platform_attach(struct platform *platform, uint32_t pid, bool follow, int timeout_ms,
                    struct trail_error *error);

/*
 * Waits up to timeout_ms (negative: for ever) for the next debug event of any debuggee and decodes
 * it into event, whose t_ns is taken first. While event->more is set, the next call returns the
 * next event of the same stop at once.
 */
enum platform_wait_result platform_wait(struct platform *platform, int timeout_ms,
                                        struct event *event, struct trail_error *error);

/*
 * Lets the thread of the last event go on, with the continue status or the signal that it would
 * have had alone; returns when, as near as can be told. A target that was killed is no failure.
 */
uint64_t platform_resume(struct platform *platform);

/*
 * Lets every debuggee go, leaving no trace in it. Call it between platform_resume and
 * platform_wait; with PLATFORM_STAND_STILL it may also be called in the place of platform_resume:
 * then nothing of the debuggees' code has run since that stop.
 */
void platform_detach(struct platform *platform, enum platform_detach how);

/*
 * The processes that are recorded and live, or, after a detach, stand still: fills up to capacity
 * and returns how many there are. Asks the system for names: not within a stop that goes on.
 */
unsigned platform_processes(const struct platform *platform, struct platform_process *processes,
                            unsigned capacity);

/* Kills every debuggee, also at a stop: nothing of it runs any more. Exit events still come. */
void platform_kill(struct platform *platform);

/* Makes the current or next platform_wait time out soon. Any thread; signal, console handlers. */
void platform_interrupt(struct platform *platform);

void platform_facts(const struct platform *platform, struct platform_facts *facts);
void platform_exit_of_launched(const struct platform *platform, struct platform_exit *exit);

/*
 * Finds out what an event's image is from its file, and closes the handle that came with the event.
 * Any thread, one at a time, the target running or gone. Fills identity with what could be found.
 */
void platform_identify(const struct event *event, struct module_identity *identity);

/*
 * The file's name, UTF-8, to which an event's image path leads where that is a symbolic link; its
 * length, 0 if it is none or does not fit. Within the stop, and it asks the file system: on demand.
 */
size_t platform_file_name(const struct event *event, char *name, size_t capacity);

/* Closes the handle that came with an event that nobody will identify. Any thread. */
void platform_discard(const struct event *event);

#endif
