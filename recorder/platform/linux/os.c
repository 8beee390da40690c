/* os.h on Linux. */
#define _GNU_SOURCE
#include "os.h"

#include "linux_os.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum {
    DESCENT_MAX = 64,
    NICER = 10 /* than the loop thread, which the target waits for */
};

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t os_monotonic_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

uint64_t os_utc_ns(void)
{
    return clock_ns(CLOCK_REALTIME);
}

struct os_thread {
    pthread_t id;
    void (*run)(void *);
    void *argument;
};

static void *thread_main(void *argument)
{
    struct os_thread *thread = argument;

    setpriority(PRIO_PROCESS, (id_t)gettid(), getpriority(PRIO_PROCESS, (id_t)gettid()) + NICER);
    thread->run(thread->argument);
    return NULL;
}

struct os_thread *os_thread_start(void (*run)(void *), void *argument, struct trail_error *error)
{
    struct os_thread *thread = malloc(sizeof *thread);
    sigset_t all, before;
    int code;

    if (thread == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    thread->run = run;
    thread->argument = argument;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    code = pthread_create(&thread->id, NULL, thread_main, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code == 0)
        return thread;
    error_set(error, TRAIL_FAILED, code, "cannot make a thread: %s", strerror(code));
    free(thread);
    return NULL;
}

void os_thread_join(struct os_thread *thread)
{
    if (thread == NULL)
        return;
    pthread_join(thread->id, NULL);
    free(thread);
}

/* An os_lock is a mutex; the struct is never defined. */
struct os_lock *os_lock_new(struct trail_error *error)
{
    pthread_mutex_t *mutex = malloc(sizeof *mutex);

    if (mutex == NULL)
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    else
        pthread_mutex_init(mutex, NULL);
    return (struct os_lock *)mutex;
}

void os_lock_free(struct os_lock *lock)
{
    if (lock != NULL)
        pthread_mutex_destroy((pthread_mutex_t *)lock);
    free(lock);
}

void os_lock_take(struct os_lock *lock)
{
    pthread_mutex_lock((pthread_mutex_t *)lock);
}

bool os_lock_try(struct os_lock *lock)
{
    return pthread_mutex_trylock((pthread_mutex_t *)lock) == 0;
}

void os_lock_release(struct os_lock *lock)
{
    pthread_mutex_unlock((pthread_mutex_t *)lock);
}

struct os_wake {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_set;
};

struct os_wake *os_wake_new(struct trail_error *error)
{
    struct os_wake *wake = calloc(1, sizeof *wake);
    pthread_condattr_t attributes;

    if (wake == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    pthread_mutex_init(&wake->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&wake->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return wake;
}

void os_wake_free(struct os_wake *wake)
{
    if (wake == NULL)
        return;
    pthread_cond_destroy(&wake->changed);
    pthread_mutex_destroy(&wake->lock);
    free(wake);
}

void os_wake_set(struct os_wake *wake)
{
    pthread_mutex_lock(&wake->lock);
    wake->is_set = true;
    pthread_cond_signal(&wake->changed);
    pthread_mutex_unlock(&wake->lock);
}

void os_wake_wait(struct os_wake *wake, unsigned timeout_ms)
{
    uint64_t end_ns = os_monotonic_ns() + (uint64_t)timeout_ms * 1000000;
    struct timespec end = {(time_t)(end_ns / 1000000000), (long)(end_ns % 1000000000)};

    pthread_mutex_lock(&wake->lock);
    while (!wake->is_set && pthread_cond_timedwait(&wake->changed, &wake->lock, &end) == 0)
        continue;
    wake->is_set = false;
    pthread_mutex_unlock(&wake->lock);
}

/* PRETTY_NAME of /etc/os-release (os-release(5)) into name. */
static void distribution_name(char *name, size_t capacity)
{
    FILE *file = fopen("/etc/os-release", "re");
    char line[256];

    name[0] = '\0';
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "PRETTY_NAME=", 12) != 0)
            continue;
        line[strcspn(line, "\n")] = '\0';
        snprintf(name, capacity, "%s", line + 12 + (line[12] == '"'));
        name[strcspn(name, "\"")] = '\0';
    }
    if (file != NULL)
        fclose(file);
}

void os_facts(struct os_facts *facts)
{
    struct utsname system;
    char distribution[64];

    memset(facts, 0, sizeof *facts);
    distribution_name(distribution, sizeof distribution);
    if (uname(&system) != 0)
        return;
    snprintf(facts->os, sizeof facts->os, distribution[0] ? "Linux %.40s (%s)" : "Linux %.40s",
             system.release, distribution);
    snprintf(facts->arch, sizeof facts->arch, "%.15s", system.machine);
    snprintf(facts->host, sizeof facts->host, "%s", system.nodename);
}

void os_current_directory(char *out, unsigned capacity)
{
    if (getcwd(out, capacity) == NULL)
        out[0] = '\0';
}

static bool needs_quotes(const char *argument)
{
    return *argument == '\0' || strpbrk(argument, " \t\n\"'\\$`!*?[](){}<>|&;#~") != NULL;
}

char *linux_os_put_argument(char *out, const char *argument)
{
    bool quotes = needs_quotes(argument);

    if (quotes)
        *out++ = '\'';
    for (; *argument != '\0'; argument++) {
        if (*argument == '\'') {
            memcpy(out, "'\\''", 4);
            out += 4;
        } else {
            *out++ = *argument;
        }
    }
    if (quotes)
        *out++ = '\'';
    return out;
}

char *os_command_line_from(int end_index, char *const *arguments, int index)
{
    size_t size = 1;
    char *line, *end;

    for (int i = index; i < end_index; i++)
        size += 4 * strlen(arguments[i]) + 3;
    line = end = malloc(size);
    if (line == NULL)
        return NULL;
    for (int i = index; i < end_index; i++) {
        if (i > index)
            *end++ = ' ';
        end = linux_os_put_argument(end, arguments[i]);
    }
    *end = '\0';
    return line;
}

static void (*stop_callback)(void);
static volatile sig_atomic_t interrupted;

pid_t linux_os_parent_of(pid_t pid)
{
    char path[32] = "/proc/", text[512], digits[16], *out = path + 6, *state;
    int count = 0, file;
    ssize_t length;

    for (; pid > 0; pid /= 10)
        digits[count++] = (char)('0' + pid % 10);
    while (count > 0)
        *out++ = digits[--count];
    memcpy(out, "/stat", sizeof "/stat");
    file = open(path, O_RDONLY | O_CLOEXEC);
    length = file < 0 ? 0 : read(file, text, sizeof text - 1);
    if (file >= 0)
        close(file);
    text[length < 0 ? 0 : length] = '\0';
    state = strrchr(text, ')'); /* the name before it may hold anything */
    return state == NULL || strlen(state) < 5 ? 0 : (pid_t)strtol(state + 4, NULL, 10);
}

static bool is_descendant(pid_t pid)
{
    for (int depth = 0; pid > 1 && depth < DESCENT_MAX; depth++, pid = linux_os_parent_of(pid))
        if (pid == getpid())
            return true;
    return false;
}

static bool is_fault(int signal)
{
    return signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE ||
           signal == SIGTRAP || signal == SIGSYS;
}

static struct sigaction own_fault[_NSIG]; /* what a fault of our own did before */

/*
 * What is meant for the target reaches it by itself: Ctrl-C, Ctrl-\ and the end of the terminal go
 * to the whole process group, as a `kill 0` of the target does, with any signal. Ours to do is to
 * outlive it and write the run down; so too where stderr or the file has no more room. The signals
 * are caught, not ignored: an ignored signal would stay ignored in the target. A fault of our own
 * comes again behind the handler.
 */
static void on_others_signal(int signal, siginfo_t *info, void *context)
{
    int code = errno;

    (void)context;
    if (info->si_code > 0 && is_fault(signal))
        sigaction(signal, &own_fault[signal], NULL);
    if ((signal == SIGINT || signal == SIGQUIT || signal == SIGHUP) &&
        (info->si_code > 0 || !is_descendant(info->si_pid)))
        interrupted = 1;
    errno = code;
}

bool os_was_interrupted(void)
{
    return interrupted != 0;
}

static void on_stop_signal(int signal, siginfo_t *info, void *context)
{
    int code = errno;

    (void)signal, (void)context;
    /* the target's own `kill 0` is not meant for us */
    if (info->si_code > 0 || !is_descendant(info->si_pid))
        stop_callback();
    errno = code;
}

/*
 * No other handler runs meanwhile: one of them jumps (see the platform's seize.c), and would jump
 * out of this one.
 */
static void catch_unless_ignored(int signal, struct sigaction action)
{
    struct sigaction before;

    sigfillset(&action.sa_mask);
    if (sigaction(signal, NULL, &before) == 0 && before.sa_handler != SIG_IGN &&
        sigaction(signal, &action, NULL) == 0 && is_fault(signal))
        own_fault[signal] = before;
}

/* Does not end a process that has no handler for it: it is ignored, or is for job control. */
static bool is_harmless(int signal)
{
    return signal == SIGCHLD || signal == SIGCONT || signal == SIGSTOP || signal == SIGTSTP ||
           signal == SIGTTIN || signal == SIGTTOU || signal == SIGURG || signal == SIGWINCH;
}

void os_on_stop_request(void (*on_stop)(void))
{
    const struct sigaction others = {.sa_sigaction = on_others_signal,
                                     .sa_flags = SA_RESTART | SA_SIGINFO};

    stop_callback = on_stop;
    catch_unless_ignored(
        SIGTERM, (struct sigaction){.sa_sigaction = on_stop_signal, .sa_flags = SA_SIGINFO});
    for (int signal = 1; signal < _NSIG; signal++)
        if (signal != SIGTERM && signal != SIGKILL && !is_harmless(signal))
            catch_unless_ignored(signal, others);
}

void linux_os_claim_interrupt(void)
{
    struct sigaction action = {.sa_sigaction = on_stop_signal, .sa_flags = SA_SIGINFO};

    if (stop_callback == NULL)
        return;
    catch_unless_ignored(SIGINT, action);
    catch_unless_ignored(SIGHUP, action);
    if (interrupted) /* until now it was not known for whom it was */
        stop_callback();
}

void os_exit_like(uint32_t exit_code, int signal)
{
    struct rlimit no_core = {0, 0};
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t set;

    fflush(NULL);
    if (signal == 0)
        exit((int)exit_code);
    setrlimit(RLIMIT_CORE, &no_core);
    sigaction(signal, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, signal);
    raise(signal);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    _exit(128 + signal);
}
