/* See sample.h. */
#define _GNU_SOURCE
#include "sample.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS_MAX = 64 };

struct worker {
    pthread_t thread;
    void (*run)(int index);
    int index;
};

void sample_fail(const char *what)
{
    fflush(stdout);
    perror(what);
    _exit(99);
}

void sample_die_quietly(void)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
}

static void *run_worker(void *argument)
{
    struct worker *worker = argument;

    pthread_setname_np(pthread_self(), "sample worker");
    worker->run(worker->index);
    return NULL;
}

void sample_run_threads(int count, void (*run)(int index))
{
    struct worker workers[THREADS_MAX];

    for (int i = 0; i < count; i++) {
        workers[i].run = run;
        workers[i].index = i;
        if (pthread_create(&workers[i].thread, NULL, run_worker, &workers[i]) != 0)
            sample_fail("pthread_create");
    }
    for (int i = 0; i < count; i++)
        if (pthread_join(workers[i].thread, NULL) != 0)
            sample_fail("pthread_join");
}

void *sample_load(const char *name)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    char *slash;
    void *library;

    if (length < 0)
        sample_fail("/proc/self/exe");
    path[length] = '\0';
    slash = strrchr(path, '/');
    snprintf(slash + 1, sizeof path - (size_t)(slash + 1 - path), "%s.so", name);
    if ((library = dlopen(path, RTLD_NOW)) == NULL)
        sample_fail(dlerror());
    return library;
}

void *sample_load_from_system(void)
{
    void *library = dlopen("libm.so.6", RTLD_NOW);

    if (library == NULL)
        sample_fail(dlerror());
    return library;
}

void sample_unload(void *library)
{
    if (dlclose(library) != 0)
        sample_fail("dlclose");
}

int sample_call(void *library, const char *name)
{
    int (*function)(void);

    *(void **)&function = dlsym(library, name);
    if (function == NULL)
        sample_fail(name);
    return function();
}

void sample_debug_string(const char *text)
{
    fputs(text, stdout);
}

void sample_debug_string_wide(const wchar_t *text)
{
    for (; *text != L'\0'; text++)
        putchar(*text < 0x80 ? (int)*text : '?');
}

static void on_raise(int number)
{
    (void)number;
}

void sample_raise(void)
{
    struct sigaction action = {.sa_handler = on_raise};

    if (sigaction(SIGUSR1, &action, NULL) != 0 || raise(SIGUSR1) != 0)
        sample_fail("raise");
}

void *sample_share(const char *path, size_t bytes)
{
    int file = open(path, O_RDWR | O_CLOEXEC);
    void *memory =
        file < 0 ? MAP_FAILED : mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

    if (memory == MAP_FAILED)
        sample_fail(path);
    close(file);
    return memory;
}

int sample_run_self(const char *argument)
{
    int status;
    pid_t child;

    fflush(stdout);
    if ((child = fork()) < 0)
        sample_fail("fork");
    if (child == 0) {
        execl("/proc/self/exe", "/proc/self/exe", argument, (char *)NULL);
        sample_fail("execl");
    }
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
        sample_fail("waitpid");
    return WEXITSTATUS(status);
}
