/*
 * Processes that are hard to attach to or to let go, each until the file `go` is there; then they
 * load a library (whoever left a byte in the loader sees them die of it) and end with status 9.
 *
 *     attach_corners vfork LIBRARY        once the file `start` is there: a vfork child, whose
 *                                         number is written to the file `child`
 *     attach_corners thread-vfork LIBRARY the same by a thread, while the main thread writes how
 *                                         far it has counted to `rounds`
 *     attach_corners leader-gone LIBRARY  only a thread is left
 *     attach_corners private LIBRARY      may not be attached to by others than root
 *     attach_corners execs LIBRARY        runs itself anew all the time, with threads, some of
 *                                         which make threads; how often: `rounds`
 *     attach_corners late-exec LIBRARY    once `start` is there: runs `attach_corners leader-gone
 *                                         LIBRARY`; a thread's number: `held`
 *     attach_corners last-exec LIBRARY    only a thread is left, which does so once `start` is
 *                                         there
 *     attach_corners hold TID             not such a process, but one that traces a thread and
 *                                         takes no notice of its end; then `holds`
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_NS = 2000000, IDLE_THREADS = 6, SHORT_LIVES = 20, LIVES_MAX_NS = 3000000 };

static char **own_arguments;

static void wait_for(const char *file)
{
    while (access(file, F_OK) != 0)
        nanosleep(&(struct timespec){0, PAUSE_NS}, NULL);
}

static void write_number(const char *name, long number)
{
    char text[32], made[64];
    int file;

    snprintf(made, sizeof made, "%s.new", name);
    file = open(made, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (write(file, text, (size_t)snprintf(text, sizeof text, "%ld\n", number)) > 0)
        rename(made, name);
    close(file);
}

static void end(const char *library)
{
    for (int i = 0; i < 3; i++) {
        void *handle = dlopen(library, RTLD_NOW);
        if (handle == NULL)
            _exit(10);
        dlclose(handle);
    }
    exit(9);
}

static void *have_child(void *library)
{
    int status;
    pid_t child;

    wait_for("start");
    child = vfork();
    if (child == 0) {
        write_number("child", getpid());
        wait_for("go");
        execlp("sh", "sh", "-c", "exit 5", (char *)NULL);
        _exit(6);
    }
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 5)
        _exit(11);
    end(library);
    return NULL;
}

static void *wait_and_end(void *library)
{
    write_number("alone", gettid());
    wait_for("go");
    end(library);
    return NULL;
}

static void run_itself(const char *how, const char *library, const char *round)
{
    execl("/proc/thread-self/exe", own_arguments[0], how, library, round, (char *)NULL);
    _exit(12);
}

static void *do_nothing(void *argument)
{
    return argument;
}

static void *make_threads(void *argument)
{
    pthread_t thread;

    for (;;)
        if (pthread_create(&thread, NULL, do_nothing, NULL) == 0)
            pthread_join(thread, NULL);
    return argument;
}

static void *idle(void *argument)
{
    for (;;)
        nanosleep(&(struct timespec){0, PAUSE_NS / 20}, NULL);
    return argument;
}

/*
 * By the main thread and by another in turn, after lives of several lengths: an attach meets it at
 * every point.
 */
static void *run_anew(void *library)
{
    char round[32];
    long rounds = own_arguments[3] == NULL ? 1 : atol(own_arguments[3]) + 1;

    write_number("rounds", rounds);
    nanosleep(&(struct timespec){0, LIVES_MAX_NS / SHORT_LIVES * (rounds % SHORT_LIVES)}, NULL);
    if (access("go", F_OK) == 0)
        end(library);
    snprintf(round, sizeof round, "%ld", rounds);
    run_itself("execs", library, round);
    return NULL;
}

static void execs(void *library)
{
    pthread_t thread;

    for (int i = 0; i < IDLE_THREADS; i++)
        pthread_create(&thread, NULL, i < 2 ? make_threads : idle, NULL);
    if (own_arguments[3] == NULL || atol(own_arguments[3]) % 2 == 0)
        run_anew(library);
    pthread_create(&thread, NULL, run_anew, library);
    idle(NULL);
}

static void *exec_late(void *library)
{
    wait_for("start");
    run_itself("leader-gone", library, NULL);
    return NULL;
}

static void *be_held(void *argument)
{
    write_number("held", gettid());
    return idle(argument);
}

static int hold(pid_t tid)
{
    if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) != 0)
        return 1;
    write_number("holds", tid);
    wait_for("let_go");
    return 0;
}

int main(int argument_count, char **arguments)
{
    pthread_t thread;

    own_arguments = arguments;
    if (argument_count != 3 && (argument_count != 4 || strcmp(arguments[1], "execs") != 0))
        return 2;
    if (strcmp(arguments[1], "hold") == 0)
        return hold((pid_t)atoi(arguments[2]));
    if (strcmp(arguments[1], "execs") == 0)
        execs(arguments[2]);
    if (strcmp(arguments[1], "late-exec") == 0) {
        pthread_create(&thread, NULL, be_held, NULL);
        exec_late(arguments[2]);
    }
    if (strcmp(arguments[1], "last-exec") == 0) {
        pthread_create(&thread, NULL, exec_late, arguments[2]);
        pthread_exit(NULL);
    }
    if (strcmp(arguments[1], "vfork") == 0)
        have_child(arguments[2]);
    if (strcmp(arguments[1], "private") == 0) {
        prctl(PR_SET_DUMPABLE, 0);
        wait_and_end(arguments[2]);
    }
    if (strcmp(arguments[1], "leader-gone") == 0) {
        pthread_create(&thread, NULL, wait_and_end, arguments[2]);
        pthread_exit(NULL);
    }
    pthread_create(&thread, NULL, have_child, arguments[2]);
    for (long rounds = 1;; rounds++) {
        write_number("rounds", rounds);
        nanosleep(&(struct timespec){0, PAUSE_NS}, NULL);
    }
}
