/* See crash_host.h. */
#define _GNU_SOURCE
#include "crash_host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void host_fail(const char *what)
{
    fprintf(stderr, "crash: %s: %s\n", what, strerror(errno));
    exit(2);
}

/* What a killed recorder leaves becomes our child, so that we know when it is gone. */
void host_prepare(void)
{
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
        host_fail("PR_SET_CHILD_SUBREAPER");
}

void *host_share(const char *path, size_t bytes)
{
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    void *memory;

    if (file < 0 || ftruncate(file, (off_t)bytes) != 0)
        host_fail(path);
    memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED)
        host_fail(path);
    close(file);
    return memory;
}

void host_unshare(void *memory, size_t bytes, const char *path)
{
    munmap(memory, bytes);
    unlink(path);
}

intptr_t host_start(const char *const *arguments, const char *output)
{
    pid_t pid = fork();

    if (pid < 0)
        host_fail("fork");
    if (pid != 0)
        return pid;
    if (output != NULL &&
        (close(STDOUT_FILENO), open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600)) < 0)
        host_fail(output);
    execv(arguments[0], (char *const *)(uintptr_t)arguments);
    host_fail(arguments[0]);
    return 0;
}

int host_wait(intptr_t process)
{
    int status;

    if (waitpid((pid_t)process, &status, 0) < 0)
        host_fail("waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void host_kill(intptr_t process)
{
    kill((pid_t)process, SIGKILL);
}

bool host_has_ended(intptr_t process)
{
    siginfo_t info = {.si_pid = 0};

    return waitid(P_PID, (id_t)process, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           info.si_pid != 0;
}

/* The state letter of proc(5); 0 if it cannot be told. */
static char state_of(const char *path)
{
    char text[512], *end;
    FILE *file = fopen(path, "re");
    size_t length = file == NULL ? 0 : fread(text, 1, sizeof text - 1, file);

    if (file != NULL)
        fclose(file);
    text[length] = '\0';
    end = strrchr(text, ')');
    return end != NULL && end[1] == ' ' ? end[2] : '\0';
}

/* How many threads of a process there are, and how many are in a state. */
static int count_threads(uint64_t pid, char state, int *in_state)
{
    char path[320];
    DIR *folder;
    int threads = 0;

    *in_state = 0;
    snprintf(path, sizeof path, "/proc/%llu/task", (unsigned long long)pid);
    folder = opendir(path);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "/proc/%llu/task/%s/stat", (unsigned long long)pid,
                 entry->d_name);
        threads++;
        *in_state += state_of(path) == state;
    }
    if (folder != NULL)
        closedir(folder);
    return threads;
}

bool host_freeze(intptr_t process)
{
    int stopped;

    kill((pid_t)process, SIGSTOP);
    while (!host_has_ended(process) && count_threads((uint64_t)process, 'T', &stopped) != stopped)
        host_pause();
    return !host_has_ended(process);
}

bool host_is_held(uint64_t pid)
{
    int held;

    return count_threads(pid, 't', &held) > 0 && held > 0;
}

void host_wait_for_leftover(uint64_t pid)
{
    uint64_t deadline = host_now_ns() + UINT64_C(20000000000);
    pid_t gone;

    while ((gone = waitpid(-1, NULL, WNOHANG)) >= 0) {
        if (gone == 0)
            host_pause();
        if (host_now_ns() > deadline) {
            if (pid != 0)
                kill((pid_t)pid, SIGKILL);
            errno = ETIMEDOUT;
            host_fail("the target that its recorder left does not end");
        }
    }
}

uint64_t host_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void host_pause(void)
{
    nanosleep(&(struct timespec){0, 100000}, NULL);
}
