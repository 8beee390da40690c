/*
 * Names that are asked for now and then, of processes and of files behind links: not for each stop.
 */
#define _GNU_SOURCE
#include "state.h"
#include "text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINKS_MAX = 8, PATH_BYTES_MAX = NAME_BYTES_MAX + 64 };

/* The last part of a path, as text. Returns its length, or 0 if it does not fit. */
static size_t put_base_name(const char *path, char *name, size_t capacity)
{
    const char *slash = strrchr(path, '/'), *base = slash != NULL ? slash + 1 : path;
    char text[TEXT_FROM_BYTES_CAPACITY(256)];
    size_t length = strlen(base) > 255 ? 0 : strlen(base);
    bool exact;

    name[0] = '\0';
    length = text_from_bytes(base, length, text, &exact);
    if (length >= capacity)
        return 0;
    memcpy(name, text, length + 1);
    return length;
}

/*
 * Replaces a path by what the link there says. False if it is no link, or the new path is too long.
 */
static bool follow_link(char *path, const char *root)
{
    char link[NAME_BYTES_MAX], *end;
    ssize_t length = readlink(path, link, sizeof link - 1);

    if (length <= 0)
        return false;
    link[length] = '\0';
    end = link[0] == '/' ? path + strlen(root) : strrchr(path, '/') + 1;
    if ((size_t)(end - path) + (size_t)length >= PATH_BYTES_MAX)
        return false;
    memcpy(end, link, (size_t)length + 1);
    return true;
}

size_t platform_file_name(const struct event *event, char *name, size_t capacity)
{
    struct event_span span = event->image.path;
    char path[PATH_BYTES_MAX], root[64];
    int links = 0;

    if (span.length == 0 || span.length >= NAME_BYTES_MAX || event_bytes_at(event, span)[0] != '/')
        return 0;
    snprintf(root, sizeof root, "/proc/%u/root", (unsigned)event->pid);
    snprintf(path, sizeof path, "%s%.*s", root, (int)span.length,
             (const char *)event_bytes_at(event, span));
    while (links < LINKS_MAX && follow_link(path, root))
        links++;
    return links == 0 ? 0 : put_base_name(path, name, capacity);
}

static void put_process(pid_t pid, struct platform_process *out)
{
    char link[64], path[NAME_BYTES_MAX];
    ssize_t length;

    out->pid = (uint32_t)pid;
    out->name[0] = '\0';
    snprintf(link, sizeof link, "/proc/%d/exe", (int)pid);
    length = readlink(link, path, sizeof path - 1);
    if (length <= 0)
        return;
    path[length] = '\0';
    put_base_name(path, out->name, sizeof out->name);
}

unsigned platform_processes(const struct platform *platform, struct platform_process *processes,
                            unsigned capacity)
{
    unsigned count = 0;

    if (platform->standing_count > 0) {
        for (; count < platform->standing_count && count < STANDING_MAX; count++)
            if (count < capacity)
                put_process(platform->standing[count], &processes[count]);
        return platform->standing_count;
    }
    for (const struct process *process = platform->processes; process != NULL;
         process = process->next) {
        if (process->muted)
            continue;
        if (count < capacity)
            put_process(process->pid, &processes[count]);
        count++;
    }
    return count;
}
