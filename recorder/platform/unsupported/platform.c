/*
 * The platform for systems that Trail cannot record on yet: it compiles anywhere and says so. It is
 * where a port starts, see README.md beside this file; the comments here say what the two systems
 * that are there already do, platform.h says what every one must.
 */
#include "look.h"
#include "platform.h"

#include "stack_copy.h"

#include <string.h>

static int not_supported(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0,
                     "recording is not supported on this system; trailview can look at the "
                     "recordings of others");
}

/* The state of a recording: the table of debuggees, the stop that is pending. */
struct platform *platform_new(struct trail_error *error)
{
    not_supported(error);
    return NULL;
}

void platform_free(struct platform *platform)
{
    (void)platform;
}

/* Linux: perf events that tell of mappings. May stay as it is for ever. */
int platform_ask_kernel_times(struct platform *platform, struct trail_error *error)
{
    (void)platform;
    return not_supported(error);
}

/*
 * Linux: fork, PTRACE_SEIZE of the child, execvp. Windows: CreateProcessW with DEBUG_PROCESS. The
 * target must not run before platform_wait has told of it.
 */
int platform_launch(struct platform *platform, const struct platform_launch *launch,
                    struct trail_error *error)
{
    (void)platform, (void)launch;
    return not_supported(error);
}

/* Linux: PTRACE_SEIZE of each thread. Windows: a debug object. What is there is told first. */
int platform_attach(struct platform *platform, uint32_t pid, bool follow, int timeout_ms,
                    struct trail_error *error)
{
    (void)platform, (void)pid, (void)follow, (void)timeout_ms;
    return not_supported(error);
}

/*
 * Linux: waitpid. Windows: WaitForDebugEvent. Take os_monotonic_ns at once, then fill the event by
 * event_begin and event_set from the fixed fields and from what of the target's memory may vanish.
 */
enum platform_wait_result platform_wait(struct platform *platform, int timeout_ms,
                                        struct event *event, struct trail_error *error)
{
    (void)platform, (void)timeout_ms, (void)event;
    not_supported(error);
    return PLATFORM_FAILED;
}

/*
 * Linux: PTRACE_CONT with the signal, which the target would have got alone. Windows:
 * ContinueDebugEvent with DBG_EXCEPTION_NOT_HANDLED, but for the debugger's own exceptions.
 */
uint64_t platform_resume(struct platform *platform)
{
    (void)platform;
    return 0;
}

/* Take out what was put in (breakpoints), continue the stop that is pending, let go. */
void platform_detach(struct platform *platform, enum platform_detach how)
{
    (void)platform, (void)how;
}

unsigned platform_processes(const struct platform *platform, struct platform_process *processes,
                            unsigned capacity)
{
    (void)platform, (void)processes, (void)capacity;
    return 0;
}

void platform_kill(struct platform *platform)
{
    (void)platform;
}

/* A flag that platform_wait looks at, and what ends its sleep (Linux: a signal). */
void platform_interrupt(struct platform *platform)
{
    (void)platform;
}

void platform_facts(const struct platform *platform, struct platform_facts *facts)
{
    (void)platform;
    *facts = (struct platform_facts){.wait_function = "none",
                                     .load_detection = "none",
                                     .continue_hint = "there is no way on this system"};
}

void platform_exit_of_launched(const struct platform *platform, struct platform_exit *exit)
{
    (void)platform;
    *exit = (struct platform_exit){.ended = false};
}

/* Open what was mapped, rather than what a path means now; read it by image/elf.h or image/pe.h. */
void platform_identify(const struct event *event, struct module_identity *identity)
{
    (void)event;
    memset(identity, 0, sizeof *identity);
}

size_t platform_file_name(const struct event *event, char *name, size_t capacity)
{
    (void)event, (void)name, (void)capacity;
    return 0;
}

void platform_copy_stack(struct platform *platform, struct event *event)
{
    (void)platform;
    (void)event;
}

void platform_discard(const struct event *event)
{
    (void)event;
}

/* Nobody looks into a process here yet. */
void platform_look(uint32_t pid, uint64_t interval_ns, look_taker take, void *context)
{
    (void)pid, (void)interval_ns, (void)take, (void)context;
}

int platform_allow_look_stops(struct platform *platform, struct trail_error *error)
{
    (void)platform;
    return error_set(error, TRAIL_FAILED, 0, "nobody looks into a process here yet");
}
