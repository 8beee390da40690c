/*
 * Letting go of processes that are to stand still, as `kill -STOP` would have them, at the very
 * stop where we have them. Every task is held by a stop of ours. Each process is sent a SIGSTOP
 * meanwhile: a task that is let go takes it before it comes back to its own code.
 *
 * A signal that a task was about to get must not be delivered now (it may be fatal) and not be
 * lost: with all signals blocked it goes back into the task's queue, with all that belongs to it,
 * when the task is continued with it (the kernel's ptrace_signal: "If the (new) signal is now
 * blocked, requeue it"). The next that the task can get then is a SIGSTOP, at which it is held
 * again and has its mask back.
 */
#define _GNU_SOURCE
#include "tracing/standing.h"

#include "tracing/tasks.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRIES_MAX = 8 };

/* Lets a task that can get nothing but SIGSTOP go on until it is about to get it. */
static void go_on_to_stop_signal(pid_t tid, int signal)
{
    int status, tries = 0;
    pid_t result;

    do {
        ptrace(PTRACE_CONT, tid, NULL, (void *)(long)signal);
        do
            result = waitpid(tid, &status, __WALL);
        while (result < 0 && errno == EINTR);
        signal = 0;
    } while (result == tid && WIFSTOPPED(status) && (unsigned)status >> 16 != 0 &&
             ++tries < TRIES_MAX); /* an interrupt of ours came first */
}

static void put_signal_back(struct task *task, int signal)
{
    const uint64_t all = ~UINT64_C(0);
    uint64_t mask = 0;

    if (ptrace(PTRACE_GETSIGMASK, task->tid, (void *)sizeof mask, &mask) != 0 ||
        ptrace(PTRACE_SETSIGMASK, task->tid, (void *)sizeof all, &all) != 0)
        return;
    syscall(SYS_tgkill, task->process->pid, task->tid, SIGSTOP);
    go_on_to_stop_signal(task->tid, signal);
    ptrace(PTRACE_SETSIGMASK, task->tid, (void *)sizeof mask, &mask);
}

/*
 * Released with SIGSTOP, a task that is about to get a signal stops before it can get another;
 * elsewhere the kernel ignores that.
 */
static void prepare(struct platform *platform, struct task *task)
{
    int signal = task->held_signal;

    (void)platform;
    if (task->process == NULL || task->process->muted || !task->held)
        return;
    /* It stops anyway, and who wakes it sends a SIGCONT. */
    if (signal != 0 && signal != SIGSTOP && signal != SIGCONT && signal != SIGKILL)
        put_signal_back(task, signal);
    task->held_signal = SIGSTOP;
}

static void stop(struct platform *platform, pid_t pid)
{
    if (kill(pid, SIGSTOP) != 0)
        return;
    if (platform->standing_count < STANDING_MAX)
        platform->standing[platform->standing_count] = pid;
    platform->standing_count++;
}

/* The child that a held task was making at its stop is not in the table of processes yet. */
static void stop_newborn(struct platform *platform, struct task *task)
{
    const struct process *process = task->process;

    if (platform->follow && process != NULL && !process->muted && task->tid != process->pid &&
        syscall(SYS_tgkill, process->pid, task->tid, 0) != 0)
        stop(platform, task->tid);
}

void standing_stop_all(struct platform *platform)
{
    tasks_each(platform, prepare);
    for (const struct process *process = platform->processes; process != NULL;
         process = process->next)
        if (!process->muted)
            stop(platform, process->pid);
    tasks_each(platform, stop_newborn);
}
