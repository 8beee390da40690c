/*
 * What tests attach to: four threads that load and unload a library or just work, one that makes
 * children in three ways, a main thread that raises signals and makes threads. It counts its rounds
 * in the file that is named, whose first line it rewrites, until it is killed; it ends with status
 * 3 if a child does not end as it should.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 4, PAUSE_US = 200, VFORK_PAUSE_US = 5000 };

extern char **environ;

static void on_signal(int signal)
{
    (void)signal;
}

static void *work(void *library)
{
    for (;;) {
        void *handle = library != NULL ? dlopen(library, RTLD_NOW) : NULL;
        if (handle != NULL)
            dlclose(handle);
        usleep(PAUSE_US);
    }
    return NULL;
}

static pid_t make_child(unsigned way)
{
    char *arguments[] = {(char *)"true", NULL};
    pid_t child = -1;

    switch (way) {
    case 0:
        return posix_spawnp(&child, "true", NULL, NULL, arguments, environ) == 0 ? child : -1;
    case 1:
        child = fork();
        break;
    default:
        child = vfork();
        if (child == 0)
            usleep(VFORK_PAUSE_US);
    }
    if (child == 0)
        _exit(0);
    return child;
}

static void *make_children(void *argument)
{
    int status;

    for (unsigned i = 0;; i++) {
        pid_t child = make_child(i % 3);
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
            _exit(3);
        usleep(PAUSE_US);
    }
    return argument;
}

static void *end_at_once(void *argument)
{
    return argument;
}

int main(int argument_count, char **arguments)
{
    FILE *file = argument_count == 3 ? fopen(arguments[1], "w") : NULL;
    pthread_t thread;

    if (file == NULL)
        return 2;
    signal(SIGUSR1, on_signal);
    for (int i = 0; i < WORKERS; i++)
        pthread_create(&thread, NULL, work, i % 2 == 0 ? arguments[2] : NULL);
    pthread_create(&thread, NULL, make_children, NULL);
    for (unsigned long rounds = 1;; rounds++) {
        raise(SIGUSR1);
        if (pthread_create(&thread, NULL, end_at_once, NULL) == 0)
            pthread_join(thread, NULL);
        usleep(PAUSE_US);
        rewind(file);
        fprintf(file, "%lu\n", rounds);
        fflush(file);
    }
}
