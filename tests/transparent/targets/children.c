/*
 * Processes that make processes: in chains and crowds, by every system call that there is, with odd
 * flags, that outlive them.
 */
#define _GNU_SOURCE
#include "target.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { STACK = 256 * 1024 };

static int status_of(pid_t child)
{
    int status = -1;

    MUST(waitpid(child, &status, __WALL) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* chain N: each makes the next and ends with its status. */
static int chain(int argument_count, char **arguments)
{
    int length = argument_count > 0 ? atoi(arguments[0]) : 1000;

    for (int i = 0; i < length; i++) {
        pid_t child = fork();
        MUST(child >= 0);
        if (child != 0)
            _exit(status_of(child));
    }
    printf("the last\n");
    return 42;
}

/*
 * exec-chain N: the same, and each begins as a new program, which keeps the kernel's work per fork
 * small.
 */
static int exec_chain_deep(int argument_count, char **arguments)
{
    int length = argument_count > 0 ? atoi(arguments[0]) : 0;
    char number[16];
    pid_t child;

    if (length == 0)
        return chain(1, (char *[]){(char *)"0", NULL});
    child = fork();
    MUST(child >= 0);
    if (child != 0)
        return status_of(child);
    snprintf(number, sizeof number, "%d", length - 1);
    execl("/proc/self/exe", "target_children", "exec-chain", number, (char *)NULL);
    return 127;
}

/* crowd N: short-lived children, a few at a time. */
static int crowd(int argument_count, char **arguments)
{
    int count = argument_count > 0 ? atoi(arguments[0]) : 1000, running = 0, sum = 0, status;

    for (int i = 0; i < count || running > 0;) {
        if (i < count && running < 8) {
            if (fork() == 0)
                _exit(i % 101);
            i++, running++;
            continue;
        }
        MUST(wait(&status) > 0 && WIFEXITED(status));
        sum += WEXITSTATUS(status);
        running--;
    }
    printf("%d\n", sum);
    return 0;
}

/* reuse N: children that all have the same number, one after the other. */
static int reuse(int argument_count, char **arguments)
{
    int count = argument_count > 0 ? atoi(arguments[0]) : 100, sum = 0;
    pid_t number = 0;

    for (int i = 0; i < count; i++) {
        struct clone_args how = {.exit_signal = SIGCHLD};
        pid_t child;
        if (number != 0) {
            how.set_tid = (uint64_t)(uintptr_t)&number;
            how.set_tid_size = 1;
        }
        child = (pid_t)syscall(SYS_clone3, &how, sizeof how);
        if (child == 0)
            _exit(i % 7);
        MUST(child > 0 && (number == 0 || child == number));
        number = child;
        sum += status_of(child);
    }
    printf("%d\n", sum);
    return 0;
}

static pid_t vfork_one(char **arguments)
{
    pid_t child = vfork();

    if (child == 0) {
        if (arguments != NULL)
            execvp(arguments[0], arguments);
        _exit(3);
    }
    return child;
}

/* vfork COMMAND...: 50 times. */
static int make_vfork(int argument_count, char **arguments)
{
    int sum = 0;

    MUST(argument_count > 0);
    for (int i = 0; i < 50; i++)
        sum += status_of(vfork_one(i % 2 ? arguments : NULL));
    printf("%d\n", sum);
    return 0;
}

/* spawn COMMAND...: with attributes. */
static int spawn(int argument_count, char **arguments)
{
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    sigset_t set;
    pid_t child;
    int sum = 0;

    MUST(argument_count > 0);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP |
                                              POSIX_SPAWN_SETSIGDEF);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    posix_spawnattr_setsigmask(&attributes, &set);
    posix_spawnattr_setsigdefault(&attributes, &set);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 5, "/dev/null", O_RDONLY, 0);
    for (int i = 0; i < 20; i++) {
        MUST(posix_spawnp(&child, arguments[0], &actions, &attributes, arguments, environ) == 0);
        sum += status_of(child);
    }
    printf("%d, none: %d\n", sum,
           posix_spawn(&child, "/none", NULL, NULL, arguments, environ) == ENOENT);
    return 0;
}

static char *stack_top(void)
{
    char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    MUST(stack != MAP_FAILED);
    return stack + STACK;
}

static int shared;

static int write_shared(void *value)
{
    shared = (int)(intptr_t)value;
    return 11;
}

/* Memory in common, but no thread. */
static int share_memory(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    for (int i = 1; i <= 20; i++) {
        pid_t child =
            clone(write_shared, stack_top(), CLONE_VM | (i % 2 ? SIGCHLD : 0), (void *)(intptr_t)i);
        int status = status_of(child);
        if (i > 18)
            printf("wrote %d, status %d\n", shared, status);
    }
    return 0;
}

static int load_in_child(void *library)
{
    return dlopen(library, RTLD_NOW) != NULL ? 12 : 13;
}

/* share-load LIBRARY: what shares the memory loads a library; then we do. */
static int share_load(int argument_count, char **arguments)
{
    MUST(argument_count == 1);
    printf("status %d\n",
           status_of(clone(load_in_child, stack_top(), CLONE_VM | CLONE_FS | CLONE_FILES | SIGCHLD,
                           arguments[0])));
    printf("here %d\n", load_in_child(arguments[0]));
    return 0;
}

/* untraced: a child that asks not to be traced. */
static int untraced(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    shared = 1;
    printf("status %d\n", status_of(clone(write_shared, stack_top(), CLONE_UNTRACED | SIGCHLD,
                                          (void *)(intptr_t)2)));
    printf("status %d\n",
           status_of(clone(write_shared, stack_top(), CLONE_UNTRACED | CLONE_VM | CLONE_VFORK,
                           (void *)(intptr_t)3)));
    printf("%d\n", shared);
    return 0;
}

static int exec_true(void *argument)
{
    execlp("sh", "sh", "-c", "exit 14", (char *)NULL);
    return argument != NULL;
}

static int untraced_exec(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    printf("status %d\n", status_of(clone(exec_true, stack_top(), CLONE_UNTRACED | SIGCHLD, NULL)));
    return 0;
}

/* untraced-load LIBRARY */
static int untraced_load(int argument_count, char **arguments)
{
    MUST(argument_count == 1);
    printf("status %d\n",
           status_of(clone(load_in_child, stack_top(), CLONE_UNTRACED | SIGCHLD, arguments[0])));
    return 0;
}

/* parent: a child that is our parent's, not ours. It writes before it ends, for which we wait. */
static int told[2];

static int tell_parent(void *argument)
{
    return write(told[1], &argument, sizeof argument) != sizeof argument;
}

static int parent(int argument_count, char **arguments)
{
    void *value;

    (void)argument_count, (void)arguments;
    MUST(pipe(told) == 0);
    for (int i = 0; i < 5; i++) {
        MUST(clone(tell_parent, stack_top(), CLONE_PARENT | SIGCHLD, (void *)(intptr_t)i) > 0);
        MUST(read(told[0], &value, sizeof value) == sizeof value);
        printf("heard %d, children of ours %d\n", (int)(intptr_t)value, wait(NULL) != -1);
    }
    return 0;
}

static volatile sig_atomic_t usr1;

static void on_usr1(int signal)
{
    (void)signal;
    usr1++;
}

/* Other exit signals, and a descriptor for the child. */
static int exit_signals(int argument_count, char **arguments)
{
    struct clone_args how = {.exit_signal = SIGUSR1, .flags = CLONE_PIDFD};
    int descriptor = -1;
    struct pollfd wait_for = {.events = POLLIN};
    siginfo_t info;
    pid_t child;

    (void)argument_count, (void)arguments;
    signal(SIGUSR1, on_usr1);
    how.pidfd = (uint64_t)(uintptr_t)&descriptor;
    child = (pid_t)syscall(SYS_clone3, &how, sizeof how);
    if (child == 0)
        _exit(15);
    wait_for.fd = descriptor;
    while (poll(&wait_for, 1, 10000) < 0)
        continue;
    MUST(waitid(P_PIDFD, (id_t)descriptor, &info, WEXITED | WNOWAIT | __WALL) == 0);
    printf("ready %d, code %d, status %d, signals %d\n", wait_for.revents & POLLIN, info.si_code,
           info.si_status, (int)usr1);
    printf("status %d\n", status_of(child));
    return 0;
}

/* namespaces: a child that is number 1 of its own. */
static int number_one(void *argument)
{
    (void)argument;
    printf("number %d, parent %d\n", (int)getpid(), (int)getppid());
    if (fork() == 0)
        _exit(1);
    return wait(NULL) == 2 ? 16 : 17;
}

static int namespaces(int argument_count, char **arguments)
{
    (void)argument_count, (void)arguments;
    printf("status %d\n",
           status_of(clone(number_one, stack_top(), CLONE_NEWPID | CLONE_NEWUSER | SIGCHLD, NULL)));
    return 0;
}

/* exec N COMMAND...: this program again and again, and then the command. */
static int exec_chain(int argument_count, char **arguments)
{
    int left = argument_count > 1 ? atoi(arguments[0]) : 0;
    char number[16];

    MUST(argument_count > 1);
    if (left == 0) {
        execvp(arguments[1], arguments + 1);
        return 126;
    }
    snprintf(number, sizeof number, "%d", left - 1);
    arguments[0] = number;
    execv("/proc/self/exe", arguments - 2);
    return 127;
}

/* Programs that cannot be run, then one by its descriptor, with an odd name and no environment. */
static int exec_odd(int argument_count, char **arguments)
{
    char *odd[] = {(char *)"", (char *)"-c", (char *)"echo \"zero is '$0'\"; env | wc -l; exit 19",
                   (char *)" ", NULL},
         *none[] = {NULL};
    int file = open("/bin/sh", O_RDONLY | O_CLOEXEC);

    (void)argument_count, (void)arguments;
    printf("%d", execv("/none", odd) == -1 && errno == ENOENT);
    printf("%d", execv("/etc/passwd", odd) == -1 && errno == EACCES);
    printf("%d\n", execv("/", odd) == -1 && errno == EACCES);
    fexecve(file, odd, none);
    return 1;
}

/* daemon FILE: leaves the session twice removed, and writes the file when we are long gone. */
static int daemonize(int argument_count, char **arguments)
{
    int gone[2];
    char byte;

    MUST(argument_count == 1 && pipe(gone) == 0);
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            int null = open("/dev/null", O_RDWR), file;
            char name[64];
            dup2(null, 0), dup2(null, 1), dup2(null, 2);
            close(gone[1]);
            while (read(gone[0], &byte, 1) != 0) /* until nobody but us has it */
                continue;
            snprintf(name, sizeof name, "%s.new", arguments[0]);
            file = open(name, O_WRONLY | O_CREAT, 0600);
            if (write(file, getpid() != getsid(0) ? "own\n" : "not\n", 4) == 4)
                rename(name, arguments[0]);
            _exit(0);
        }
        _exit(0);
    }
    wait(NULL);
    printf("started\n");
    return 21;
}

/* Groups and sessions. */
static int groups(int argument_count, char **arguments)
{
    pid_t child = fork();

    (void)argument_count, (void)arguments;
    if (child == 0) {
        int changed = setpgid(0, 0), leader = setsid() == -1 && errno == EPERM;
        if (fork() == 0) {
            printf("changed %d, leader %d, new session %d, group %d\n", changed, leader,
                   setsid() == getpid(), getpgrp() == getpid());
            _exit(0);
        }
        wait(NULL);
        kill(0, SIGTERM); /* only this group */
        pause();
    }
    printf("status %d\n", status_of(child));
    child = fork();
    if (child == 0) {
        setpgid(0, 0);
        for (int i = 0; i < 5; i++)
            if (fork() == 0)
                for (;;)
                    pause();
        raise(SIGSTOP);
        for (;;)
            pause();
    }
    setpgid(child, child);
    MUST(waitpid(-child, &shared, WUNTRACED) == child);
    killpg(child, SIGKILL);
    printf("status %d\n", status_of(child));
    return 0;
}

/*
 * forker-killed N: children that fork all the time are killed at any moment; what they made ends by
 * itself.
 */
static int forker_killed(int argument_count, char **arguments)
{
    int count = argument_count > 0 ? atoi(arguments[0]) : 50;
    int alive[2];
    char byte;

    MUST(pipe(alive) == 0);
    for (int i = 0; i < count; i++) {
        pid_t child = fork();
        if (child == 0)
            for (;;) {
                pid_t grandchild = i % 2 ? fork() : vfork();
                if (grandchild == 0)
                    _exit(0);
                waitpid(grandchild, NULL, 0);
            }
        nanosleep(&(struct timespec){0, 200000 + i * 37000}, NULL);
        kill(child, SIGKILL);
        MUST(status_of(child) == 1000 + SIGKILL);
    }
    close(alive[1]);
    printf("pipe ends: %zd\n", read(alive[0], &byte, 1)); /* when the last of them is gone */
    return 0;
}

static void *end_at_once(void *argument)
{
    return argument;
}

static void *make_threads(void *argument)
{
    pthread_t thread;

    for (;;)
        if (pthread_create(&thread, NULL, end_at_once, NULL) == 0)
            pthread_join(thread, NULL);
    return argument;
}

/* threader-killed N: the same with threads. */
static int threader_killed(int argument_count, char **arguments)
{
    int count = argument_count > 0 ? atoi(arguments[0]) : 50;

    for (int i = 0; i < count; i++) {
        pid_t child = fork();
        pthread_t thread;
        if (child == 0) {
            for (int k = 0; k < 4; k++)
                pthread_create(&thread, NULL, make_threads, NULL);
            make_threads(NULL);
        }
        nanosleep(&(struct timespec){0, 300000 + i * 41000}, NULL);
        kill(child, SIGKILL);
        MUST(status_of(child) == 1000 + SIGKILL);
    }
    printf("%d killed\n", count);
    return 0;
}

/* Workers behind one socket, as servers have them. */
static int server(int argument_count, char **arguments)
{
    int sockets[2], sum = 0;
    pid_t workers[4];
    char text[16];

    (void)argument_count, (void)arguments;
    MUST(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets) == 0);
    for (int i = 0; i < 4; i++) {
        if ((workers[i] = fork()) == 0) {
            close(sockets[0]);
            for (int served = 0;; served++) {
                ssize_t length = recv(sockets[1], text, sizeof text, 0);
                if (length <= 0)
                    _exit(30 + i);
                if (served % 50 == 49 && fork() == 0)
                    _exit(0);
                while (waitpid(-1, NULL, WNOHANG) > 0)
                    continue;
                snprintf(text, sizeof text, "%d", atoi(text) * 2);
                send(sockets[1], text, strlen(text) + 1, 0);
            }
        }
    }
    close(sockets[1]);
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "%d", i);
        MUST(send(sockets[0], text, strlen(text) + 1, 0) > 0 &&
             recv(sockets[0], text, sizeof text, 0) > 0);
        sum += atoi(text);
    }
    shutdown(sockets[0], SHUT_RDWR);
    for (int i = 0; i < 4; i++)
        printf("worker %d\n", status_of(workers[i]));
    printf("%d\n", sum);
    return 0;
}

/* Orphans come to who asked for them. */
static int subreaper(int argument_count, char **arguments)
{
    int status, sum = 0;

    (void)argument_count, (void)arguments;
    MUST(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
    for (int i = 0; i < 20; i++)
        if (fork() == 0) {
            if (fork() == 0) {
                MUST(setpgid(0, 0) == 0);
                _exit(24);
            }
            _exit(23);
        }
    while (wait(&status) > 0)
        sum += WEXITSTATUS(status);
    printf("%d\n", sum);
    return 0;
}

/* A debugger of its own child. */
static int debugger(int argument_count, char **arguments)
{
    pid_t child = fork();
    int status;

    (void)argument_count, (void)arguments;
    if (child == 0) {
        long result = ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGUSR1);
        _exit(result == 0 ? 25 : 26);
    }
    MUST(waitpid(child, &status, 0) == child);
    printf("stopped %d\n", WIFSTOPPED(status));
    if (WIFSTOPPED(status)) {
        ptrace(PTRACE_CONT, child, NULL, NULL);
        printf("status %d\n", status_of(child));
    }
    return 0;
}

int main(int argument_count, char **arguments)
{
    static const struct behaviour table[] = {
        {"chain", chain},
        {"exec-chain", exec_chain_deep},
        {"crowd", crowd},
        {"reuse", reuse},
        {"vfork", make_vfork},
        {"spawn", spawn},
        {"share-memory", share_memory},
        {"share-load", share_load},
        {"untraced", untraced},
        {"untraced-exec", untraced_exec},
        {"untraced-load", untraced_load},
        {"parent", parent},
        {"exit-signals", exit_signals},
        {"namespaces", namespaces},
        {"exec", exec_chain},
        {"exec-odd", exec_odd},
        {"daemon", daemonize},
        {"groups", groups},
        {"forker-killed", forker_killed},
        {"threader-killed", threader_killed},
        {"server", server},
        {"subreaper", subreaper},
        {"debugger", debugger},
        {NULL, NULL},
    };

    return run_behaviour(table, argument_count, arguments);
}
