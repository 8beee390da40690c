/*
 * Threads: many, detached, cancelled, that end in odd orders, get signals, load libraries at once,
 * fork, change who they are.
 */
#define _GNU_SOURCE
#include "target.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MANY = 500, LOADERS = 8 };

static int counter;
static __thread int own;
static volatile sig_atomic_t hits;

static void *add(void *argument)
{
    own = 1;
    __atomic_add_fetch(&counter, own, __ATOMIC_SEQ_CST);
    return argument;
}

static void start(pthread_t *thread, void *(*run)(void *), void *argument)
{
    pthread_attr_t attributes;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 65536);
    MUST(pthread_create(thread, &attributes, run, argument) == 0);
    pthread_attr_destroy(&attributes);
}

static void *meet(void *barrier)
{
    pthread_barrier_wait(barrier);
    add(NULL);
    return NULL;
}

/* 500 that live at the same time. */
static int many(int argument_count, char **arguments)
{
    static pthread_t threads[MANY];
    pthread_barrier_t barrier;

    (void)argument_count, (void)arguments;
    pthread_barrier_init(&barrier, NULL, MANY + 1);
    for (int i = 0; i < MANY; i++)
        start(&threads[i], meet, &barrier);
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < MANY; i++)
        pthread_join(threads[i], NULL);
    printf("%d\n", counter);
    return 0;
}

/* One after the other, so that their numbers come again and again. */
static int sequence(int argument_count, char **arguments)
{
    pthread_t thread;

    (void)argument_count, (void)arguments;
    for (int i = 0; i < 2000; i++) {
        start(&thread, add, NULL);
        pthread_join(thread, NULL);
    }
    printf("%d\n", counter);
    return 0;
}

static void *block_for_ever(void *argument)
{
    for (;;)
        pause();
    return argument;
}

static int cancelled(int argument_count, char **arguments)
{
    pthread_t threads[50];
    void *result;
    int count = 0;

    (void)argument_count, (void)arguments;
    for (int i = 0; i < 50; i++)
        start(&threads[i], block_for_ever, NULL);
    for (int i = 0; i < 50; i++) {
        pthread_cancel(threads[i]);
        pthread_join(threads[i], &result);
        count += result == PTHREAD_CANCELED;
    }
    printf("%d cancelled\n", count);
    return 0;
}

static void *end_process(void *argument)
{
    (void)argument;
    exit(17);
}

/* Ends from a thread while others run. */
static int exit_in_thread(int argument_count, char **arguments)
{
    pthread_t thread;

    (void)argument_count, (void)arguments;
    for (int i = 0; i < 20; i++)
        start(&thread, block_for_ever, NULL);
    start(&thread, end_process, NULL);
    block_for_ever(NULL);
    return 0;
}

static void *end_later(void *argument)
{
    pthread_join(*(pthread_t *)argument, NULL);
    printf("the first thread is gone\n");
    if (fork() == 0)
        _exit(0);
    wait(NULL);
    exit(18);
}

static int leader_ends(int argument_count, char **arguments)
{
    static pthread_t self;
    pthread_t thread;

    (void)argument_count, (void)arguments;
    self = pthread_self();
    start(&thread, end_later, &self);
    pthread_exit(NULL);
}

static void on_signal(int signal)
{
    (void)signal;
    __atomic_add_fetch(&counter, own, __ATOMIC_SEQ_CST);
    hits++;
}

static sem_t ready;

static void *get_signals(void *argument)
{
    own = 1;
    sem_post(&ready);
    while (__atomic_load_n(&counter, __ATOMIC_SEQ_CST) >= 0)
        usleep(1000);
    return argument;
}

/* Signals to certain threads. */
static int directed(int argument_count, char **arguments)
{
    pthread_t threads[20];
    struct sigaction action = {.sa_handler = on_signal};

    (void)argument_count, (void)arguments;
    sem_init(&ready, 0, 0);
    sigaction(SIGUSR1, &action, NULL);
    for (int i = 0; i < 20; i++) {
        start(&threads[i], get_signals, NULL);
        while (sem_wait(&ready) != 0)
            continue;
    }
    for (int i = 0; i < 400; i++) {
        pthread_kill(threads[i % 20], SIGUSR1);
        while (__atomic_load_n(&counter, __ATOMIC_SEQ_CST) <= i)
            sched_yield();
    }
    printf("%d\n", counter);
    __atomic_store_n(&counter, -1000, __ATOMIC_SEQ_CST);
    for (int i = 0; i < 20; i++)
        pthread_join(threads[i], NULL);
    return 0;
}

static void *load(void *library)
{
    for (int i = 0; i < 50; i++) {
        void *handle = dlopen(library, RTLD_NOW);
        if (handle != NULL && dlsym(handle, "dlinfo_none") == NULL)
            __atomic_add_fetch(&counter, 1, __ATOMIC_SEQ_CST);
        dlclose(handle);
    }
    return NULL;
}

/* load LIBRARY: threads that load and unload it all the time. */
static int loaders(int argument_count, char **arguments)
{
    pthread_t threads[LOADERS];

    MUST(argument_count == 1);
    for (int i = 0; i < LOADERS; i++)
        start(&threads[i], load, arguments[0]);
    for (int i = 0; i < LOADERS; i++)
        pthread_join(threads[i], NULL);
    printf("%d\n", counter);
    return 0;
}

static void *fork_and_load(void *library)
{
    for (int i = 0; i < 10; i++) {
        int status = 0;
        pid_t child = fork();
        if (child == 0) {
            void *handle = dlopen(library, RTLD_NOW);
            _exit(handle != NULL ? 7 : 8);
        }
        MUST(waitpid(child, &status, 0) == child);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 7)
            __atomic_add_fetch(&counter, 1, __ATOMIC_SEQ_CST);
    }
    return NULL;
}

/* fork-load LIBRARY: threads that fork, while others load; the children load too. */
static int forks(int argument_count, char **arguments)
{
    pthread_t threads[4];

    MUST(argument_count == 1);
    for (int i = 0; i < 4; i++)
        start(&threads[i], fork_and_load, arguments[0]);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    printf("%d\n", counter);
    return 0;
}

static void *exec_another(void *arguments)
{
    execvp(((char **)arguments)[0], arguments);
    return NULL;
}

/* exec COMMAND...: from a thread that is not the first, while others run. */
static int exec_from_thread(int argument_count, char **arguments)
{
    pthread_t thread;

    MUST(argument_count > 0);
    for (int i = 0; i < 10; i++)
        start(&thread, block_for_ever, NULL);
    start(&thread, exec_another, arguments);
    block_for_ever(NULL);
    return 0;
}

static void *die_with_lock(void *lock)
{
    pthread_mutex_lock(lock);
    return NULL;
}

static int robust(int argument_count, char **arguments)
{
    pthread_mutexattr_t attributes;
    pthread_mutex_t lock;
    pthread_t thread;

    (void)argument_count, (void)arguments;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&lock, &attributes);
    start(&thread, die_with_lock, &lock);
    pthread_join(thread, NULL);
    printf("owner is dead: %d\n", pthread_mutex_lock(&lock) == EOWNERDEAD);
    return 0;
}

/* The C library tells all threads by a signal of its own. */
static int change_user(int argument_count, char **arguments)
{
    pthread_t threads[30];

    (void)argument_count, (void)arguments;
    for (int i = 0; i < 30; i++)
        start(&threads[i], block_for_ever, NULL);
    MUST(setgid(65534) == 0 && setuid(65534) == 0);
    printf("%d %d, back: %d\n", (int)getuid(), (int)geteuid(), setuid(0));
    return 0;
}

static void *deliver_fault(void *argument)
{
    *(volatile int *)argument = 1;
    return NULL;
}

static int fault_in_thread(int argument_count, char **arguments)
{
    pthread_t thread;

    (void)argument_count, (void)arguments;
    for (int i = 0; i < 20; i++)
        start(&thread, block_for_ever, NULL);
    start(&thread, deliver_fault, NULL);
    block_for_ever(NULL);
    return 0;
}

static void *compute(void *argument)
{
    own = 1;
    sem_post(&ready);
    while (__atomic_load_n(&counter, __ATOMIC_SEQ_CST) >= 0)
        continue;
    return argument;
}

/* Computes for so long that one looks into it. */
static void compute_ms(long ms)
{
    struct timespec from, now;

    clock_gettime(CLOCK_MONOTONIC, &from);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - from.tv_sec) * 1000 + (now.tv_nsec - from.tv_nsec) / 1000000 < ms);
}

/* A child stops us and lets us go on; its end is how long that takes. */
static void be_stopped(void)
{
    pid_t parent = getpid(), child = fork();
    int status = 0;

    if (child == 0) {
        kill(parent, SIGSTOP);
        usleep(20000);
        _exit(kill(parent, SIGCONT));
    }
    while (waitpid(child, &status, WNOHANG) == 0)
        continue;
    printf("stopped, and goes on: %d\n", status);
}

/*
 * computing COMMAND...: threads that compute get signals, are stopped, fork, and end when one of
 * them runs another program.
 */
static int computing(int argument_count, char **arguments)
{
    struct sigaction action = {.sa_handler = on_signal};
    pthread_t threads[3], last;

    MUST(argument_count > 0);
    sem_init(&ready, 0, 0);
    sigaction(SIGUSR1, &action, NULL);
    for (int i = 0; i < 3; i++) {
        start(&threads[i], compute, NULL);
        while (sem_wait(&ready) != 0)
            continue;
    }
    for (int i = 0; i < 60; i++) {
        pthread_kill(threads[i % 3], SIGUSR1);
        while (__atomic_load_n(&counter, __ATOMIC_SEQ_CST) <= i)
            continue;
        compute_ms(2);
    }
    printf("%d\n", counter);
    for (int i = 0; i < 3; i++)
        be_stopped();
    start(&last, exec_another, arguments);
    compute(NULL);
    return 0;
}

int main(int argument_count, char **arguments)
{
    static const struct behaviour table[] = {
        {"many", many},
        {"sequence", sequence},
        {"cancelled", cancelled},
        {"exit", exit_in_thread},
        {"leader-ends", leader_ends},
        {"directed", directed},
        {"load", loaders},
        {"fork-load", forks},
        {"exec", exec_from_thread},
        {"computing", computing},
        {"robust", robust},
        {"change-user", change_user},
        {"fault", fault_in_thread},
        {NULL, NULL},
    };

    return run_behaviour(table, argument_count, arguments);
}
