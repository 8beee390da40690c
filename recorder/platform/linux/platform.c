/* The seam on Linux: waiting and resuming. The parts have headers of their own. */
#define _GNU_SOURCE
#include "loader/loader.h"
#include "loader/probes.h"
#include "look.h"
#include "os.h"
#include "perf/perf_events.h"
#include "tracing/attach.h"
#include "tracing/decode.h"
#include "tracing/jobs.h"
#include "tracing/look_stops.h"
#include "tracing/orphan.h"
#include "tracing/stop.h"
#include "tracing/tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    SHORT_WAIT_NS = 200 * 1000, /* a wait that sleeps and is woken at once takes 60 us */
    LOOK_NS = 100 * 1000,
    RESUME_NS = 20 * 1000, /* a request takes 1 to 5 us */
    BURST_WAITS = 4,
    BURST_WAITS_MAX = 1024
};

/*
 * Where stdin, stdout or stderr is closed, a file of ours would take its number. They are closed
 * again for the target.
 */
static void occupy_standard_files(void)
{
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++)
        if (fcntl(file, F_GETFD) < 0 && open("/dev/null", O_RDWR | O_CLOEXEC) < 0)
            return;
}

static int usable_cores(void)
{
    cpu_set_t set;

    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

struct platform *platform_new(struct trail_error *error)
{
    struct platform *platform = calloc(1, sizeof *platform);
    struct loader_symbols symbols;

    occupy_standard_files();
    if (platform == NULL || link_map_begin(&platform->changes) != 0)
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    else if (alarm_begin(&platform->alarm, error) == 0) {
        /*
         * Our own loader is most likely the target's too: what is found now needs no search while
         * the target stands still.
         */
        loader_find_symbols(getpid(), getauxval(AT_BASE), &symbols);
        probes_prepare();
        platform->cores = usable_cores();
        platform->bursts.wanted = BURST_WAITS;
        platform->entries = (struct eagerness){1, 1};
        return platform;
    }
    platform_free(platform);
    return NULL;
}

void platform_free(struct platform *platform)
{
    if (platform == NULL)
        return;
    alarm_end(&platform->alarm);
    perf_events_close();
    look_stops_end();
    tasks_free_all(platform);
    link_map_end(&platform->changes);
    free(platform);
}

void platform_interrupt(struct platform *platform)
{
    alarm_ring(&platform->alarm);
}

static bool is_over(const struct platform *platform)
{
    const struct process *process = platform->processes;

    /* Without -f only the launched process counts; what shares memory with it is let go. */
    while (process != NULL && process->muted)
        process = process->next;
    return process == NULL;
}

static struct eagerness *eagerness_for(struct platform *platform)
{
    return platform->stop.entry_is_due ? &platform->entries : &platform->bursts;
}

/*
 * In a burst only one process must be traced, since with several the other core is at work and
 * looking would take it from the target. The look for an entry is one of each start.
 */
static bool may_pay(struct platform *platform)
{
    const struct eagerness *eager = eagerness_for(platform);

    return eager->short_waits >= eager->wanted && platform->cores > 1 &&
           platform->processes != NULL &&
           (platform->stop.entry_is_due || platform->processes->next == NULL);
}

/*
 * A stop costs a wake-up, not a system call: in a burst of stops, and where a program's entry is
 * due, it pays to look for the next one (WNOHANG) for a moment before sleeping, if another core is
 * free for the target. A few waits in a row that were short make a burst; a look in vain interrupts
 * it. Looks in vain one after the other mean that no core is free (the target may wait for ours):
 * then the next look comes later and later.
 */
static pid_t look_for_stop(struct platform *platform, int *status)
{
    struct eagerness *eager = eagerness_for(platform);
    uint64_t start_ns;
    pid_t tid;

    if (!may_pay(platform))
        return 0;
    start_ns = os_monotonic_ns();
    do {
        tid = wait4(-1, status, __WALL | WNOHANG, &platform->stop.usage);
        platform->stop.t_ns = os_monotonic_ns();
    } while (tid == 0 && platform->stop.t_ns - start_ns < LOOK_NS);
    if (tid > 0) {
        if (eager->wanted > 1)
            eager->wanted /= 2;
        return tid;
    }
    eager->short_waits = 0;
    if (eager->wanted < BURST_WAITS_MAX)
        eager->wanted *= 2;
    return tid;
}

/* The next stop, by looking or sleeping; -1 and errno as waitpid. */
static pid_t wait_for_stop(struct platform *platform, int *status)
{
    pid_t tid = look_for_stop(platform, status);
    struct eagerness *eager = eagerness_for(platform);
    uint64_t start_ns;

    if (tid > 0)
        return tid;
    start_ns = os_monotonic_ns();
    tid = wait4(-1, status, __WALL, &platform->stop.usage);
    platform->stop.t_ns = os_monotonic_ns();
    if (platform->stop.t_ns - start_ns < SHORT_WAIT_NS)
        eager->short_waits++;
    else
        eager->short_waits = 0;
    return tid;
}

/* What somebody asks for after the alarm is set sets it off. */
static void prepare_to_sleep(struct platform *platform, uint64_t deadline_ns)
{
    alarm_set(&platform->alarm, deadline_ns);
    while (look_stops_interrupt(platform)) {
        alarm_stop(&platform->alarm);
        alarm_set(&platform->alarm, deadline_ns);
    }
}

/*
 * Sleeps until there is a stop (PLATFORM_EVENT: tid and status say which), the deadline is over (0:
 * there is none) or somebody interrupts.
 */
static enum platform_wait_result sleep_until_stop(struct platform *platform, uint64_t deadline_ns,
                                                  pid_t *tid, int *status,
                                                  struct trail_error *error)
{
    prepare_to_sleep(platform, deadline_ns);
    while ((*tid = wait_for_stop(platform, status)) < 0) {
        if (errno == ECHILD)
            return PLATFORM_END;
        if (errno != EINTR) {
            error_set(error, TRAIL_FAILED, errno, "cannot wait for the target: %s",
                      strerror(errno));
            return PLATFORM_FAILED;
        }
        if (alarm_heard(&platform->alarm) || (deadline_ns != 0 && os_monotonic_ns() >= deadline_ns))
            return PLATFORM_TIMEOUT;
        prepare_to_sleep(platform, deadline_ns);
    }
    return PLATFORM_EVENT;
}

static enum platform_wait_result wait_for_event(struct platform *platform, int timeout_ms,
                                                struct event *event, struct trail_error *error)
{
    uint64_t deadline_ns = timeout_ms < 0 ? 0 : os_monotonic_ns() + (uint64_t)timeout_ms * 1000000;
    enum platform_wait_result result;
    int status;
    pid_t tid;

    if (platform->stop.task != NULL &&
        link_map_next_event(&platform->changes, platform->stop.task->process, platform->stop.t_ns,
                            event)) {
        event->more |= platform->stop.fault != 0;
        return PLATFORM_EVENT;
    }
    if (platform->stop.task != NULL && platform->stop.fault != 0) {
        decode_fault(platform, event);
        return PLATFORM_EVENT;
    }
    if (platform->launch_stop_pending) {
        platform->launch_stop_pending = false;
        decode_launch(platform, event);
        return PLATFORM_EVENT;
    }
    if (attach_next_event(platform, event))
        return PLATFORM_EVENT;
    if (is_over(platform))
        return PLATFORM_END;
    if (orphan_next_event(platform, event))
        return PLATFORM_EVENT;
    jobs_follow_stop(platform);
    result = sleep_until_stop(platform, deadline_ns, &tid, &status, error);
    if (result == PLATFORM_EVENT)
        decode_status(platform, tid, status, event);
    return result;
}

/* The kernel numbers the clock of a process's CPU time so (clock_getcpuclockid(3)). */
static uint64_t cpu_ns_of(pid_t pid)
{
    struct timespec used;

    return clock_gettime((clockid_t)(~(unsigned)pid << 3 | 2), &used) == 0
               ? (uint64_t)used.tv_sec * 1000000000 + (uint64_t)used.tv_nsec
               : 0;
}

enum platform_wait_result platform_wait(struct platform *platform, int timeout_ms,
                                        struct event *event, struct trail_error *error)
{
    enum platform_wait_result result = wait_for_event(platform, timeout_ms, event, error);

    /* an exit has it from the wait */
    if (result == PLATFORM_EVENT && event_bounds_gap(event) && event->kind != EVENT_EXIT_PROCESS)
        event->cpu_ns = cpu_ns_of((pid_t)event->pid);
    return result;
}

/* A request may fail because the task was killed meanwhile: its wait status will say so. */
static void resume_task(struct platform *platform, struct task *task)
{
    switch (platform->stop.action) {
    case RESUME_NOTHING:
        break;
    case RESUME_CONTINUE:
        ptrace(PTRACE_CONT, task->tid, NULL, (void *)(long)platform->stop.signal);
        break;
    case RESUME_LISTEN:
        ptrace(PTRACE_LISTEN, task->tid, NULL, NULL);
        task->listens = true;
        break;
    case RESUME_ATTACHED:
        attach_resume(platform, task);
        break;
    case RESUME_DETACH:
        ptrace(PTRACE_DETACH, task->tid, NULL, NULL);
        tasks_remove(platform, task);
        break;
    }
}

/*
 * The kernel may give the core of ours to the task that it wakes: a request that has taken longer
 * than any does has done its work at its beginning.
 */
static uint64_t resume(struct platform *platform)
{
    struct task *task = platform->stop.task, *newborn = platform->stop.newborn;
    uint64_t before_ns = os_monotonic_ns(), after_ns;

    platform->stop.task = platform->stop.newborn = NULL;
    if (newborn != NULL)
        ptrace(PTRACE_CONT, newborn->tid, NULL, NULL);
    if (task != NULL)
        resume_task(platform, task);
    after_ns = os_monotonic_ns();
    return after_ns - before_ns > RESUME_NS && platform->stop.action != RESUME_ATTACHED ? before_ns
                                                                                        : after_ns;
}

/* Where nothing is recorded any more, what shares memory with what was is let go, too. */
uint64_t platform_resume(struct platform *platform)
{
    uint64_t resumed_ns = resume(platform);

    if (is_over(platform))
        platform_detach(platform, PLATFORM_RUN_ON);
    return resumed_ns;
}

int platform_ask_kernel_times(struct platform *platform, struct trail_error *error)
{
    platform->has_kernel_times = perf_events_open(error) == 0;
    return platform->has_kernel_times ? 0 : -1;
}

int platform_allow_look_stops(struct platform *platform, struct trail_error *error)
{
    return look_stops_begin(platform) == 0 ? 0 : error_set(error, TRAIL_FAILED, 0, "out of memory");
}

void platform_facts(const struct platform *platform, struct platform_facts *facts)
{
    facts->wait_function = "waitpid";
    facts->tells_thread_names = false;
    facts->continue_command = "kill -CONT";
    facts->notice = NULL;
    if (platform->loads_unseen)
        facts->notice = "loads are missing: a process has closed its memory (PR_SET_DUMPABLE 0) "
                        "before them; run trailrec as root for that";
    if (platform->lost_rights)
        facts->notice = "the program runs without the rights that its file gives it, because it is "
                        "traced; run trailrec as root for that";
    facts->continue_hint = "attach a debugger (gdb -p PID)";
    facts->load_detection = platform->has_kernel_times ? "r_brk + perf mmap2" : "r_brk";
}

void platform_exit_of_launched(const struct platform *platform, struct platform_exit *exit)
{
    *exit = platform->launched_exit;
}
