/*
 * Bringing all threads of a process that runs to a stop, to attach to it. It may run another
 * program meanwhile, and an exec ends all other threads. It holds the process's cred_guard_mutex
 * until it is done; PTRACE_SEIZE waits for that, while the exec waits for the end of the threads
 * that we have seized already - which is not over until we have taken notice of it (the kernel's
 * ptrace_attach and de_thread). Signals interrupt the wait of PTRACE_SEIZE, but behind the handler
 * the kernel begins it again: so the handler of a timer jumps out of it.
 *
 * After an exec its thread has the number of the process, whoever had it before. A traced one stops
 * there; else we begin anew.
 */
#define _GNU_SOURCE
#include "tracing/seize.h"

#include "os.h"
#include "proc.h"
#include "tracing/restart.h"
#include "tracing/stop.h"
#include "tracing/tasks.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    SEIZE_NS = 2 * 1000 * 1000, /* it takes microseconds, if it does not wait for an exec */
    /*
     * looks at the list of threads that find nothing new: while it changes, one may be missing in
     * it
     */
    QUIET_ROUNDS = 2,
    /*
     * how often no thread may be found in a row: one that takes another's number is none for a
     * moment
     */
    EMPTY_ROUNDS_MAX = 20,
    EMPTY_PAUSE_NS = 1000 * 1000,
    HEED_NS = 20 * 1000 * 1000 /* who is asked to end sooner is about to begin */
};
/* how long to run after a process that is another program each time */
static const uint64_t RETRY_NS = 2000000000;

static sigjmp_buf out_of_seize;
static volatile sig_atomic_t in_seize;

static void leave_seize(int signal)
{
    (void)signal;
    if (in_seize) {
        in_seize = 0;
        siglongjmp(out_of_seize, 1);
    }
}

/*
 * Returns 0, or an errno: EAGAIN if the process is in an exec. Then the thread may be seized all
 * the same, if that was done just now.
 */
static int seize_in_time(pid_t tid)
{
    int os_code = 0;

    if (sigsetjmp(out_of_seize, 0) != 0)
        return EAGAIN;
    in_seize = 1;
    if (ptrace(PTRACE_SEIZE, tid, NULL, (void *)SEIZE_OPTIONS) != 0)
        os_code = errno;
    in_seize = 0;
    return os_code;
}

/*
 * By an exec, or by the jump out of a seize that was done; or made by one of ours, which has yet to
 * tell of it.
 */
static bool is_ours(pid_t tid)
{
    return proc_status_number(tid, "TracerPid:") == getpid();
}

/* Seizes a thread and tells it to stop. Returns 0 or an errno. */
static int add_thread(struct platform *platform, struct process *process, pid_t tid)
{
    int os_code = seize_in_time(tid);
    struct task *task;

    /* a leader that ended keeps its place */
    if (os_code != 0 && (!is_ours(tid) || (tid == process->pid && proc_has_ended(tid))))
        return os_code;
    task = tasks_add(platform, tid, process);
    if (task == NULL)
        return ENOMEM;
    task->born = true;
    ptrace(PTRACE_INTERRUPT, tid, NULL, NULL);
    process->unsettled = true;
    return 0;
}

/* What is being seized, and why a thread of it could not be: 0 or an errno. */
struct seizing {
    struct platform *platform;
    struct process *process;
    int os_code;
};

/* Returns whether the process is in an exec: then there is no use in going on. */
static bool seize_if_new(void *context, pid_t tid)
{
    struct seizing *seizing = context;
    int os_code = tasks_find(seizing->platform, tid) != NULL
                      ? 0
                      : add_thread(seizing->platform, seizing->process, tid);

    if (os_code != 0)
        seizing->os_code = os_code;
    return os_code == EAGAIN;
}

/*
 * Seizes the threads that are not seized yet. Returns 0 or an errno that says why one could not be:
 * that of the exec, if there is one.
 */
static int seize_new_threads(struct platform *platform, struct process *process)
{
    struct seizing seizing = {platform, process, 0};

    proc_any_thread(process->pid, seize_if_new, &seizing);
    if (seizing.os_code == EAGAIN || seizing.os_code == ESRCH)
        process->unsettled = true;
    return seizing.os_code;
}

static bool is_group_stop(int status)
{
    int signal = WSTOPSIG(status);

    return (unsigned)status >> 16 == PTRACE_EVENT_STOP &&
           (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU);
}

/*
 * What the task made at this very stop: a thread is held like the others; a process is let go,
 * since its start was missed.
 */
static void take_newborn(struct platform *platform, struct task *parent, int event)
{
    unsigned long message = 0;
    pid_t child;

    if (event != PTRACE_EVENT_CLONE && event != PTRACE_EVENT_FORK && event != PTRACE_EVENT_VFORK)
        return;
    ptrace(PTRACE_GETEVENTMSG, parent->tid, NULL, &message);
    child = (pid_t)message;
    if (child == 0 || tasks_find(platform, child) != NULL) /* 0: it was killed meanwhile */
        return;
    if (event == PTRACE_EVENT_CLONE && syscall(SYS_tgkill, parent->process->pid, child, 0) == 0) {
        if (tasks_add(platform, child, parent->process) != NULL)
            tasks_find(platform, child)->born = true;
    } else if (waitpid(child, NULL, __WALL) == child) {
        ptrace(PTRACE_DETACH, child, NULL, NULL);
    }
}

/* Notes how the task must go on. */
static void note_stop(struct platform *platform, struct task *task, int status)
{
    int event = (int)((unsigned)status >> 16);

    take_newborn(platform, task, event);
    if (event == PTRACE_EVENT_STOP && !is_group_stop(status))
        restart_call(task->tid);
    task->held = true;
    task->out_of_reach = false;
    task->held_at_exec = event == PTRACE_EVENT_EXEC;
    task->held_listen = is_group_stop(status);
    task->held_signal = event == 0 ? WSTOPSIG(status) : 0;
}

/*
 * Waits until the task stands still. Out of reach it runs nothing that could meet what is planted.
 * One that stood already is looked at again: an exec may have ended it, or put another in its
 * place.
 */
static void hold(struct platform *platform, struct task *task)
{
    struct process *process = task->process;
    enum stop_result result;
    int status;

    if (process == NULL || !process->attaching || task->ended)
        return;
    result = task->held || task->out_of_reach ? stop_look(task->tid, &status)
                                              : stop_wait(platform, task->tid, &status);
    if (result == STOP_NOT_YET) {
        process->unsettled = process->unsettled || (!task->held && !task->out_of_reach);
        return;
    }
    process->unsettled = true;
    if (result == STOP_STANDS)
        note_stop(platform, task, status);
    else if (result == STOP_OUT_OF_REACH)
        task->out_of_reach = true;
    else
        stop_remove_ended(platform, task, result);
}

static bool is_alive(pid_t pid)
{
    return kill(pid, 0) == 0 || errno != ESRCH;
}

/* One look at all threads. The errno is 0 or says why one could not be seized. */
static int look_round(struct platform *platform, struct process *process)
{
    int os_code;

    process->unsettled = false;
    os_code = seize_new_threads(platform, process);
    tasks_each(platform, hold); /* may find newborn threads, which the next round holds */
    tasks_each(platform, stop_remove_marked);
    return os_code;
}

/* Rounds until nothing changes any more, as seize_process. */
static int stop_all(struct platform *platform, struct process *process)
{
    static const struct timespec pause = {0, EMPTY_PAUSE_NS};
    uint64_t start_ns = os_monotonic_ns();
    int quiet = 0, empty = 0;

    while (quiet < QUIET_ROUNDS) {
        int os_code = look_round(platform, process);
        bool is_empty = process->threads == 1; /* see seize_process */

        empty = is_empty && os_code != EAGAIN ? empty + 1 : 0;
        quiet = is_empty || process->unsettled ? 0 : quiet + 1;
        if (os_code == ENOMEM) /* a thread is traced that we cannot know */
            return ENOMEM;
        if (is_empty && !is_alive(process->pid))
            return ESRCH;
        if (empty > 0) {
            if (empty == EMPTY_ROUNDS_MAX)
                return os_code != 0 ? os_code : ESRCH;
            if (os_monotonic_ns() - start_ns > RETRY_NS)
                return ELOOP;
            nanosleep(&pause, NULL);
        }
        if (quiet == 0 && stop_is_given_up(platform))
            return os_code == EAGAIN ? EAGAIN : EBUSY;
    }
    return 0;
}

/* Lets go what stands. What does not stand stays traced until we end, and goes on. */
static void let_go(struct platform *platform, struct task *task)
{
    int status;

    if (task->process == NULL || !task->process->attaching)
        return;
    if (!task->held && stop_look(task->tid, &status) == STOP_STANDS)
        note_stop(platform, task, status);
    if (task->held)
        ptrace(PTRACE_DETACH, task->tid, NULL, (void *)(long)task->held_signal);
    tasks_remove(platform, task);
}

static void begin_timer(struct platform *platform, struct sigaction *before)
{
    const struct itimerspec often = {.it_value = {0, SEIZE_NS}, .it_interval = {0, SEIZE_NS}};
    /* No other call is to see the signal, and SIGALRM must not stay blocked behind the jump. */
    struct sigaction action = {.sa_handler = leave_seize, .sa_flags = SA_RESTART | SA_NODEFER};

    sigaction(SIGALRM, &action, before);
    timer_settime(platform->alarm.timer, 0, &often, NULL);
}

static void end_timer(struct platform *platform, const struct sigaction *before)
{
    alarm_stop(&platform->alarm);
    sigaction(SIGALRM, before, NULL);
}

int seize_process(struct platform *platform, struct process *process, int timeout_ms)
{
    uint64_t now = os_monotonic_ns();
    struct sigaction before;
    int os_code;

    platform->heed_ns = now + HEED_NS;
    platform->give_up_ns = timeout_ms < 0 ? UINT64_MAX : now + (uint64_t)timeout_ms * 1000000;
    process->threads++; /* keeps the entry while it has no task */
    begin_timer(platform, &before);
    os_code = stop_all(platform, process);
    if (os_code != 0) {
        tasks_each(platform, let_go);
        tasks_each(platform, let_go); /* threads that were found at the others' stops */
    }
    end_timer(platform, &before);
    process->threads--;
    platform->heed_ns = platform->give_up_ns = 0;
    return os_code;
}
