/* The environment of a launched program, and how busy the machine is, for Linux. See os.h. */
#define _GNU_SOURCE
#include "os.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static size_t name_length(const char *variable)
{
    return strcspn(variable, "=");
}

/* The last change that is about the variable, or NULL. */
static const char *change_of(const char *const *changes, const char *variable)
{
    const char *last = NULL;
    size_t length = name_length(variable);

    for (; changes != NULL && *changes != NULL; changes++)
        if (name_length(*changes) == length && strncmp(*changes, variable, length) == 0)
            last = *changes;
    return last;
}

/* Appends to texts that end with an empty one. -1 if out of memory; the block is the caller's. */
static int append(char **block, size_t *used, const char *variable)
{
    size_t length = strlen(variable);
    char *larger = realloc(*block, *used + TEXT_FROM_BYTES_CAPACITY(length) + 1);
    bool exact;

    if (larger == NULL)
        return -1;
    *block = larger;
    *used += text_from_bytes(variable, length, larger + *used, &exact) + 1;
    larger[*used] = '\0';
    return 0;
}

char *os_environment(const char *const *changes)
{
    char *block = calloc(2, 1);
    size_t used = 0;
    int result = block != NULL ? 0 : -1;

    for (char **ours = environ; result == 0 && ours != NULL && *ours != NULL; ours++)
        if (strchr(*ours, '=') != NULL && change_of(changes, *ours) == NULL)
            result = append(&block, &used, *ours);
    for (const char *const *change = changes; result == 0 && change != NULL && *change != NULL;
         change++)
        if (strchr(*change, '=') != NULL && change_of(changes, *change) == *change)
            result = append(&block, &used, *change);
    if (result == 0)
        return block;
    free(block);
    return NULL;
}

/* The first line of a file; "" if there is none. */
static const char *first_line(const char *path, char *line, int capacity)
{
    FILE *file = fopen(path, "re");

    if (file == NULL || fgets(line, capacity, file) == NULL)
        line[0] = '\0';
    if (file != NULL)
        fclose(file);
    return line;
}

void os_busy(struct os_busy *busy)
{
    enum { USER, NICE, SYSTEM, IDLE, WAITING, INTERRUPTS, SOFT, STOLEN, TIMES };
    unsigned long long times[TIMES];
    char line[512];

    memset(busy, 0, sizeof *busy);
    busy->cpus = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    busy->has_load =
        sscanf(first_line("/proc/loadavg", line, sizeof line), "%lf", &busy->load) == 1;
    busy->has_pressure = sscanf(first_line("/proc/pressure/cpu", line, sizeof line),
                                "some avg10=%lf", &busy->pressure) == 1;
    if (sscanf(first_line("/proc/stat", line, sizeof line),
               "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &times[USER], &times[NICE],
               &times[SYSTEM], &times[IDLE], &times[WAITING], &times[INTERRUPTS], &times[SOFT],
               &times[STOLEN]) != TIMES)
        return;
    busy->idle = times[IDLE] + times[WAITING];
    busy->stolen = times[STOLEN];
    for (int i = 0; i < TIMES; i++)
        busy->total += times[i];
}
