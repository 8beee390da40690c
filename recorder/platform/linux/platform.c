/* The seam on Linux: waiting and resuming. See linux_platform.h for the other parts. */
#define _GNU_SOURCE
#include "loader/probes.h"

#include "os.h"
#include "perf/perf_events.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    /* a timer that fires between the look at the clock and waitpid fires again */
    TIMER_REPEAT_NS = 10 * 1000 * 1000,
    TIMER_SLACK_NS = 2 * 1000 * 1000,
    SHORT_WAIT_NS = 200 * 1000, /* a wait that sleeps and is woken at once takes 60 us */
    LOOK_NS = 100 * 1000,
    BURST_WAITS = 4,
    BURST_WAITS_MAX = 1024
};

const long platform_trace_options =
    PTRACE_O_TRACEEXEC | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK;

static void wake_up(int signal)
{
    (void)signal; /* waitpid returns with EINTR */
}

static int make_timer(struct platform *platform, struct trail_error *error)
{
    struct sigevent notify = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    struct sigaction action = {.sa_handler = wake_up};
    sigset_t ours;

    sigemptyset(&ours);
    sigaddset(&ours, SIGALRM);
    if (sigaction(SIGALRM, &action, &platform->alarm_before) != 0 ||
        timer_create(CLOCK_MONOTONIC, &notify, &platform->timer) != 0)
        return error_set(error, TRAIL_FAILED, errno, "cannot make a timer: %s", strerror(errno));
    sigprocmask(SIG_UNBLOCK, &ours, &platform->blocked_before);
    platform->has_timer = true;
    return 0;
}

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

struct platform *platform_new(struct trail_error *error)
{
    struct platform *platform = calloc(1, sizeof *platform);
    struct loader_symbols symbols;

    occupy_standard_files();
    if (platform != NULL) {
        platform->changes = calloc(2 * LOADED_MAX, sizeof *platform->changes);
        platform->staged = malloc(STAGED_BYTES);
    }
    if (platform == NULL || platform->changes == NULL || platform->staged == NULL)
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    else if (make_timer(platform, error) == 0) {
        /*
         * Our own loader is most likely the target's too: what is found now needs no search while
         * the target stands still.
         */
        loader_find_symbols(getpid(), getauxval(AT_BASE), &symbols);
        probes_prepare();
        platform->cores = sysconf(_SC_NPROCESSORS_ONLN);
        platform->wanted_short_waits = BURST_WAITS;
        return platform;
    }
    platform_free(platform);
    return NULL;
}

void platform_free(struct platform *platform)
{
    if (platform == NULL)
        return;
    if (platform->has_timer) {
        timer_delete(platform->timer);
        sigprocmask(SIG_SETMASK, &platform->blocked_before, NULL);
        sigaction(SIGALRM, &platform->alarm_before, NULL);
    }
    perf_events_close();
    tasks_free_all(platform);
    free(platform->changes);
    free(platform->staged);
    free(platform);
}

/* Has SIGALRM end the wait at the deadline. Re-armed only when the deadline changes. */
static void arm_timer(struct platform *platform, uint64_t deadline_ns)
{
    struct itimerspec when = {
        .it_value = {(time_t)(deadline_ns / 1000000000), (long)(deadline_ns % 1000000000)},
        .it_interval = {0, deadline_ns == 0 ? 0 : TIMER_REPEAT_NS},
    };
    uint64_t difference = deadline_ns > platform->armed_for_ns
                              ? deadline_ns - platform->armed_for_ns
                              : platform->armed_for_ns - deadline_ns;

    if (difference <= TIMER_SLACK_NS)
        return;
    timer_settime(platform->timer, TIMER_ABSTIME, &when, NULL);
    platform->armed_for_ns = deadline_ns;
}

void platform_interrupt(struct platform *platform)
{
    static const struct itimerspec soon = {.it_value = {0, 1}, .it_interval = {0, TIMER_REPEAT_NS}};

    platform->interrupted = 1;
    timer_settime(platform->timer, 0, &soon, NULL);
}

static enum platform_wait_result wait_failed(struct platform *platform, uint64_t deadline_ns,
                                             struct trail_error *error)
{
    if (errno == ECHILD)
        return PLATFORM_END;
    if (errno != EINTR) {
        error_set(error, TRAIL_FAILED, errno, "cannot wait for the target: %s", strerror(errno));
        return PLATFORM_FAILED;
    }
    if (platform->interrupted) {
        platform->interrupted = 0;
        platform->armed_for_ns = 1; /* re-arm or disarm at the next wait */
        return PLATFORM_TIMEOUT;
    }
    return deadline_ns != 0 && os_monotonic_ns() >= deadline_ns ? PLATFORM_TIMEOUT : PLATFORM_EVENT;
}

static bool is_over(const struct platform *platform)
{
    const struct process *process = platform->processes;

    /* Without -f only the launched process counts; what shares memory with it is let go. */
    while (process != NULL && process->muted)
        process = process->next;
    return process == NULL;
}

/*
 * Only one process must be traced, since with several the other core is at work and looking would
 * take it from the target.
 */
static bool is_burst(const struct platform *platform)
{
    return platform->short_waits >= platform->wanted_short_waits && platform->cores > 1 &&
           platform->processes != NULL && platform->processes->next == NULL;
}

/*
 * A stop costs a wake-up, not a system call: in a burst of stops it pays to look for the next one
 * (WNOHANG) for a moment before sleeping, if another core is free for the target. A few waits in a
 * row that were short make a burst; a look in vain interrupts it. Looks in vain one after the other
 * mean that no core is free (the target may wait for ours): then the next look comes later and
 * later.
 */
static pid_t look_for_stop(struct platform *platform, int *status)
{
    uint64_t start_ns;
    pid_t tid;

    if (!is_burst(platform))
        return 0;
    start_ns = os_monotonic_ns();
    do {
        tid = waitpid(-1, status, __WALL | WNOHANG);
        platform->t_ns = os_monotonic_ns();
    } while (tid == 0 && platform->t_ns - start_ns < LOOK_NS);
    if (tid > 0) {
        if (platform->wanted_short_waits > 1)
            platform->wanted_short_waits /= 2;
        return tid;
    }
    platform->short_waits = 0;
    if (platform->wanted_short_waits < BURST_WAITS_MAX)
        platform->wanted_short_waits *= 2;
    return tid;
}

/* The next stop, by looking or sleeping; -1 and errno as waitpid. */
static pid_t wait_for_stop(struct platform *platform, int *status)
{
    pid_t tid = look_for_stop(platform, status);
    uint64_t start_ns;

    if (tid > 0)
        return tid;
    start_ns = os_monotonic_ns();
    tid = waitpid(-1, status, __WALL);
    platform->t_ns = os_monotonic_ns();
    if (platform->t_ns - start_ns < SHORT_WAIT_NS)
        platform->short_waits++;
    else
        platform->short_waits = 0;
    return tid;
}

bool platform_has_stop(void)
{
    siginfo_t info = {.si_pid = 0};

    return waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL) != 0 ||
           info.si_pid != 0;
}

enum platform_wait_result platform_wait(struct platform *platform, int timeout_ms,
                                        struct event *event, struct trail_error *error)
{
    uint64_t deadline_ns = timeout_ms < 0 ? 0 : os_monotonic_ns() + (uint64_t)timeout_ms * 1000000;
    int status;
    pid_t tid;

    if (platform->current != NULL &&
        link_map_next_event(platform, platform->current->process, event))
        return PLATFORM_EVENT;
    if (platform->launch_stop_pending) {
        platform->launch_stop_pending = false;
        decode_launch(platform, event);
        return PLATFORM_EVENT;
    }
    if (attach_next_event(platform, event))
        return PLATFORM_EVENT;
    if (is_over(platform)) {
        platform_detach(platform, PLATFORM_RUN_ON);
        return PLATFORM_END;
    }
    if (orphan_next_event(platform, event))
        return PLATFORM_EVENT;
    jobs_follow_stop(platform);
    arm_timer(platform, deadline_ns);
    while ((tid = wait_for_stop(platform, &status)) < 0) {
        enum platform_wait_result result = wait_failed(platform, deadline_ns, error);
        if (result != PLATFORM_EVENT)
            return result;
    }
    decode_status(platform, tid, status, event);
    return PLATFORM_EVENT;
}

/* A request may fail because the task was killed meanwhile: its wait status will say so. */
void platform_resume(struct platform *platform)
{
    struct task *task = platform->current, *newborn = platform->newborn;

    platform->current = platform->newborn = NULL;
    if (newborn != NULL)
        ptrace(PTRACE_CONT, newborn->tid, NULL, NULL);
    if (task == NULL)
        return;
    switch (platform->action) {
    case RESUME_NOTHING:
        break;
    case RESUME_CONTINUE:
        ptrace(PTRACE_CONT, task->tid, NULL, (void *)(long)platform->signal);
        break;
    case RESUME_LISTEN:
        ptrace(PTRACE_LISTEN, task->tid, NULL, NULL);
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

int platform_ask_kernel_times(struct platform *platform, struct trail_error *error)
{
    platform->has_kernel_times = perf_events_open(error) == 0;
    return platform->has_kernel_times ? 0 : -1;
}

void platform_facts(const struct platform *platform, struct platform_facts *facts)
{
    facts->wait_function = "waitpid";
    facts->tells_thread_names = false;
    facts->continue_command = "kill -CONT";
    facts->continue_hint = "attach a debugger (gdb -p PID)";
    facts->load_detection = platform->has_kernel_times ? "r_brk + perf mmap2" : "r_brk";
}

void platform_exit_of_launched(const struct platform *platform, struct platform_exit *exit)
{
    *exit = platform->launched_exit;
}
