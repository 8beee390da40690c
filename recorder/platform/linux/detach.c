/*
 * Letting go: a task can only be detached while it stands still, so each is interrupted, waited for, and released with the signal that
 * it was about to get; the planted byte comes out of each process before its first task leaves.
 */
#define _GNU_SOURCE
#include "linux_platform.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

/* The signal with which a stopped task must go on so that nothing is lost. */
static int signal_to_deliver(struct task *task, int status)
{
    if ((unsigned)status >> 16 != 0)
        return 0;
    if (WSTOPSIG(status) == SIGTRAP && breakpoint_is_hit(task->process, task->tid)) {
        breakpoint_return(task->tid);
        return 0;
    }
    return WSTOPSIG(status);
}

static void release(struct platform *platform, struct task *task)
{
    int status;
    pid_t result;

    if (task->process != NULL) {
        ptrace(PTRACE_INTERRUPT, task->tid, NULL, NULL);
        do
            result = waitpid(task->tid, &status, __WALL);
        while (result < 0 && errno == EINTR);
        if (result == task->tid && WIFSTOPPED(status)) {
            breakpoint_remove(task->process, task->tid);
            ptrace(PTRACE_DETACH, task->tid, NULL, (void *)(long)signal_to_deliver(task, status));
        }
    } else {
        ptrace(PTRACE_DETACH, task->tid, NULL, NULL);
    }
    tasks_remove(platform, task);
}

void platform_detach(struct platform *platform)
{
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
