/*
 * System calls that wait, and what disturbs them: `calls` runs each call of a table under each
 * disturbance and prints what came of it. A helper sees in /proc that the program waits, disturbs
 * it, sees that the disturbance is over and ends the wait.
 */
#define _GNU_SOURCE
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int ends[2], queue, semaphores, epoll, listener;
static sem_t *semaphore;
static int *word;
static pid_t helper;
static volatile sig_atomic_t handled;

static void on_signal(int signal)
{
    (void)signal;
    handled++;
}

/*
 * The calls: each waits until the helper's end(). Results are 0 or more where the wait ended as it
 * should.
 */
static long call_read(void)
{
    char byte;

    return read(ends[0], &byte, 1);
}

static long call_poll(void)
{
    struct pollfd wait_for = {.fd = ends[0], .events = POLLIN};

    return poll(&wait_for, 1, 20000);
}

static long call_ppoll_for_ever(void)
{
    struct pollfd wait_for = {.fd = ends[0], .events = POLLIN};

    return ppoll(&wait_for, 1, NULL, NULL);
}

static long call_select(void)
{
    struct timeval time = {20, 0};
    fd_set set;

    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    return select(ends[0] + 1, &set, NULL, NULL, &time);
}

static long call_epoll_for_ever(void)
{
    struct epoll_event event;

    return epoll_wait(epoll, &event, 1, -1);
}

static long call_epoll(void)
{
    struct epoll_event event;

    return epoll_wait(epoll, &event, 1, 20000);
}

static long call_nanosleep(void)
{
    struct timespec time = {0, 150000000}, left = {0, 0};
    long result = nanosleep(&time, &left);

    return result != 0 && (left.tv_nsec == 0 || left.tv_nsec > 150000000) ? -EFAULT : result;
}

static long call_sleep_until(void)
{
    struct timespec time;
    int result;

    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_nsec += 150000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    result = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
    errno = result;
    return result == 0 ? 0 : -1;
}

static long call_semaphore(void)
{
    return sem_wait(semaphore);
}

static long call_futex_timed(void)
{
    struct timespec time = {20, 0};

    return *word != 0 ? 0 : syscall(SYS_futex, word, FUTEX_WAIT, 0, &time, NULL, 0);
}

static long call_semop(void)
{
    struct sembuf take = {0, -1, 0};

    return semop(semaphores, &take, 1);
}

static long call_message(void)
{
    struct {
        long type;
        char text[8];
    } message;

    return msgrcv(queue, &message, sizeof message.text, 0, 0);
}

static long call_accept(void)
{
    int file = accept(listener, NULL, NULL);

    if (file >= 0)
        close(file);
    return file < 0 ? -1 : 0;
}

static long call_receive_timed(void)
{
    struct timeval time = {20, 0};
    char byte;

    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    return recv(ends[0], &byte, 1, 0);
}

static long call_wait(void)
{
    return waitpid(helper, NULL, 0);
}

static long call_signal_wait(void)
{
    sigset_t set;
    siginfo_t info;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    return sigwaitinfo(&set, &info) == SIGUSR2 ? 0 : -1;
}

static long call_lock(void)
{
    int file = open("lock", O_RDWR | O_CREAT, 0600);
    long result = flock(file, LOCK_EX);

    close(file);
    return result;
}

static const struct call {
    const char *name;
    long (*run)(void);
    long number; /* of the system call in which it waits */
} calls[] = {
    {"read", call_read, SYS_read},
    {"poll", call_poll, SYS_poll},
    {"ppoll-for-ever", call_ppoll_for_ever, SYS_ppoll},
    {"select", call_select, SYS_pselect6},
    {"epoll", call_epoll, SYS_epoll_wait},
    {"epoll-for-ever", call_epoll_for_ever, SYS_epoll_wait},
    {"nanosleep", call_nanosleep, SYS_clock_nanosleep},
    {"sleep-until", call_sleep_until, SYS_clock_nanosleep},
    {"semaphore", call_semaphore, SYS_futex},
    {"futex-timed", call_futex_timed, SYS_futex},
    {"semop", call_semop, SYS_semtimedop},
    {"message", call_message, SYS_msgrcv},
    {"accept", call_accept, SYS_accept},
    {"receive-timed", call_receive_timed, SYS_recvfrom},
    {"wait", call_wait, SYS_wait4},
    {"signal-wait", call_signal_wait, SYS_rt_sigtimedwait},
    {"lock", call_lock, SYS_flock},
};

enum disturbance { NOTHING, HANDLED, RESTARTED, IGNORED, BY_DEFAULT, STOPPED, DISTURBANCES };

static const char *const disturbance_names[] = {"nothing", "handled", "restarted",
                                                "ignored", "default", "stopped"};

/* The helper's side. */
static void read_text(const char *name, char *text, size_t capacity)
{
    char path[64];
    ssize_t length;
    int file;

    snprintf(path, sizeof path, "/proc/%d/%s", (int)getppid(), name);
    file = open(path, O_RDONLY);
    length = file < 0 ? 0 : read(file, text, capacity - 1);
    text[length < 0 ? 0 : length] = '\0';
    if (file >= 0)
        close(file);
}

static char state(void)
{
    char text[512], *end;

    read_text("stat", text, sizeof text);
    end = strrchr(text, ')');
    return end == NULL ? '?' : end[2];
}

/* Those that the disturbances send; others wait blocked. */
static bool signals_are_pending(void)
{
    static const unsigned long long ours = 1ull << (SIGUSR1 - 1) | 1ull << (SIGHUP - 1) |
                                           1ull << (SIGWINCH - 1) | 1ull << (SIGCONT - 1);
    char text[8192], *line;

    read_text("status", text, sizeof text);
    line = strstr(text, "ShdPnd:\t");
    return line != NULL && (strtoull(line + 8, NULL, 16) & ours) != 0;
}

static void pause_us(long us)
{
    nanosleep(&(struct timespec){0, us * 1000}, NULL);
}

/*
 * Until the parent sleeps, several looks long; not for ever, since it may have been sent out of the
 * call.
 */
static void wait_until_it_waits(long number)
{
    char text[128];

    for (int looks = 0, good = 0; looks < 1000 && good < 3; looks++) {
        read_text("syscall", text, sizeof text);
        good = state() == 'S' && !signals_are_pending() &&
                       (number < 0 || strtol(text, NULL, 10) == number)
                   ? good + 1
                   : 0;
        pause_us(400);
    }
}

static void disturb(enum disturbance disturbance)
{
    if (disturbance == HANDLED || disturbance == RESTARTED)
        kill(getppid(), SIGUSR1);
    else if (disturbance == IGNORED)
        kill(getppid(), SIGHUP);
    else if (disturbance == BY_DEFAULT)
        kill(getppid(), SIGWINCH);
    if (disturbance != STOPPED)
        return;
    kill(getppid(), SIGSTOP);
    for (int looks = 0; looks < 1000 && state() != 'T' && state() != 't'; looks++)
        pause_us(400);
    kill(getppid(), SIGCONT);
}

static void end_wait(int lock)
{
    struct {
        long type;
        char text[8];
    } message = {1, "m"};
    struct sembuf give = {0, 1, 0};
    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    union {
        struct sockaddr any;
        char room[64];
    } name;
    socklen_t size = sizeof name;

    MUST(write(ends[1], "x", 1) == 1);
    sem_post(semaphore);
    *word = 1;
    syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
    semop(semaphores, &give, 1);
    msgsnd(queue, &message, sizeof message.text, 0);
    getsockname(listener, &name.any, &size);
    MUST(connect(client, &name.any, size) == 0);
    kill(getppid(), SIGUSR2);
    close(lock);
}

static void help(const struct call *call, enum disturbance disturbance, int ready)
{
    int lock = open("lock", O_RDWR | O_CREAT, 0600);

    flock(lock, LOCK_EX);
    MUST(write(ready, "", 1) == 1);
    wait_until_it_waits(call->number);
    disturb(disturbance);
    if (disturbance != NOTHING)
        wait_until_it_waits(-1);
    end_wait(lock);
    _exit(0);
}

static void make_objects(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    struct sockaddr short_name = {.sa_family = AF_UNIX};
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    MUST(memory != MAP_FAILED && socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    word = memory;
    semaphore = (sem_t *)((char *)memory + 64);
    sem_init(semaphore, 1, 0);
    queue = msgget(IPC_PRIVATE, 0600);
    semaphores = semget(IPC_PRIVATE, 1, 0600);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event);
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    /* a name that the kernel chooses */
    MUST(bind(listener, &short_name, sizeof(sa_family_t)) == 0 && listen(listener, 5) == 0);
}

static void drop_objects(void)
{
    msgctl(queue, IPC_RMID, NULL);
    semctl(semaphores, 0, IPC_RMID);
    close(epoll), close(listener), close(ends[0]), close(ends[1]);
    unlink("lock");
}

static void set_signals(enum disturbance disturbance)
{
    struct sigaction action = {.sa_handler = on_signal,
                               .sa_flags = disturbance == RESTARTED ? SA_RESTART : 0};
    sigset_t set;

    sigaction(SIGUSR1, &action, NULL);
    signal(SIGHUP, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    handled = 0;
}

static void try_call(const struct call *call, enum disturbance disturbance)
{
    struct timespec none = {0, 0};
    int ready[2], failure;
    sigset_t set;
    char byte;
    long result;

    make_objects();
    set_signals(disturbance);
    MUST(pipe(ready) == 0);
    helper = fork();
    if (helper == 0)
        help(call, disturbance, ready[1]);
    MUST(read(ready[0], &byte, 1) == 1);
    result = call->run();
    failure = errno;
    waitpid(helper, NULL, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    while (sigtimedwait(&set, NULL, &none) > 0)
        continue;
    close(ready[0]), close(ready[1]);
    drop_objects();
    printf("%s, %s: %s, handler %d\n", call->name, disturbance_names[disturbance],
           result >= 0   ? "done"
           : result < -1 ? "wrong"
                         : strerrorname_np(failure),
           (int)handled);
}

/* Calls that end by their time limit, while nothing else happens. */
static void try_limits(void)
{
    static const struct timespec limit = {0, 60000000};
    struct timeval receive_limit = {0, 60000};
    struct sembuf take = {0, -1, 0};
    struct epoll_event event;
    sigset_t set;
    char byte;

    make_objects();
    set_signals(IGNORED);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &receive_limit, sizeof receive_limit);
    for (int i = 0; i < 5; i++) {
        printf("epoll_wait %d\n", epoll_wait(epoll, &event, 1, 60));
        printf("recv %d", (int)recv(ends[0], &byte, 1, 0));
        printf(" %s\n", strerrorname_np(errno));
        printf("sigtimedwait %d", sigtimedwait(&set, NULL, &limit));
        printf(" %s\n", strerrorname_np(errno));
        printf("semtimedop %d", semtimedop(semaphores, &take, 1, &limit));
        printf(" %s\n", strerrorname_np(errno));
    }
    drop_objects();
    semctl(semaphores, 0, IPC_RMID);
}

/* calls [NAME...]: those, or all; calls limits: those that end by their time limit. */
int main(int argument_count, char **arguments)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    if (argument_count > 1 && strcmp(arguments[1], "limits") == 0) {
        try_limits();
        return 0;
    }
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        for (int k = argument_count > 1 ? 1 : 0; k < argument_count; k++)
            if (k == 0 || strcmp(arguments[k], calls[i].name) == 0)
                for (int d = 0; d < DISTURBANCES; d++)
                    try_call(&calls[i], (enum disturbance)d);
    return 0;
}
