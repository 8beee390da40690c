/*
 * Letting go: first every task is made to stand still, then the planted bytes come out, then each
 * is released with the signal that it was about to get. Not one by one: a task that runs on may be
 * just behind the int3, at the planted ret.
 *
 * A task may stand behind our int3 in three ways: the trap is being delivered; it is still pending,
 * since an interrupt is reported first; or it was delivered before, and the ret that was planted
 * behind the int3 is next. Or it stands between the planted instructions before it. In each the
 * task must leave the function by its registers, since they are about to go, and the trap must not
 * reach the target. Behind the int3 of a probe it need only go on, and behind that of a trap before
 * it: the instruction is there again.
 */
#define _GNU_SOURCE
#include "loader/breakpoint.h"
#include "loader/probes.h"
#include "loader/traps.h"
#include "tracing/orphan.h"
#include "tracing/restart.h"
#include "tracing/standing.h"
#include "tracing/stop.h"
#include "tracing/tasks.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PENDING_MAX = 64 };

static bool has_pending_trap(pid_t tid)
{
    struct __ptrace_peeksiginfo_args all = {.off = 0, .flags = 0, .nr = PENDING_MAX};
    siginfo_t pending[PENDING_MAX];
    long count = ptrace(PTRACE_PEEKSIGINFO, tid, &all, pending);

    for (long i = 0; i < count; i++)
        if (pending[i].si_signo == SIGTRAP && pending[i].si_code == SI_KERNEL)
            return true;
    return false;
}

/* Makes a stopped task ready to leave. Returns the signal with which it must go on. */
static int make_ready(struct platform *platform, struct task *task, int status)
{
    int event = (int)((unsigned)status >> 16), signal = event != 0 ? 0 : WSTOPSIG(status);
    bool behind_probe = probes_is_behind(platform->processes, task->process, task->tid),
         behind_trap = traps_hit(task->process, task->tid) != TRAPS, behind_int3;

    if (event == PTRACE_EVENT_STOP && WSTOPSIG(status) == SIGTRAP)
        restart_call(task->tid);
    behind_int3 = behind_probe || behind_trap || breakpoint_is_hit(task->process, task->tid);
    if (!behind_int3 && !breakpoint_holds(task->process, task->tid))
        return signal;
    if (event != 0 && behind_int3 && has_pending_trap(task->tid)) {
        ptrace(PTRACE_CONT, task->tid, NULL, NULL);
        if (stop_wait(platform, task->tid, &status) != STOP_STANDS)
            return 0;
        signal = SIGTRAP;
    }
    if (signal == SIGTRAP && behind_int3)
        signal = 0;
    if (behind_trap)
        traps_go_before(task->tid);
    else if (!behind_probe)
        breakpoint_return(task->tid);
    return signal;
}

/*
 * A child that was made at this very stop: it stands still at birth, and has a copy of the planted
 * bytes if it is a fork.
 */
static void hold_newborn(struct platform *platform, struct task *parent, int event)
{
    unsigned long message = 0;
    struct task *child;
    int status;

    if (event != PTRACE_EVENT_CLONE && event != PTRACE_EVENT_FORK && event != PTRACE_EVENT_VFORK)
        return;
    if (ptrace(PTRACE_GETEVENTMSG, parent->tid, NULL, &message) != 0)
        return; /* killed meanwhile */
    child = tasks_find(platform, (pid_t)message);
    if (child != NULL && child->process == NULL) {
        child->process = parent->process;
        child->process->threads++;
    } else if (child == NULL && stop_wait(platform, (pid_t)message, &status) == STOP_STANDS) {
        child = tasks_add(platform, (pid_t)message, parent->process);
    }
    if (child != NULL)
        child->held = true;
}

static void hold(struct platform *platform, struct task *task)
{
    enum stop_result result;
    int status;

    if (task->held || task->process == NULL || task->ended)
        return;
    if (!task->interrupted) /* for a look: twice it would stop twice */
        ptrace(PTRACE_INTERRUPT, task->tid, NULL, NULL);
    result = stop_wait(platform, task->tid, &status);
    if (result == STOP_ENDED || result == STOP_GONE)
        stop_remove_ended(platform, task, result);
    if (result != STOP_STANDS)
        return;
    task->held = true;
    task->held_at_exec = (unsigned)status >> 16 == PTRACE_EVENT_EXEC;
    if (task->held_at_exec) {
        breakpoint_forget(task->process); /* it went with the old program */
    }
    task->held_signal = make_ready(platform, task, status);
    hold_newborn(platform, task, (int)((unsigned)status >> 16));
}

/*
 * What is out of reach cannot be let go: the kernel does so when trailrec ends. Its bytes come out
 * here like the others'.
 */
static void release(struct platform *platform, struct task *task)
{
    if (task->process != NULL)
        breakpoint_remove(task->process, task->tid);
    else
        orphan_clean(platform, task->tid);
    ptrace(PTRACE_DETACH, task->tid, NULL, (void *)(long)task->held_signal);
    tasks_remove(platform, task);
}

/*
 * The stop that is being handled, if there is one, holds its task, and the child that was made at
 * it.
 */
static void hold_current(struct platform *platform)
{
    struct task *task = platform->stop.task;

    if (platform->stop.newborn != NULL)
        platform->stop.newborn->held = true;
    platform->stop.newborn = NULL;
    platform->stop.task = NULL;
    if (task == NULL || task->held) /* an attach holds by itself */
        return;
    task->held = true;
    task->held_signal = platform->stop.action == RESUME_CONTINUE ? platform->stop.signal : 0;
    /* an exec that is not recorded */
    if (task->process != NULL && platform->stop.action == RESUME_DETACH) {
        breakpoint_forget(task->process);
    }
    if (task->process != NULL && breakpoint_holds(task->process, task->tid))
        breakpoint_return(task->tid);
}

/* Until none is left that runs: an exec puts another in the place of a leader that stood. */
static void hold_all(struct platform *platform)
{
    bool unsettled;

    do {
        for (struct process *process = platform->processes; process != NULL;
             process = process->next)
            process->unsettled = false;
        tasks_each(platform, hold);
        tasks_each(platform, stop_remove_marked);
        unsettled = false;
        for (const struct process *process = platform->processes; process != NULL;
             process = process->next)
            unsettled = unsettled || process->unsettled;
    } while (unsettled);
}

void platform_detach(struct platform *platform, enum platform_detach how)
{
    hold_current(platform);
    hold_all(platform);
    if (how == PLATFORM_STAND_STILL)
        standing_stop_all(platform);
    tasks_each(platform, release);
}

static void kill_process(struct platform *platform, struct task *task)
{
    (void)platform;
    if (task->process != NULL && task->process->pid == task->tid && !task->process->muted)
        kill(task->tid, SIGKILL);
}

void platform_kill(struct platform *platform)
{
    tasks_each(platform, kill_process);
}
