/*
 * What tests attach to: three threads that make marks and strings as fast as they can, and a main
 * thread that forks children which make marks too, and loads and unloads a library with marks. It
 * counts its rounds in the file that is named, until it is killed; a child that does not end as it
 * should ends it.
 */
#define _GNU_SOURCE
#include "trail.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 3, PAUSE_US = 300, CHILD_STATUS = 5 };

static void *work(void *argument)
{
    char text[64];

    for (unsigned i = 0;; i++) {
        snprintf(text, sizeof text, "string %u of %s", i, (const char *)argument);
        TRAIL_STRING(text);
        TRAIL_MARK((const char *)argument);
        if (i % 16 == 0)
            usleep(PAUSE_US);
    }
    return NULL;
}

static void run_child(const char *name)
{
    int status;
    pid_t child = strcmp(name, "vfork") == 0 ? vfork() : fork();

    if (child == 0) {
        if (strcmp(name, "fork") ==
            0) /* a vfork child that is there at an attach is nobody's to trace */
            TRAIL_MARK(name);
        _exit(CHILD_STATUS);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
        WEXITSTATUS(status) != CHILD_STATUS)
        _exit(99);
}

int main(int argument_count, char **arguments)
{
    static char names[WORKERS][16];
    FILE *file = argument_count == 3 ? fopen(arguments[1], "w") : NULL;
    pthread_t thread;

    if (file == NULL)
        return 2;
    for (int i = 0; i < WORKERS; i++) {
        snprintf(names[i], sizeof names[i], "worker %d", i);
        pthread_create(&thread, NULL, work, names[i]);
    }
    for (unsigned long rounds = 1;; rounds++) {
        void *library = dlopen(arguments[2], RTLD_NOW);
        run_child("fork");
        run_child("vfork");
        if (library == NULL || dlclose(library) != 0)
            return 3;
        TRAIL_MARK("round");
        usleep(PAUSE_US);
        rewind(file);
        fprintf(file, "%lu\n", rounds);
        fflush(file);
    }
}
