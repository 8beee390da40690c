/*
 * Processes that are hard to attach to or to let go, each until the file `go` is there; then they load a library (whoever left a byte in
 * the loader sees them die of it) and end with status 9.
 *
 *     attach_corners vfork LIBRARY        once the file `start` is there: a vfork child, whose number is written to the file `child`
 *     attach_corners thread-vfork LIBRARY the same by a thread, while the main thread writes how far it has counted to `rounds`
 *     attach_corners leader-gone LIBRARY  only a thread is left
 *     attach_corners private LIBRARY      may not be attached to by others than root
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_NS = 2000000 };

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

int main(int argument_count, char **arguments)
{
    pthread_t thread;

    if (argument_count != 3)
        return 2;
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
