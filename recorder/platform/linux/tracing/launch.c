/*
 * Launching: a child is forked, seized (PTRACE_SEIZE) while it waits at a pipe, and let go on to
 * its exec, the stop of which is the first event.
 */
#define _GNU_SOURCE
#include "os.h"
#include "proc.h"
#include "tracing/rights.h"
#include "tracing/seize.h"
#include "tracing/tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FOREIGN_TRACER_NS = 1000 * 1000 * 1000 };

/* What the child tells through its pipe when it cannot become the program. */
struct launch_failure {
    int os_code;
    bool is_directory; /* it was the directory, not the program */
};

static void apply_variables(const char *const *variables)
{
    for (; variables != NULL && *variables != NULL; variables++) {
        if (strchr(*variables, '=') != NULL)
            putenv((char *)*variables);
        else
            unsetenv(*variables);
    }
}

/*
 * In the child: what a service manager says is for this process stays true of the program
 * (sd_listen_fds(3), sd_watchdog_enabled(3), systemd.exec(5)).
 */
static void pass_on_own_number(void)
{
    static const char *const names[] = {"LISTEN_PID", "WATCHDOG_PID", "SYSTEMD_EXEC_PID"};
    char ours[24], child[24];

    snprintf(ours, sizeof ours, "%ld", (long)getppid());
    snprintf(child, sizeof child, "%ld", (long)getpid());
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value == NULL || strcmp(value, ours) != 0)
            continue;
        setenv(names[i], child, 1);
        if (i == 0)
            unsetenv("LISTEN_PIDFDID"); /* the same in another way, and optional */
    }
}

/*
 * In the child: waits until it is traced, then becomes the program; or ends, if nobody lives any
 * more who could trace it.
 */
static _Noreturn void run_child(const struct platform *platform,
                                const struct platform_launch *launch, const int go[2],
                                int failure_pipe)
{
    struct launch_failure failure = {0, false};
    ssize_t count;
    char byte;

    close(go[1]);
    while ((count = read(go[0], &byte, 1)) < 0 && errno == EINTR)
        continue;
    if (count != 1)
        _exit(127);
    if (launch->directory != NULL && chdir(launch->directory) != 0) {
        failure.is_directory = true;
    } else {
        apply_variables(launch->variables);
        pass_on_own_number();
        sigaction(SIGALRM, &platform->alarm.before, NULL);
        sigprocmask(SIG_SETMASK, &platform->alarm.blocked_before, NULL);
        execvp(launch->arguments[0], launch->arguments);
    }
    failure.os_code = errno;
    if (write(failure_pipe, &failure, sizeof failure) < 0)
        _exit(126);
    _exit(127);
}

static int say_launch_failure(const struct platform_launch *launch, int failure_pipe,
                              struct trail_error *error)
{
    struct launch_failure failure = {ECHILD, false};

    if (read(failure_pipe, &failure, sizeof failure) != sizeof failure)
        return error_set(error, TRAIL_FAILED, 0, "'%s' was killed before it ran",
                         launch->arguments[0]);
    if (failure.is_directory)
        return error_set(error, TRAIL_FAILED, failure.os_code,
                         "cannot change to directory '%s': %s", launch->directory,
                         strerror(failure.os_code));
    if (failure.os_code == ENOENT)
        return error_set(error, TRAIL_NOT_FOUND, ENOENT, "'%s' is not found", launch->arguments[0]);
    return error_set(error, TRAIL_NOT_EXECUTABLE, failure.os_code, "'%s' cannot be run: %s",
                     launch->arguments[0], strerror(failure.os_code));
}

/*
 * Waits until the child has become the program (0) or has ended (-1). Signals that come meanwhile
 * are passed on.
 */
static int wait_for_exec(struct platform *platform, pid_t child)
{
    int status;

    for (;;) {
        if (waitpid(child, &status, __WALL) < 0) {
            if (errno != EINTR)
                return -1;
            continue;
        }
        platform->stop.t_ns = os_monotonic_ns();
        if (!WIFSTOPPED(status))
            return -1;
        if ((unsigned)status >> 16 == PTRACE_EVENT_EXEC)
            return 0;
        ptrace(PTRACE_CONT, child, NULL,
               (void *)(long)((unsigned)status >> 16 ? 0 : WSTOPSIG(status)));
    }
}

/* Where we are recorded ourselves, our child is traced for a moment before it is let go. */
static int seize(pid_t child)
{
    const uint64_t until_ns = os_monotonic_ns() + FOREIGN_TRACER_NS;
    bool was_traced = true;
    int result;

    /*
     * When it is seen without a tracer, it may have been let go just now: then one more try tells.
     */
    while ((result = ptrace(PTRACE_SEIZE, child, NULL, (void *)SEIZE_OPTIONS)) != 0 &&
           errno == EPERM && was_traced && os_monotonic_ns() < until_ns)
        was_traced = proc_status_number(child, "TracerPid:") > 0;
    return result;
}

/* The child is ours, and nobody is to see it. */
static void end_child(pid_t child)
{
    kill(child, SIGKILL);
    while (waitpid(child, NULL, __WALL) == child || errno == EINTR)
        continue; /* until it is gone: an exit may be told of before */
}

/* Enters the child into the tables; -1 if out of memory. */
static int add_child(struct platform *platform, pid_t child)
{
    struct process *process = processes_add(platform, child);
    struct task *task = process == NULL ? NULL : tasks_add(platform, child, process);

    if (task != NULL)
        task->born = true;
    else if (process != NULL)
        processes_remove(platform, process);
    return task != NULL ? 0 : -1;
}

/*
 * In the parent: traces the child, lets it go on to its exec, and has that stop as the first event.
 */
static int trace_child(struct platform *platform, const struct platform_launch *launch, pid_t child,
                       int go, int failure_pipe, struct trail_error *error)
{
    if (seize(child) != 0) {
        error_set(error, TRAIL_FAILED, errno, "cannot trace '%s': %s (is ptrace allowed here?)",
                  launch->arguments[0], strerror(errno));
        end_child(child);
        return -1;
    }
    if (write(go, "", 1) != 1 || wait_for_exec(platform, child) != 0)
        return say_launch_failure(launch, failure_pipe, error);
    if (add_child(platform, child) != 0) {
        end_child(child);
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    }
    platform->lost_rights = rights_are_lost(child, launch->arguments[0]);
    platform->launched = child;
    platform->launch_stop_pending = true;
    return 0;
}

int platform_launch(struct platform *platform, const struct platform_launch *launch,
                    struct trail_error *error)
{
    int go[2], failure[2], result;
    pid_t child;

    if (launch->new_console)
        return error_set(error, TRAIL_FAILED, 0,
                         "this system has no console windows; leave out --new-console");
    if (launch->loader_snaps)
        return error_set(error, TRAIL_FAILED, 0,
                         "this system's loader has no snaps, and what it cannot load is recorded "
                         "anyway; leave out --loader-snaps");
    platform->follow = launch->follow;
    if (pipe2(go, O_CLOEXEC) != 0)
        return error_set(error, TRAIL_FAILED, errno, "cannot make a pipe: %s", strerror(errno));
    if (pipe2(failure, O_CLOEXEC) != 0) {
        close(go[0]);
        close(go[1]);
        return error_set(error, TRAIL_FAILED, errno, "cannot make a pipe: %s", strerror(errno));
    }
    child = fork();
    if (child == 0)
        run_child(platform, launch, go, failure[1]);
    close(go[0]);
    close(failure[1]);
    result = child < 0 ? error_set(error, TRAIL_FAILED, errno, "cannot make a process: %s",
                                   strerror(errno))
                       : trace_child(platform, launch, child, go[1], failure[0], error);
    close(go[1]);
    close(failure[0]);
    return result;
}
