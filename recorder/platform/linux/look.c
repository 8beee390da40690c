/*
 * What a thread is doing, from outside and without a stop (but for tracing/look_stops.h):
 * /proc/PID/task/TID/syscall has number and arguments of the call that a thread sleeps in, and says
 * "running" of one that computes (proc(5)). What an argument points to is read from memory: a
 * sleeper's stays as it is.
 */
#define _GNU_SOURCE
#include "look.h"
#include "memory.h"
#include "perf/perf_samples.h"
#include "proc.h"
#include "stack_copy.h"
#include "text.h"
#include "tracing/look_stops.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    ARGUMENTS = 6,
    THREADS_ASKED_MAX = 256,
    LINE_BYTES = 256,
    CHILDREN_BYTES = 4096,
    CHILDREN_ASKED_MAX = 8
};

/* What is said of a call beside its name. */
enum words {
    NAME_ONLY,
    OF_FILE,            /* argument 0 is a descriptor */
    TIMESPEC,           /* argument `at` points to a time limit */
    MILLISECONDS,       /* argument `at` is one; negative: none */
    FILES_MILLISECONDS, /* and argument 1 says of how many files */
    FILES_TIMESPEC,
    FOR_CHILD
};

static const struct call {
    long number;
    const char *name;
    enum words words;
    unsigned at;
} calls[] = {
    {SYS_read, "read", OF_FILE, 0},
    {SYS_pread64, "read", OF_FILE, 0},
    {SYS_readv, "read", OF_FILE, 0},
    {SYS_write, "write", OF_FILE, 0},
    {SYS_pwrite64, "write", OF_FILE, 0},
    {SYS_writev, "write", OF_FILE, 0},
    {SYS_recvfrom, "recv", OF_FILE, 0},
    {SYS_recvmsg, "recv", OF_FILE, 0},
    {SYS_sendto, "send", OF_FILE, 0},
    {SYS_sendmsg, "send", OF_FILE, 0},
    {SYS_connect, "connect", OF_FILE, 0},
    {SYS_accept, "accept", OF_FILE, 0},
    {SYS_accept4, "accept", OF_FILE, 0},
    {SYS_fsync, "fsync", OF_FILE, 0},
    {SYS_fdatasync, "fdatasync", OF_FILE, 0},
    {SYS_flock, "flock", OF_FILE, 0},
    {SYS_fcntl, "fcntl", OF_FILE, 0},
    {SYS_ioctl, "ioctl", OF_FILE, 0},
    {SYS_getdents64, "getdents", OF_FILE, 0},
    {SYS_sendfile, "sendfile", OF_FILE, 0},
    {SYS_splice, "splice", OF_FILE, 0},
    {SYS_nanosleep, "nanosleep", TIMESPEC, 0},
    {SYS_clock_nanosleep, "clock_nanosleep", TIMESPEC, 2},
    {SYS_futex, "futex", NAME_ONLY, 0},
    {SYS_poll, "poll", FILES_MILLISECONDS, 2},
    {SYS_ppoll, "ppoll", FILES_TIMESPEC, 2},
    {SYS_select, "select", NAME_ONLY, 0},
    {SYS_pselect6, "pselect", TIMESPEC, 4},
    {SYS_epoll_wait, "epoll_wait", MILLISECONDS, 3},
    {SYS_epoll_pwait, "epoll_pwait", MILLISECONDS, 3},
    {SYS_wait4, "wait4", FOR_CHILD, 0},
    {SYS_waitid, "waitid", FOR_CHILD, 0},
    {SYS_pause, "pause", NAME_ONLY, 0},
    {SYS_rt_sigsuspend, "sigsuspend", NAME_ONLY, 0},
    {SYS_rt_sigtimedwait, "sigtimedwait", TIMESPEC, 2},
    {SYS_semop, "semop", NAME_ONLY, 0},
    {SYS_semtimedop, "semtimedop", TIMESPEC, 3},
    {SYS_msgrcv, "msgrcv", NAME_ONLY, 0},
    {SYS_mq_timedreceive, "mq_receive", NAME_ONLY, 0},
    {SYS_restart_syscall, "a wait that goes on after a signal", NAME_ONLY, 0},
    {SYS_openat, "open", NAME_ONLY, 0},
    {SYS_open, "open", NAME_ONLY, 0},
    {SYS_execve, "execve", NAME_ONLY, 0},
    {SYS_mmap, "mmap", NAME_ONLY, 0},
    {SYS_munmap, "munmap", NAME_ONLY, 0},
    {SYS_exit_group, "exit", NAME_ONLY, 0},
};

static const struct call *find_call(long number)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i].number == number)
            return &calls[i];
    return NULL;
}

static void add(struct thread_look *look, const char *text)
{
    size_t used = strlen(look->call),
           length = text_cut(text, strlen(text), sizeof look->call - 1 - used);

    memcpy(look->call + used, text, length);
    look->call[used + length] = '\0';
}

/* "pipe:[4711]" is a pipe: the number says nothing later. */
static void add_file(struct thread_look *look, pid_t pid, uint64_t descriptor)
{
    char link[64], raw[1024], text[TEXT_FROM_BYTES_CAPACITY(sizeof raw)];
    ssize_t length;
    bool exact;

    snprintf(link, sizeof link, "/proc/%d/fd/%" PRIu64, (int)pid, descriptor & UINT32_MAX);
    length = readlink(link, raw, sizeof raw);
    if (length <= 0)
        return;
    text_from_bytes(raw, (size_t)length, text, &exact);
    if (text[0] != '/' && strchr(text, ':') != NULL && strncmp(text, "anon_inode:", 11) != 0)
        *strchr(text, ':') = '\0';
    add(look, " of ");
    add(look, text);
}

static void add_ms(struct thread_look *look, double ms)
{
    char text[32];

    snprintf(text, sizeof text, ms < 10 ? " %.3g ms" : " %.0f ms", ms);
    add(look, text);
}

static void add_timespec(struct thread_look *look, pid_t pid, uint64_t address)
{
    struct timespec time;

    if (address != 0 && memory_read_exactly(pid, address, &time, sizeof time) && time.tv_sec >= 0 &&
        time.tv_sec < 1000000000)
        add_ms(look, (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6);
}

static void add_files(struct thread_look *look, uint64_t count)
{
    char text[32];

    if (count == 0)
        return;
    snprintf(text, sizeof text, count == 1 ? " 1 file," : " %u files,", (unsigned)count);
    add(look, text);
}

/* Its living children that a thread has made, the newest first, up to `capacity`. */
static unsigned find_children(pid_t pid, uint32_t tid, pid_t *children, unsigned capacity)
{
    char name[48], text[CHILDREN_BYTES];
    unsigned count = 0, asked = 0;
    size_t length;

    snprintf(name, sizeof name, "task/%u/children", (unsigned)tid);
    length = proc_read(pid, name, text, sizeof text);
    while (length > 0 && count < capacity && asked++ < CHILDREN_ASKED_MAX) {
        pid_t child;
        text[--length] = '\0'; /* the blank behind a number */
        while (length > 0 && text[length - 1] != ' ')
            length--;
        child = (pid_t)strtol(text + length, NULL, 10);
        if (child > 0 && !proc_has_ended(child))
            children[count++] = child;
    }
    return count;
}

static void add_name(struct thread_look *look, pid_t pid)
{
    char raw[64], text[TEXT_FROM_BYTES_CAPACITY(sizeof raw)];
    size_t length = proc_read(pid, "comm", raw, sizeof raw);
    bool exact;

    text_from_bytes(raw, length > 0 ? length - 1 : 0, text, &exact);
    add(look, " ");
    add(look, text);
}

/* Who waits for files may wait for a child by them: what is certain is that it runs. */
static void add_children(struct thread_look *look, pid_t pid, const struct call *call,
                         uint64_t argument)
{
    bool is_for_child = call->words == FOR_CHILD;
    pid_t children[2];
    unsigned count = find_children(pid, look->tid, children, 2);

    if (count == 0)
        return;
    if (call->number == SYS_wait4 && (pid_t)argument > 0) {
        children[0] = (pid_t)argument;
        count = 1;
    }
    add(look, is_for_child ? " for its " : " while its ");
    add(look, count == 1 ? "child" : "children");
    add_name(look, children[0]);
    if (count > 1)
        add(look, " and others");
    if (!is_for_child)
        add(look, count == 1 ? " runs" : " run");
}

/* Event loops and shells wait for children by these, too. */
static bool may_be_for_child(const struct call *call)
{
    return call->words == FOR_CHILD || call->words == FILES_MILLISECONDS ||
           call->words == FILES_TIMESPEC || call->number == SYS_epoll_wait ||
           call->number == SYS_epoll_pwait || call->number == SYS_select ||
           call->number == SYS_pselect6 || call->number == SYS_rt_sigsuspend ||
           call->number == SYS_pause;
}

static void describe(struct thread_look *look, pid_t pid, const struct call *call,
                     const uint64_t *arguments)
{
    uint64_t argument = arguments[call->at];

    add(look, call->name);
    if (call->number == SYS_clock_nanosleep && arguments[1] != 0)
        return; /* until a time, not for one */
    if (call->words == FILES_MILLISECONDS || call->words == FILES_TIMESPEC)
        add_files(look, arguments[1]);
    if (call->words == OF_FILE)
        add_file(look, pid, argument);
    if (call->words == TIMESPEC || call->words == FILES_TIMESPEC)
        add_timespec(look, pid, argument);
    if ((call->words == MILLISECONDS || call->words == FILES_MILLISECONDS) &&
        (int32_t)argument >= 0)
        add_ms(look, (int32_t)argument);
    if (look->call[strlen(look->call) - 1] == ',')
        look->call[strlen(look->call) - 1] = '\0';
    if (may_be_for_child(call))
        add_children(look, pid, call, argument);
}

/* A thread, by its line in /proc. */
struct thread {
    struct thread_look look;
    char line[LINE_BYTES];
    uint64_t place[2]; /* stack pointer and where it is executed; 0: not known */
};

static void read_line(pid_t pid, uint32_t tid, char *line)
{
    char name[48];

    snprintf(name, sizeof name, "task/%u/syscall", (unsigned)tid);
    line[proc_read(pid, name, line, LINE_BYTES - 1)] = '\0';
}

/* False if the thread is gone, or may not be looked at. */
static bool look_at(pid_t pid, pid_t tid, struct thread *thread)
{
    uint64_t arguments[ARGUMENTS];
    struct thread_look *look = &thread->look;
    uint64_t *place = thread->place;
    const struct call *call;
    long number;

    *thread = (struct thread){.look = {.tid = (uint32_t)tid}};
    read_line(pid, look->tid, thread->line);
    if (strncmp(thread->line, "running", 7) == 0) {
        look->state = LOOK_COMPUTES;
        return true;
    }
    if (sscanf(thread->line,
               "%ld %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64
               " %" SCNx64 " %" SCNx64,
               &number, &arguments[0], &arguments[1], &arguments[2], &arguments[3], &arguments[4],
               &arguments[5], &place[0], &place[1]) != 1 + ARGUMENTS + 2)
        /* asleep outside of a call: in a page fault */
        return sscanf(thread->line, "%ld %" SCNx64 " %" SCNx64, &number, &place[0], &place[1]) == 3;
    call = find_call(number);
    if (call != NULL)
        describe(look, pid, call, arguments);
    else
        snprintf(look->call, sizeof look->call, "system call %ld", number);
    return true;
}

struct looking {
    pid_t pid;
    struct thread threads[LOOK_THREADS_MAX];
    unsigned count, asked;
};

/* Threads that compute push out those that wait. */
static void keep(struct looking *looking, const struct thread *thread)
{
    unsigned at = looking->count;

    if (thread->look.state != LOOK_WAITS)
        for (at = 0; at < looking->count && looking->threads[at].look.state != LOOK_WAITS;)
            at++;
    if (at == LOOK_THREADS_MAX)
        return;
    if (looking->count < LOOK_THREADS_MAX)
        looking->count++;
    memmove(&looking->threads[at + 1], &looking->threads[at],
            (looking->count - 1 - at) * sizeof *thread);
    looking->threads[at] = *thread;
}

static bool visit(void *context, pid_t tid)
{
    struct looking *looking = context;
    struct thread thread;

    if (look_at(looking->pid, tid, &thread))
        keep(looking, &thread);
    return ++looking->asked == THREADS_ASKED_MAX;
}

/* A sleeper's stack stays as it is: one that sleeps as before when it is copied has slept. */
static void give_sleeper(pid_t pid, struct thread *thread, look_taker take, void *context)
{
    unsigned char stack[STACK_COPY_BYTES];
    char line[LINE_BYTES];
    struct thread_look *look = &thread->look;
    size_t copied =
        thread->place[0] == 0 ? 0 : memory_read_up_to(pid, thread->place[0], stack, sizeof stack);

    if (copied > 0)
        read_line(pid, look->tid, line);
    if (copied > 0 && strcmp(line, thread->line) == 0) {
        look->registers = thread->place;
        look->registers_bytes = sizeof thread->place;
        look->stack = stack;
        look->stack_bytes = copied;
    }
    take(context, look);
}

/* The first look at one that computes knows only that it does; then samples say more. */
static void give_computing(pid_t pid, struct thread *thread, uint64_t interval_ns, look_taker take,
                           void *context)
{
    enum perf_samples_begun begun = perf_samples_begin(pid, (pid_t)thread->look.tid, interval_ns);
    bool is_refused = begun == PERF_SAMPLES_FORBIDDEN || begun == PERF_SAMPLES_NONE;

    if (begun == PERF_SAMPLES_GO_ON || (is_refused && look_stops_ask(pid, (pid_t)thread->look.tid)))
        return;
    if (begun == PERF_SAMPLES_FORBIDDEN && !look_stops_are_allowed())
        thread->look.state = LOOK_COMPUTES_UNSEEN;
    take(context, &thread->look);
}

void platform_look(uint32_t pid, uint64_t interval_ns, look_taker take, void *context)
{
    static struct looking looking;

    perf_samples_take((pid_t)pid, take, context);
    look_stops_take((pid_t)pid, take, context);
    if (interval_ns == 0) {
        look_stops_take_rest((pid_t)pid, take, context);
        perf_samples_end((pid_t)pid);
        return;
    }
    looking.pid = (pid_t)pid;
    looking.count = looking.asked = 0;
    proc_any_thread((pid_t)pid, visit, &looking);
    for (unsigned i = 0; i < looking.count; i++)
        if (looking.threads[i].look.state == LOOK_WAITS)
            give_sleeper((pid_t)pid, &looking.threads[i], take, context);
        else
            give_computing((pid_t)pid, &looking.threads[i], interval_ns, take, context);
}
