/*
 * timed FILE COMMAND [ARG...]: the clock that stands beside the target. Starts COMMAND, waits for
 * its end, and writes to FILE how many nanoseconds that took. Recorded with -f, it tells how much
 * slower COMMAND is for being recorded, without the recorder's own start and end. SIGCHLD is
 * blocked, so that the clock itself causes no stop of its own while it runs.
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

int main(int argc, char **argv)
{
    sigset_t blocked, before;
    posix_spawnattr_t attributes;
    uint64_t start;
    int status;
    pid_t child;
    FILE *file;

    if (argc < 3)
        return 125;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &before);
    start = now_ns();
    if (posix_spawnp(&child, argv[2], NULL, &attributes, argv + 2, environ) != 0 ||
        waitpid(child, &status, 0) != child)
        return 125;
    start = now_ns() - start;
    file = fopen(argv[1], "w");
    if (file == NULL || fprintf(file, "%" PRIu64 "\n", start) < 0 || fclose(file) != 0)
        return 125;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
