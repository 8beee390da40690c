/*
 * Signals from elsewhere: with values, blocked, queued, waited for, read from a descriptor, from
 * timers, about children.
 */
#define _GNU_SOURCE
#include "target.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { QUEUED = 20 };

static volatile sig_atomic_t count, depth, deepest;

static void on_signal(int signal)
{
    (void)signal;
    count++;
}

static void on_queued(int signal, siginfo_t *info, void *context)
{
    (void)context;
    printf("%d code %d value %d mine %d\n", signal == SIGUSR1 ? signal : signal - SIGRTMIN + 1000,
           info->si_code, info->si_value.sival_int,
           info->si_pid == getpid() && info->si_uid == getuid());
}

static void handle(int signal, void *handler, int flags)
{
    struct sigaction action = {.sa_flags = flags};

    if (flags & SA_SIGINFO)
        action.sa_sigaction = (void (*)(int, siginfo_t *, void *))handler;
    else
        action.sa_handler = (void (*)(int))handler;
    sigfillset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

static sigset_t block(int how, int first, int last)
{
    sigset_t set, before;

    sigemptyset(&set);
    for (int signal = first; signal <= last; signal++)
        sigaddset(&set, signal);
    sigprocmask(how, &set, &before);
    return before;
}

/*
 * Real-time signals and an ordinary one, sent while they are blocked: which come, in which order,
 * with which values.
 */
static int queue(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    for (int i = 0; i < 3; i++)
        handle(SIGRTMIN + i, (void *)on_queued, SA_SIGINFO);
    handle(SIGUSR1, (void *)on_queued, SA_SIGINFO);
    block(SIG_BLOCK, 1, SIGRTMAX);
    for (int i = 0; i < QUEUED; i++) {
        sigqueue(getpid(), SIGRTMIN + (QUEUED - i) % 3, (union sigval){.sival_int = i});
        /* only the first stays */
        sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 100 + i});
    }
    block(SIG_UNBLOCK, 1, SIGRTMAX);
    return 0;
}

/* Signals to itself, one at a time: each is handled before kill returns. */
static int many(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    handle(SIGUSR2, (void *)on_signal, 0);
    for (int i = 0; i < 1000; i++) {
        kill(getpid(), SIGUSR2);
        if (count != i + 1)
            return printf("%d after %d\n", (int)count, i + 1), 1;
    }
    printf("%d\n", (int)count);
    return 0;
}

static void on_nested(int signal)
{
    if (++depth > deepest)
        deepest = depth;
    if (depth < 10)
        raise(signal);
    depth--;
}

static int nested(int argument_count, char **arguments)
{
    struct sigaction action = {.sa_handler = on_nested, .sa_flags = SA_NODEFER};

    (void)argument_count, (void)arguments;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    printf("deepest %d\n", (int)deepest);
    action.sa_flags = SA_RESETHAND;
    deepest = 0;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1); /* the second, inside, ends it */
    return 0;
}

/*
 * A child sends signals one by one, and sends the next when it has been told that the last has
 * come.
 */
static int suspend(int argument_count, char **arguments)
{
    int told[2];
    sigset_t before = block(SIG_BLOCK, SIGUSR1, SIGUSR1);
    pid_t parent = getpid(), child;
    char byte;

    (void)argument_count, (void)arguments;
    handle(SIGUSR1, (void *)on_signal, 0);
    MUST(pipe(told) == 0);
    child = fork();
    for (int i = 0; child == 0 && i < 50; i++) {
        kill(parent, SIGUSR1);
        MUST(read(told[0], &byte, 1) == 1);
    }
    if (child == 0)
        _exit(5);
    for (int i = 0; i < 50; i++) {
        while (count <= i)
            sigsuspend(&before);
        MUST(write(told[1], "", 1) == 1);
    }
    MUST(waitpid(child, &told[0], 0) == child);
    printf("%d, child %d\n", (int)count, WEXITSTATUS(told[0]));
    return 0;
}

static int wait_for_them(int argument_count, char **arguments)
{
    struct timespec soon = {0, 20000000};
    siginfo_t info;
    sigset_t set;

    (void)argument_count, (void)arguments;
    block(SIG_BLOCK, SIGUSR1, SIGRTMAX);
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 1);
    sigaddset(&set, SIGUSR1);
    for (int i = 0; i < QUEUED; i++) {
        sigqueue(getpid(), i % 2 ? SIGUSR1 : SIGRTMIN + 1, (union sigval){.sival_int = i});
        MUST(sigwaitinfo(&set, &info) > 0);
        printf("%d code %d value %d\n", info.si_signo == SIGUSR1, info.si_code,
               info.si_value.sival_int);
    }
    printf("timed: %d\n", sigtimedwait(&set, &info, &soon) == -1 && errno == EAGAIN);
    return 0;
}

static int descriptor(int argument_count, char **arguments)
{
    struct signalfd_siginfo info;
    sigset_t set;
    int file;

    (void)argument_count, (void)arguments;
    block(SIG_BLOCK, SIGUSR1, SIGRTMAX);
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigaddset(&set, SIGCHLD);
    file = signalfd(-1, &set, SFD_CLOEXEC);
    for (int i = 0; i < QUEUED; i++) {
        if (i % 2 == 0)
            sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i});
        else if (fork() == 0)
            _exit(i);
        MUST(read(file, &info, sizeof info) == sizeof info);
        printf("%d code %d value %d status %d\n", info.ssi_signo == SIGCHLD, info.ssi_code,
               info.ssi_int * !(i % 2), info.ssi_status);
        if (i % 2 == 1)
            wait(NULL);
    }
    return 0;
}

static int interval(int argument_count, char **arguments)
{
    struct itimerval every = {{0, 2000}, {0, 2000}}, none = {{0, 0}, {0, 0}};
    int which = argument_count > 0 ? atoi(arguments[0]) : ITIMER_REAL;

    handle(which == ITIMER_REAL   ? SIGALRM
           : which == ITIMER_PROF ? SIGPROF
                                  : SIGVTALRM,
           (void *)on_signal, SA_RESTART);
    setitimer((__itimer_which_t)which, &every, NULL);
    while (count < 20)
        if (which == ITIMER_REAL)
            pause();
    setitimer((__itimer_which_t)which, &none, NULL);
    printf("20 came\n");
    return 0;
}

static void on_timer_thread(union sigval value)
{
    __atomic_add_fetch((int *)value.sival_ptr, 1, __ATOMIC_SEQ_CST);
}

static int timers(int argument_count, char **arguments)
{
    int seen = 0;
    struct sigevent to_thread = {.sigev_notify = SIGEV_THREAD,
                                 .sigev_notify_function = on_timer_thread,
                                 .sigev_value.sival_ptr = &seen};
    struct sigevent to_signal = {
        .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 2, .sigev_value.sival_int = 77};
    struct itimerspec every = {{0, 3000000}, {0, 3000000}}, once = {{0, 0}, {0, 1000000}};
    timer_t timer;

    (void)argument_count, (void)arguments;
    handle(SIGRTMIN + 2, (void *)on_queued, SA_SIGINFO);
    MUST(timer_create(CLOCK_MONOTONIC, &to_signal, &timer) == 0);
    for (int i = 0; i < 3; i++) {
        timer_settime(timer, 0, &once, NULL);
        pause();
    }
    MUST(timer_create(CLOCK_REALTIME, &to_thread, &timer) == 0);
    timer_settime(timer, 0, &every, NULL);
    while (__atomic_load_n(&seen, __ATOMIC_SEQ_CST) < 5)
        usleep(1000);
    printf("threads came\n");
    return 0;
}

static int alarm_default(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    ualarm(20000, 0);
    pause();
    return 0;
}

/* A child whose parent ends gets the signal that it asked for. */
static int parent_death(int argument_count, char **arguments)
{
    int end[2], ready[2];
    char byte = '?';
    ssize_t bytes;
    pid_t middle;

    (void)argument_count, (void)arguments;
    MUST(pipe(end) == 0 && pipe(ready) == 0);
    middle = fork();
    if (middle == 0) {
        if (fork() == 0) {
            sigset_t set = block(SIG_BLOCK, SIGUSR1, SIGUSR1);
            siginfo_t info;
            sigemptyset(&set);
            sigaddset(&set, SIGUSR1);
            prctl(PR_SET_PDEATHSIG, SIGUSR1);
            MUST(write(ready[1], "", 1) == 1);
            sigwaitinfo(&set, &info);
            MUST(write(end[1], "d", 1) == 1);
            _exit(0);
        }
        MUST(read(ready[0], &byte, 1) == 1);
        _exit(4);
    }
    close(end[1]);
    MUST(waitpid(middle, NULL, 0) == middle);
    bytes = read(end[0], &byte, 1);
    printf("read %zd: %c\n", bytes, byte);
    MUST(read(end[0], &byte, 1) == 0);
    return 0;
}

static void on_child(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    printf("child: code %d status %d\n", info->si_code, info->si_status);
    count++;
}

static void wait_for_count(int wanted)
{
    while (count < wanted)
        usleep(500);
}

/* What a parent hears of its children: ended, killed, stopped, continued. */
static int children(int argument_count, char **arguments)
{
    pid_t child;
    int status;

    (void)argument_count, (void)arguments;
    handle(SIGCHLD, (void *)on_child, SA_SIGINFO);
    if ((child = fork()) == 0)
        _exit(9);
    wait_for_count(1);
    waitpid(child, &status, 0);
    if ((child = fork()) == 0)
        for (;;)
            pause();
    kill(child, SIGSTOP);
    wait_for_count(2);
    MUST(waitpid(child, &status, WUNTRACED) == child);
    printf("stopped %d by %d\n", WIFSTOPPED(status), WSTOPSIG(status));
    kill(child, SIGCONT);
    wait_for_count(3);
    MUST(waitpid(child, &status, WCONTINUED) == child);
    printf("continued %d\n", WIFCONTINUED(status));
    kill(child, SIGTERM);
    wait_for_count(4);
    MUST(waitpid(child, &status, 0) == child);
    printf("signal %d\n", WTERMSIG(status));
    return 0;
}

/* Without word of stops, without zombies. */
static int children_quiet(int argument_count, char **arguments)
{
    pid_t child;
    int status;

    (void)argument_count, (void)arguments;
    handle(SIGCHLD, (void *)on_child, SA_SIGINFO | SA_NOCLDSTOP);
    if ((child = fork()) == 0) {
        raise(SIGSTOP);
        _exit(3);
    }
    MUST(waitpid(child, &status, WUNTRACED) == child);
    printf("stopped %d\n", WIFSTOPPED(status));
    kill(child, SIGCONT);
    wait_for_count(1);
    handle(SIGCHLD, (void *)on_signal, SA_NOCLDWAIT);
    waitpid(child, &status, 0);
    if ((child = fork()) == 0)
        _exit(3);
    printf("no child to wait for: %d\n", waitpid(child, &status, 0) == -1 && errno == ECHILD);
    signal(SIGCHLD, SIG_IGN);
    if ((child = fork()) == 0)
        _exit(3);
    printf("ignored: %d\n", waitpid(child, &status, 0) == -1 && errno == ECHILD);
    return 0;
}

/* Stops of all kinds and their end, seen by waitid, with a child of several threads. */
static void *sleep_on(void *argument)
{
    for (;;)
        pause();
    return argument;
}

static int stops(int argument_count, char **arguments)
{
    static const int signals[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
    int ready[2];
    siginfo_t info;
    char byte;
    pid_t child;

    (void)argument_count, (void)arguments;
    MUST(pipe(ready) == 0);
    if ((child = fork()) == 0) {
        pthread_t thread;
        setpgid(0, 0);
        for (int i = 0; i < 4; i++)
            pthread_create(&thread, NULL, sleep_on, NULL);
        MUST(write(ready[1], "", 1) == 1);
        sleep_on(NULL);
    }
    MUST(read(ready[0], &byte, 1) == 1);
    for (int i = 0; i < 40; i++) {
        kill(child, signals[i % 4]);
        MUST(waitid(P_PID, (id_t)child, &info, WSTOPPED) == 0);
        if (i < 4)
            printf("code %d status %d\n", info.si_code, info.si_status);
        kill(child, SIGCONT);
        MUST(waitid(P_PID, (id_t)child, &info, WCONTINUED) == 0 && info.si_code == CLD_CONTINUED);
    }
    kill(child, SIGSTOP);
    MUST(waitid(P_PID, (id_t)child, &info, WSTOPPED) == 0);
    kill(child, SIGTERM); /* waits until it goes on */
    MUST(waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG) == 0);
    printf("gone too early: %d\n", info.si_pid == child && info.si_code == CLD_KILLED);
    kill(child, SIGCONT);
    MUST(waitid(P_PID, (id_t)child, &info, WEXITED) == 0);
    printf("code %d status %d\n", info.si_code, info.si_status);
    return 0;
}

/* Killed while it stands still. */
static int killed_stopped(int argument_count, char **arguments)
{
    pid_t child = fork();
    int status;

    (void)argument_count, (void)arguments;
    if (child == 0)
        for (;;)
            raise(SIGSTOP);
    MUST(waitpid(child, &status, WUNTRACED) == child);
    kill(child, SIGKILL);
    MUST(waitpid(child, &status, 0) == child);
    printf("signal %d\n", WTERMSIG(status));
    return 0;
}

/* stop-self: stops until somebody continues it, then goes on. */
static int stop_self(int argument_count, char **arguments)
{
    printf("stopping\n");
    raise(argument_count > 0 ? atoi(arguments[0]) : SIGSTOP);
    printf("going on\n");
    return 6;
}

/*
 * group: sends each signal that can be caught to its group, of which the recorder is one, and loads
 * a library then.
 */
static int group(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    for (int signal = 1; signal <= SIGRTMAX; signal++) {
        if (signal == SIGKILL || signal == SIGSTOP || (signal > SIGSYS && signal < SIGRTMIN))
            continue;
        handle(signal, (void *)on_signal, 0);
        MUST(kill(0, signal) == 0);
        printf("%d: %d\n", signal, (int)count);
    }
    printf("loads %d\n", dlopen("libm.so.6", RTLD_NOW) != NULL);
    return 5;
}

int main(int argument_count, char **arguments)
{
    static const struct behaviour table[] = {
        {"queue", queue},
        {"many", many},
        {"nested", nested},
        {"suspend", suspend},
        {"wait", wait_for_them},
        {"descriptor", descriptor},
        {"interval", interval},
        {"timers", timers},
        {"alarm", alarm_default},
        {"parent-death", parent_death},
        {"children", children},
        {"children-quiet", children_quiet},
        {"stops", stops},
        {"killed-stopped", killed_stopped},
        {"stop-self", stop_self},
        {"group", group},
        {NULL, NULL},
    };

    return run_behaviour(table, argument_count, arguments);
}
