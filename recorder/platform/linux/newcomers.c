/*
 * See os_newcomers.h. /proc/loadavg tells the last number that was given to a process or thread, so
 * that a look without a new one reads one file. New ones are read at each look, since most begin as
 * a copy of their parent and run their own program a moment later; all others once in a while.
 */
#define _GNU_SOURCE
#include "os_newcomers.h"

#include "array.h"
#include "os.h"
#include "text.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { YOUNG_MAX = 256, TICKS_FIELD = 22, NAME_BYTES = 256 };
static const uint64_t YOUNG_NS = 100000000, SCAN_NS = 25000000;

struct young {
    uint32_t pid;
    uint64_t seen_ns;
};

struct known {
    uint32_t pid;
    uint64_t started; /* in ticks since the machine started */
};

struct os_newcomers {
    const char *name;
    struct known *known; /* that have the name, and were there or were told */
    size_t count;
    struct young young[YOUNG_MAX];
    unsigned young_count;
    uint32_t last;                  /* number that was given */
    uint64_t looked_ns, scanned_ns; /* when that began: last time, and at all processes */
};

static size_t read_text(const char *path, char *text, size_t capacity)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, text, capacity - 1);

    if (file >= 0)
        close(file);
    text[length > 0 ? length : 0] = '\0';
    return length > 0 ? (size_t)length : 0;
}

static uint32_t last_number(void)
{
    char text[128];
    const char *blank;

    read_text("/proc/loadavg", text, sizeof text);
    blank = strrchr(text, ' ');
    return blank != NULL ? (uint32_t)strtoul(blank + 1, NULL, 10) : 0;
}

/* The name of its image's file, or what the kernel calls it (by which it was asked for, 15 bytes).
 */
static bool has_name(const char *glob, uint32_t pid, char *name)
{
    char path[64], text[4096];
    ssize_t length;

    snprintf(path, sizeof path, "/proc/%u/exe", (unsigned)pid);
    length = readlink(path, text, sizeof text - 1);
    text[length > 0 ? length : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    snprintf(name, NAME_BYTES, "%.255s", text_base_name(text));
    if (length > 0 && text_glob(glob, name, false))
        return true;
    snprintf(path, sizeof path, "/proc/%u/comm", (unsigned)pid);
    read_text(path, text, sizeof text);
    text[strcspn(text, "\n")] = '\0';
    if (*text == '\0' || !text_glob(glob, text, false))
        return false;
    snprintf(name, NAME_BYTES, "%.255s", text);
    return true;
}

/* 0: it is a thread of another process, or has ended. */
static uint64_t start_of(uint32_t pid)
{
    char path[64], text[4096];
    const char *at;

    snprintf(path, sizeof path, "/proc/%u/status", (unsigned)pid);
    read_text(path, text, sizeof text);
    at = strstr(text, "\nTgid:");
    if (at == NULL || strtoul(at + 6, NULL, 10) != pid)
        return 0;
    snprintf(path, sizeof path, "/proc/%u/stat", (unsigned)pid);
    read_text(path, text, sizeof text);
    at = strrchr(text, ')'); /* the end of field 2, which may have any bytes */
    for (int field = 3; at != NULL && field <= TICKS_FIELD; field++)
        at = strchr(at + 1, ' ');
    return at != NULL ? strtoull(at, NULL, 10) : 0;
}

static bool is_known(const struct os_newcomers *newcomers, uint32_t pid, uint64_t started)
{
    for (size_t i = 0; i < newcomers->count; i++)
        if (newcomers->known[i].pid == pid && newcomers->known[i].started == started)
            return true;
    return false;
}

/* Whether it has the name and was not known for that; then it is from now on. */
static bool is_newcomer(struct os_newcomers *newcomers, uint32_t pid, char *name)
{
    uint64_t started = has_name(newcomers->name, pid, name) ? start_of(pid) : 0;
    struct known *known;

    if (started == 0 || is_known(newcomers, pid, started))
        return false;
    known = array_with_room(newcomers->known, newcomers->count, sizeof *known);
    if (known == NULL)
        return false;
    newcomers->known = known;
    known[newcomers->count++] = (struct known){pid, started};
    return true;
}

/* The first newcomer among all processes. */
static bool scan(struct os_newcomers *newcomers, struct os_newcomer *found, bool just_notes)
{
    DIR *folder = opendir("/proc");
    struct dirent *entry;
    bool is_there = false;

    while (folder != NULL && !is_there && (entry = readdir(folder)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        found->pid = (uint32_t)strtoul(entry->d_name, NULL, 10);
        is_there = is_newcomer(newcomers, found->pid, found->name) && !just_notes;
    }
    if (folder != NULL)
        closedir(folder);
    return is_there;
}

struct os_newcomers *os_newcomers_new(const char *name, struct trail_error *error)
{
    struct os_newcomers *newcomers = calloc(1, sizeof *newcomers);
    struct os_newcomer ignored;

    if (newcomers == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    newcomers->name = name;
    newcomers->last = last_number();
    newcomers->looked_ns = newcomers->scanned_ns = os_monotonic_ns();
    scan(newcomers, &ignored, true);
    return newcomers;
}

/*
 * Numbers are given in turn; where they begin anew, or there are more than one can watch, the next
 * scan sees who has come.
 */
static void note_young(struct os_newcomers *newcomers, uint64_t now_ns)
{
    uint32_t last = last_number();
    unsigned kept = 0;

    for (unsigned i = 0; i < newcomers->young_count; i++)
        if (now_ns - newcomers->young[i].seen_ns < YOUNG_NS)
            newcomers->young[kept++] = newcomers->young[i];
    for (uint32_t pid = newcomers->last + 1; pid <= last && kept < YOUNG_MAX; pid++)
        newcomers->young[kept++] = (struct young){pid, now_ns};
    newcomers->young_count = kept;
    newcomers->last = last;
}

static bool look_at_young(struct os_newcomers *newcomers, struct os_newcomer *found)
{
    for (unsigned i = 0; i < newcomers->young_count; i++) {
        found->pid = newcomers->young[i].pid;
        if (is_newcomer(newcomers, found->pid, found->name))
            return true;
    }
    return false;
}

bool os_newcomers_look(struct os_newcomers *newcomers, struct os_newcomer *found)
{
    uint64_t now_ns = os_monotonic_ns(), before_ns = newcomers->looked_ns;
    bool is_there;

    note_young(newcomers, now_ns);
    newcomers->looked_ns = now_ns;
    is_there = look_at_young(newcomers, found);
    if (!is_there && now_ns - newcomers->scanned_ns >= SCAN_NS) {
        before_ns = newcomers->scanned_ns;
        newcomers->scanned_ns = now_ns;
        is_there = scan(newcomers, found, false);
    }
    found->age_ns = os_monotonic_ns() - before_ns;
    return is_there;
}

void os_newcomers_free(struct os_newcomers *newcomers)
{
    if (newcomers != NULL)
        free(newcomers->known);
    free(newcomers);
}
