/*
 * Marks where a recorder could spoil something: in signal handlers, beside traps of the program's
 * own, in children of all kinds, in threads.
 */
#define _GNU_SOURCE
#include "target.h"
#include "trail.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 6, ROUNDS = 300, CHILDREN = 10, STACK_BYTES = 64 * 1024 };

static volatile sig_atomic_t traps, alarms;

static void on_trap(int signal, siginfo_t *info, void *context)
{
    (void)context;
    printf("signal %d code %d\n", signal, info->si_code);
    traps++;
}

static void handle(int signal, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};

    MUST(sigaction(signal, &action, NULL) == 0);
}

/*
 * Traps of the program's own, right before and behind marks; in the handler SIGTRAP is blocked, and
 * a mark would take it away (recorder/README.md).
 */
static int own_traps(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    handle(SIGTRAP, on_trap);
    for (int i = 0; i < 3; i++) {
        TRAIL_MARK("before");
        raise(SIGTRAP);
        TRAIL_MARK("between");
        __asm__ volatile("int3");
        TRAIL_MARK("behind");
        __asm__ volatile(
            "pushfq; orl $0x100, (%%rsp); popfq; nop; pushfq; andl $~0x100, (%%rsp); popfq"
            :
            :
            : "cc", "memory");
    }
    printf("%d traps\n", (int)traps);
    return 0;
}

static void on_alarm(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info, (void)context;
    TRAIL_MARK("in a timer's handler");
    alarms++;
}

/* Handlers that run at any instruction, also between a probe and what follows it. */
static int interrupted(int argument_count, char **arguments)
{
    struct sigevent notify = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    struct itimerspec often = {{0, 200000}, {0, 200000}};
    unsigned long sum = 0;
    timer_t timer;

    (void)argument_count, (void)arguments;
    handle(SIGUSR1, on_alarm);
    MUST(timer_create(CLOCK_MONOTONIC, &notify, &timer) == 0 &&
         timer_settime(timer, 0, &often, NULL) == 0);
    for (unsigned long i = 0; alarms < 100; i++) {
        TRAIL_MARK("in the loop");
        sum += i;
    }
    printf("%s\n", sum > 0 ? "done" : "nothing done");
    return 0;
}

static int run_clone(void *argument)
{
    TRAIL_MARK((const char *)argument);
    _exit(3);
}

static void end_child(pid_t child, int expected)
{
    int status;

    MUST(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == expected);
}

static char again_name[] = "target_marks", again_behaviour[] = "end";
static char *const again[] = {again_name, again_behaviour, NULL};

static void make_vfork_children(void)
{
    pid_t child = vfork();

    if (child == 0) {
        TRAIL_MARK("vfork");
        execv("/proc/self/exe", again);
        _exit(98);
    }
    end_child(child, 4);
    if ((child = vfork()) == 0) {
        TRAIL_STRING("vfork");
        _exit(3);
    }
    end_child(child, 3);
}

/* fork, vfork, clone, posix_spawn, and a child that runs this program again. */
static int children(int argument_count, char **arguments)
{
    static char stack[STACK_BYTES], name[] = "clone";
    extern char **environ;
    pid_t child;

    (void)argument_count, (void)arguments;
    for (int i = 0; i < CHILDREN; i++) {
        TRAIL_MARK("parent");
        if ((child = fork()) == 0) {
            TRAIL_MARK("fork");
            _exit(3);
        }
        end_child(child, 3);
        make_vfork_children();
        end_child(clone(run_clone, stack + sizeof stack, CLONE_VM | SIGCHLD, name), 3);
        MUST(posix_spawn(&child, "/proc/self/exe", NULL, NULL, again, environ) == 0);
        end_child(child, 4);
    }
    puts("all children ended well");
    return 0;
}

static int end(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    TRAIL_MARK("end");
    return 4;
}

static void *work(void *argument)
{
    for (int i = 0; i < ROUNDS; i++) {
        TRAIL_MARK("thread");
        TRAIL_STRING("thread");
        if (i % 50 == 0) {
            pid_t child = fork();
            if (child == 0) {
                TRAIL_MARK("child of a thread");
                _exit(3);
            }
            end_child(child, 3);
        }
    }
    return argument;
}

static int threads(int argument_count, char **arguments)
{
    pthread_t all[THREADS];

    (void)argument_count, (void)arguments;
    for (int i = 0; i < THREADS; i++)
        MUST(pthread_create(&all[i], NULL, work, NULL) == 0);
    for (int i = 0; i < THREADS; i++)
        MUST(pthread_join(all[i], NULL) == 0);
    puts("all threads ended");
    return 0;
}

/*
 * All signals blocked, as libraries do around what must not be interrupted: the mask is as it was.
 */
static int blocked(int argument_count, char **arguments)
{
    sigset_t all, now;

    (void)argument_count, (void)arguments;
    sigfillset(&all);
    MUST(sigprocmask(SIG_SETMASK, &all, NULL) == 0);
    for (int i = 0; i < 3; i++)
        TRAIL_MARK("blocked");
    MUST(sigprocmask(SIG_SETMASK, NULL, &now) == 0);
    printf("SIGTRAP is %s\n", sigismember(&now, SIGTRAP) ? "blocked" : "not blocked");
    return 0;
}

int main(int argument_count, char **arguments)
{
    static const struct behaviour table[] = {
        {"own-traps", own_traps},
        {"interrupted", interrupted},
        {"children", children},
        {"end", end},
        {"threads", threads},
        {"blocked", blocked},
        {NULL, NULL},
    };

    return run_behaviour(table, argument_count, arguments);
}
