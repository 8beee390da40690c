/* See here.h. proc(5); where there is no /proc, nothing is known. */
#define _POSIX_C_SOURCE 200809L
#include "live/here.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NS_PER_TICK = 10000000 }; /* USER_HZ is 100 on all that Trail runs on */

/* The beginning of a file, without an end of line at its end; false if there is none. */
static bool read_text(const char *path, char *text, size_t size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t length;

    if (file < 0)
        return false;
    length = read(file, text, size - 1);
    close(file);
    if (length <= 0)
        return false;
    text[length] = '\0';
    if (text[length - 1] == '\n')
        text[length - 1] = '\0';
    return true;
}

static bool read_of(int64_t pid, const char *name, char *text, size_t size)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%" PRId64 "/%s", pid, name);
    return read_text(path, text, size);
}

bool here_is_host(const char *host)
{
    char name[256];

    return *host != '\0' && read_text("/proc/sys/kernel/hostname", name, sizeof name) &&
           strcmp(name, host) == 0;
}

bool here_is_recorded(int64_t pid)
{
    char text[4096], name[32];
    const char *tracer;

    return read_of(pid, "status", text, sizeof text) &&
           (tracer = strstr(text, "\nTracerPid:")) != NULL && strtoll(tracer + 11, NULL, 10) > 0 &&
           read_of(strtoll(tracer + 11, NULL, 10), "comm", name, sizeof name) &&
           strncmp(name, "trailrec", 8) == 0;
}

/* A state of proc(5) in words. */
static const char *words_of(char state)
{
    switch (state) {
    case 'R':
        return "computes";
    case 'D':
        return "waits for a device";
    case 't':
        return "is held by the recorder";
    case 'T':
        return "is stopped";
    case 'Z':
        return "has ended";
    default:
        return "waits";
    }
}

bool here_look(int64_t pid, struct here *here)
{
    char text[1024], where[64];
    unsigned long long user = 0, kernel = 0;
    const char *state;

    /* the name, in brackets, may have anything in it; behind it are the state and 10 numbers */
    if (!read_of(pid, "stat", text, sizeof text) || (state = strrchr(text, ')')) == NULL ||
        state[1] == '\0' ||
        sscanf(state + 3, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu %llu", &user, &kernel) != 2)
        return false;
    here->cpu_ns = (int64_t)(user + kernel) * NS_PER_TICK;
    snprintf(here->doing, sizeof here->doing, "%s", words_of(state[2]));
    if (state[2] == 'S' && read_of(pid, "wchan", where, sizeof where) && strcmp(where, "0") != 0)
        snprintf(here->doing, sizeof here->doing, "waits in %s", where);
    return true;
}
