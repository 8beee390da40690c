/*
 * What tests attach to: four threads that load and unload a library or just work, a main thread that raises signals and makes threads. It
 * counts its rounds in the file that is named, whose first line it rewrites, until it is killed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { WORKERS = 4, PAUSE_US = 200 };

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
