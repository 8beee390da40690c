/* Being the job of a shell, and leaving a target behind that stands still. See os.h. */
#define _GNU_SOURCE
#include "tracing/stand.h"

#include "linux_os.h"
#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t recorder; /* in the first process: the second */
static int told = -1;  /* in the second: where it tells the first to end */

/* Somebody looks after our group: not so in a script, where nobody would continue us. */
bool stand_is_job(void)
{
    pid_t parent = getppid();

    return getpgid(parent) != getpgrp() && getsid(parent) == getsid(0);
}

static void pass_on(void)
{
    kill(recorder, SIGTERM);
}

/* The first process: ends when the second says so, or as it ended. */
static _Noreturn void stand_before(int news)
{
    ssize_t length;
    int status;
    char byte;

    os_on_stop_request(pass_on);
    do
        length = read(news, &byte, 1);
    while (length < 0 && errno == EINTR);
    if (length == 1)
        _exit(0);
    while (waitpid(recorder, &status, 0) < 0)
        if (errno != EINTR)
            _exit(1);
    os_exit_like(WIFEXITED(status) ? (uint32_t)WEXITSTATUS(status) : 0,
                 WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    _exit(1);
}

void os_expect_standing(void)
{
    int ends[2];

    if (stand_is_job() || pipe2(ends, O_CLOEXEC) != 0)
        return;
    recorder = fork();
    if (recorder > 0) {
        close(ends[1]);
        stand_before(ends[0]);
    }
    close(ends[0]);
    told = ends[1];
    if (recorder == 0)
        return;
    close(told);
    told = -1;
}

/*
 * Whether our group is orphaned already: nobody in it has a parent outside of it in the same
 * session, as under a service manager or a CI's runner. The kernel sends SIGHUP to a group with a
 * stopped member at the moment in which it becomes orphaned; so there such a member is safe, and a
 * parent outside would only make that moment come: to all of the group, when the target ends
 * (kernel/exit.c, kill_orphaned_pgrp).
 */
static bool is_orphaned_group(void)
{
    pid_t pid = getpid();

    while (pid > 1 && getpgid(pid) == getpgrp())
        pid = linux_os_parent_of(pid);
    return pid <= 1 || getsid(pid) != getsid(0);
}

/*
 * In a group of our own, with nothing open that others wait for: we are only the parent that the
 * target's group must have.
 */
static void stay_behind(void)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

    setpgid(0, 0);
    for (int file = STDIN_FILENO; nowhere >= 0 && file <= STDERR_FILENO; file++)
        dup2(nowhere, file);
    if (write(told, "", 1) != 1)
        return;
    while (waitpid(-1, NULL, __WALL | WCONTINUED) < 0 && errno == EINTR)
        continue;
}

void os_stand_with_target(void)
{
    if (told >= 0) {
        if (!is_orphaned_group())
            stay_behind();
    } else if (stand_is_job()) {
        /* and here we are again when the job is continued, and the target with us */
        kill(getpid(), SIGSTOP);
        while (waitpid(-1, NULL, __WALL) >= 0 || errno == EINTR)
            continue;
    }
}
