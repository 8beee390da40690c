/*
 * Job control. A shell that started us as a job of its own waits for us, not for the target: when
 * the target stops by itself (an editor that is sent to the background stops only itself), we stop
 * too, so that the shell hears of it. When the shell continues its job, the target is continued
 * with us.
 */
#define _GNU_SOURCE
#include "tracing/jobs.h"

#include "tracing/stand.h"
#include "tracing/stop.h"

#include <signal.h>
#include <unistd.h>

static bool all_are_stopped(const struct platform *platform)
{
    for (const struct process *process = platform->processes; process != NULL;
         process = process->next)
        if (!process->muted && !process->stopped)
            return false;
    return platform->processes != NULL;
}

void jobs_follow_stop(struct platform *platform)
{
    int signal = platform->stop_signal;
    struct sigaction action = {.sa_handler = SIG_DFL}, before;

    if (signal == 0 || stop_is_waiting())
        return;
    platform->stop_signal = 0;
    if (!all_are_stopped(platform) || platform->launched == 0 || platform->was_attached ||
        !stand_is_job())
        return;
    if (signal != SIGSTOP)
        sigaction(signal, &action, &before);
    kill(getpid(), signal); /* and here we are again when the job is continued */
    if (signal != SIGSTOP)
        sigaction(signal, &before, NULL);
    for (struct process *process = platform->processes; process != NULL; process = process->next)
        if (process->stopped)
            kill(process->pid, SIGCONT); /* if it was us alone that somebody continued */
}
