/* See proc.h; proc(5) has the formats. */
#define _GNU_SOURCE
#include "proc.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { MAPS_MAX = 32 * 1024 };

size_t proc_read(pid_t pid, const char *name, void *buffer, size_t capacity)
{
    char path[64];
    size_t used = 0;
    ssize_t count;
    int file;

    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    while (used < capacity && (count = read(file, (char *)buffer + used, capacity - used)) > 0)
        used += (size_t)count;
    close(file);
    return used;
}

/* What stands behind `name` in /proc/PID/status, in line; empty if nothing does. */
static const char *find_status(pid_t pid, const char *name, char *line, int capacity)
{
    char path[64];
    const char *value = "";
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    file = fopen(path, "re");
    while (*value == '\0' && file != NULL && fgets(line, capacity, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            value = line + strlen(name) + strspn(line + strlen(name), "\t ");
    if (file != NULL)
        fclose(file);
    return value;
}

static uint64_t read_status(pid_t pid, const char *name, int base, uint64_t otherwise)
{
    char line[256];
    const char *value = find_status(pid, name, line, sizeof line);

    return *value == '\0' ? otherwise : strtoull(value, NULL, base);
}

long proc_status_number(pid_t pid, const char *name)
{
    return (long)read_status(pid, name, 10, UINT64_MAX);
}

uint64_t proc_status_mask(pid_t pid, const char *name)
{
    return read_status(pid, name, 16, 0);
}

long proc_status_id(pid_t pid, const char *name)
{
    char line[256], *end;
    const char *value = find_status(pid, name, line, sizeof line);

    strtoull(value, &end, 10);
    return *value == '\0' ? -1 : (long)strtoull(end, NULL, 10);
}

bool proc_is_init_of_namespace(pid_t pid)
{
    char line[256];
    const char *numbers = find_status(pid, "NSpid:", line, sizeof line);
    const char *last = strrchr(numbers, '\t');

    return last != NULL && strtol(last, NULL, 10) == 1;
}

bool proc_any_thread(pid_t pid, bool (*visit)(void *context, pid_t tid), void *context)
{
    char path[64];
    struct dirent *entry;
    bool found = false;
    DIR *folder;

    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    folder = opendir(path);
    while (!found && folder != NULL && (entry = readdir(folder)) != NULL)
        found = atoi(entry->d_name) != 0 && visit(context, (pid_t)atoi(entry->d_name));
    if (folder != NULL)
        closedir(folder);
    return found;
}

bool proc_has_ended(pid_t pid)
{
    char line[256];
    const char *state = find_status(pid, "State:", line, sizeof line);

    return *state == '\0' || *state == 'Z' || *state == 'X';
}

static bool has_memory(void *context, pid_t tid)
{
    (void)context;
    return proc_status_number(tid, "VmSize:") >= 0;
}

bool proc_has_memory(pid_t pid)
{
    return proc_any_thread(pid, has_memory, NULL);
}

static bool parse_mapping(const char *line, pid_t pid, uint64_t address,
                          struct proc_mapping *mapping)
{
    unsigned long start, end, inode;
    unsigned major, minor;
    int path_at = 0;

    if (sscanf(line, "%lx-%lx %*s %*s %x:%x %lu %n", &start, &end, &major, &minor, &inode,
               &path_at) < 5 ||
        address < start || address >= end)
        return false;
    mapping->device = makedev(major, minor);
    mapping->inode = inode;
    snprintf(mapping->link, sizeof mapping->link, "/proc/%d/map_files/%lx-%lx", (int)pid, start,
             end);
    snprintf(mapping->path, sizeof mapping->path, "%s", line + path_at);
    mapping->length = strlen(line + path_at) < sizeof mapping->path ? strlen(mapping->path) : 0;
    return true;
}

/* Lines that are longer than the buffer are passed over. */
static bool find_mapping(int file, pid_t pid, uint64_t address, struct proc_mapping *mapping)
{
    char maps[MAPS_MAX];
    size_t used = 0;
    ssize_t count;

    while ((count = read(file, maps + used, sizeof maps - 1 - used)) > 0) {
        char *line = maps, *end;
        used += (size_t)count;
        maps[used] = '\0';
        for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
            *end = '\0';
            if (parse_mapping(line, pid, address, mapping))
                return true;
        }
        used -= (size_t)(line - maps);
        memmove(maps, line, used);
        used = used == sizeof maps - 1 ? 0 : used;
    }
    return false;
}

bool proc_cut_unlinked(const char *path, size_t *length)
{
    static const char unlinked[] = " (deleted)";
    const size_t mark = sizeof unlinked - 1;

    if (*length <= mark || memcmp(path + *length - mark, unlinked, mark) != 0)
        return false;
    *length -= mark;
    return true;
}

bool proc_mapping_at(pid_t pid, uint64_t address, struct proc_mapping *mapping)
{
    char path[64];
    ssize_t length;
    bool found;
    int file;

    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    file = open(path, O_RDONLY | O_CLOEXEC);
    found = file >= 0 && find_mapping(file, pid, address, mapping);
    if (file >= 0)
        close(file);
    if (!found)
        return false;
    /* maps shows a line's end in a name escaped */
    length = readlink(mapping->link, mapping->path, sizeof mapping->path - 1);
    mapping->length = length > 0 ? (size_t)length : mapping->length;
    if (mapping->path[0] != '/')
        mapping->length = 0;
    mapping->unlinked = proc_cut_unlinked(mapping->path, &mapping->length);
    mapping->path[mapping->length] = '\0';
    return true;
}
