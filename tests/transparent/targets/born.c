/*
 * What a program finds when it starts: everything that a launcher could spoil. `all` prints it;
 * numbers that differ from start to start (process ids, addresses) are compared with each other or
 * left out.
 */
#define _GNU_SOURCE
#include "target.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>

extern char **environ;

static void show_signals(void)
{
    sigset_t mask, pending;
    struct sigaction action;

    sigprocmask(SIG_BLOCK, NULL, &mask);
    sigpending(&pending);
    for (int signal = 1; signal <= SIGRTMAX; signal++) {
        bool changed;
        if (sigaction(signal, NULL, &action) != 0)
            continue;
        changed = action.sa_handler != SIG_DFL || action.sa_flags != 0;
        if (changed || sigismember(&mask, signal) == 1 || sigismember(&pending, signal) == 1)
            printf("signal %d: ignored %d flags %x blocked %d pending %d\n", signal,
                   action.sa_handler == SIG_IGN, (unsigned)action.sa_flags,
                   sigismember(&mask, signal), sigismember(&pending, signal));
    }
}

static void show_limits(void)
{
    for (int resource = 0; resource < RLIM_NLIMITS; resource++) {
        struct rlimit limit;
        getrlimit((__rlimit_resource_t)resource, &limit);
        printf("limit %d: %llu %llu\n", resource, (unsigned long long)limit.rlim_cur,
               (unsigned long long)limit.rlim_max);
    }
}

static void show_descriptors(void)
{
    for (int file = 0; file < 1024; file++) {
        char path[64], target[4096];
        int flags = fcntl(file, F_GETFD);
        ssize_t length;
        if (flags < 0)
            continue;
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
        length = readlink(path, target, sizeof target - 1);
        target[length < 0 ? 0 : length] = '\0';
        if (strchr(target, '[') != NULL) /* pipe:[123] */
            *strchr(target, '[') = '\0';
        printf("descriptor %d: flags %d %x offset %ld %s\n", file, flags,
               (unsigned)fcntl(file, F_GETFL), (long)lseek(file, 0, SEEK_CUR),
               file == 1 || file == 2 ? "" : target);
    }
}

static void show_scheduling(void)
{
    struct sched_param parameters;
    cpu_set_t cores;

    sched_getaffinity(0, sizeof cores, &cores);
    sched_getparam(0, &parameters);
    printf("cores %d nice %d policy %d priority %d io %ld slack %d\n", CPU_COUNT(&cores),
           getpriority(PRIO_PROCESS, 0), sched_getscheduler(0), parameters.sched_priority,
           syscall(SYS_ioprio_get, 1, 0), prctl(PR_GET_TIMERSLACK));
}

static void show_status_line(const char *name)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            printf("%s", line);
    if (file != NULL)
        fclose(file);
}

static void show_file(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[256] = "none\n";

    if (file != NULL && fgets(line, sizeof line, file) != NULL)
        printf("%s: %s", path, line);
    if (file != NULL)
        fclose(file);
}

static void show_rights(void)
{
    static const char *const lines[] = {"Uid",     "Gid",         "Groups", "Cap",     "NoNewPrivs",
                                        "Seccomp", "CoreDumping", "THP",    "Threads", "Shd"};
    int on_death = 0, reaper = 0;

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        show_status_line(lines[i]);
    prctl(PR_GET_PDEATHSIG, &on_death);
    prctl(PR_GET_CHILD_SUBREAPER, &reaper);
    printf(
        "on death %d reaper %d dumpable %d keepcaps %d securebits %d secure %lu personality %x\n",
        on_death, reaper, prctl(PR_GET_DUMPABLE), prctl(PR_GET_KEEPCAPS), prctl(PR_GET_SECUREBITS),
        getauxval(AT_SECURE), (unsigned)personality(0xFFFFFFFF));
    show_file("/proc/self/oom_score_adj");
    show_file("/proc/self/coredump_filter");
    show_file("/proc/self/cgroup");
}

static void show_place(void)
{
    char folder[4096];
    mode_t mask = umask(0);
    stack_t other;
    struct itimerval timer;

    umask(mask);
    sigaltstack(NULL, &other);
    getitimer(ITIMER_REAL, &timer);
    printf("folder %s umask %o\n", getcwd(folder, sizeof folder), (unsigned)mask);
    printf(
        "parent: same group %d, same session %d; leader of group %d, of session %d; terminal %d\n",
        getpgid(getppid()) == getpgrp(), getsid(getppid()) == getsid(0), getpgrp() == getpid(),
        getsid(0) == getpid(), (int)tcgetpgrp(0));
    printf("other stack %d, timer %d, alarm %u\n", other.ss_flags,
           timer.it_value.tv_sec != 0 || timer.it_value.tv_usec != 0, alarm(0));
}

static int all(int argument_count, char **arguments)
{
    for (int i = -2; i < argument_count; i++)
        printf("argument '%s'\n", arguments[i]);
    for (char **variable = environ; *variable != NULL; variable++)
        printf("variable '%s'\n", *variable);
    show_signals();
    show_limits();
    show_descriptors();
    show_scheduling();
    show_rights();
    show_place();
    return 0;
}

/* Where the stack and the loader are, for starts at which the kernel does not choose anew. */
static int layout(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    printf("%p %p\n", (void *)&argument_count, (void *)(size_t)getauxval(AT_BASE));
    return 0;
}

int main(int argument_count, char **arguments)
{
    static const struct behaviour table[] = {
        {"all", all},
        {"layout", layout},
        {NULL, NULL},
    };

    return run_behaviour(table, argument_count, arguments);
}
