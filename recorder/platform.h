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
    /*
     * NULL-terminated; arguments[0] is the program, looked up in PATH as the system's shell would
     */
    char *const *arguments;
    /* Windows: the same as one string, verbatim as the user typed it; elsewhere for show */
    const char *command_line;
    const char *directory; /* start there, or NULL for the current one */
    /* NULL-terminated "VAR=VALUE" (set) and "VAR" (unset), applied in order; NULL for none */
    const char *const *variables;
    bool follow;      /* record child processes too */
    bool new_console; /* Windows: CREATE_NEW_CONSOLE */
    bool debug_heap;  /* Windows: keep the debug heap that a debugger normally gets */
};

enum platform_wait_result {
    /* the event was filled; EVENT_NONE means a stop with nothing to record. Resume it. */
    PLATFORM_EVENT,
    PLATFORM_TIMEOUT, /* nothing happened in the given time, or platform_interrupt was called */
    PLATFORM_END,     /* no debuggee is left */
    PLATFORM_FAILED   /* the error was filled; the recording cannot go on */
};

/*
 * How the run was observed, for the run row, and what the platform can do. Strings are constants.
 */
struct platform_facts {
    const char *wait_function;  /* "WaitForDebugEventEx", "waitpid" */
    const char *load_detection; /* "debug events", "r_brk", "r_brk + perf mmap2" */
    bool tells_thread_names;
    /*
     * a command that lets processes go on which stand still, before their numbers; NULL if there is
     * none
     */
    const char *continue_command;
    const char *continue_hint; /* what else does so, as the rest of a sentence */
};

/* A process that is being recorded. */
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

/*
 * Makes a platform with no debuggee. Returns NULL and fills error on failure. Free with
 * platform_free.
 */
struct platform *platform_new(struct trail_error *error);
void platform_free(struct platform *platform);

/*
 * Asks for the times of loads from the kernel itself, which need no stop (Linux: perf events), for
 * what is launched after this. They come with platform_identify. Returns 0, or -1 and error where
 * there are none or the system refuses: everything else works without them.
 */
int platform_ask_kernel_times(struct platform *platform, struct trail_error *error);

/*
 * Launches a program under the debugger, held before its first instruction runs. Returns 0, or -1
 * with error->code TRAIL_NOT_FOUND (127), TRAIL_NOT_EXECUTABLE (126) or TRAIL_FAILED (125); then
 * nothing was started.
 */
int platform_launch(struct platform *platform, const struct platform_launch *launch,
                    struct trail_error *error);

/*
 * Attaches to a running process (and to its threads). Where the process does not come to a stop,
 * gives up after timeout_ms (negative: never) and when platform_interrupt is called. Returns 0 or
 * -1; then the process runs on as before.
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
 * Lets the thread that the last event came from go on, with the continue status or the signal that
 * keeps the target's behaviour what it is alone. A target that was killed meanwhile is no failure.
 */
void platform_resume(struct platform *platform);

/*
 * Lets every debuggee go, leaving no trace in it. Call it between platform_resume and
 * platform_wait; with PLATFORM_STAND_STILL it may also be called in the place of platform_resume:
 * then nothing of the debuggees' code has run since that stop.
 */
void platform_detach(struct platform *platform, enum platform_detach how);

/*
 * The processes that are being recorded and live; after platform_detach with PLATFORM_STAND_STILL,
 * those that stand still. Fills up to capacity of them and returns how many there are. It asks the
 * system for their names: not for within a stop that goes on.
 */
unsigned platform_processes(const struct platform *platform, struct platform_process *processes,
                            unsigned capacity);

/*
 * Kills every debuggee; their exit events still come. At a stop too: nothing of the debuggee has
 * run when platform_resume follows.
 */
void platform_kill(struct platform *platform);

/*
 * Makes the current or next platform_wait return PLATFORM_TIMEOUT soon. Any thread, and signal or
 * console handlers.
 */
void platform_interrupt(struct platform *platform);

void platform_facts(const struct platform *platform, struct platform_facts *facts);
void platform_exit_of_launched(const struct platform *platform, struct platform_exit *exit);

/*
 * Finds out what an event's image is: opens and parses its file, and closes the handle that came
 * with the event. Any thread, one at a time, with the target running or gone. Always fills
 * identity, with whatever could be found.
 */
void platform_identify(const struct event *event, struct module_identity *identity);

/*
 * The name of the file that an event's image path leads to, UTF-8, where that path is a symbolic
 * link. Returns its length; 0 if it is none, or does not fit. Loop thread, within the stop: it asks
 * the file system, so only for who wants to know it just then.
 */
size_t platform_file_name(const struct event *event, char *name, size_t capacity);

/* Closes the handle that came with an event that nobody will identify. Any thread. */
void platform_discard(const struct event *event);

#endif
