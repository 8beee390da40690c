/*
 * See os_newcomers.h. /proc/loadavg tells the last number that was given to a process or thread, so
 * that a look without a new one reads one file. New ones are read at each look, since most begin as
 * a copy of their parent and run their own program a moment later; all others once in a while.
 */
#define _GNU_SOURCE
#include "os_newcomers.h"

#include "os.h"
#include "proc.h"
#include "text.h"

#include <ctype.h>
#include <dirent.h>
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

struct os_newcomers {
    const char *name;
    struct young young[YOUNG_MAX];
    unsigned young_count;
    uint32_t last;                  /* number that was given */
    uint64_t looked_ns, scanned_ns; /* when that began: last time, and at all processes; 0: never */
};

/* As text. */
static void read_text(pid_t pid, const char *name, char *text, size_t capacity)
{
    text[proc_read(pid, name, text, capacity - 1)] = '\0';
}

static uint32_t last_number(void)
{
    unsigned long last = 0;
    FILE *file = fopen("/proc/loadavg", "re");

    if (file != NULL && fscanf(file, "%*s %*s %*s %*s %lu", &last) != 1)
        last = 0;
    if (file != NULL)
        fclose(file);
    return (uint32_t)last;
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
    read_text((pid_t)pid, "comm", text, sizeof text);
    text[strcspn(text, "\n")] = '\0';
    if (*text == '\0' || !text_glob(glob, text, false))
        return false;
    snprintf(name, NAME_BYTES, "%.255s", text);
    return true;
}

/* 0: it is a thread of another process, or has ended. In ticks since the machine started. */
static uint64_t start_of(uint32_t pid)
{
    char text[4096];
    const char *at;

    if (proc_status_number((pid_t)pid, "Tgid:") != (long)pid)
        return 0;
    read_text((pid_t)pid, "stat", text, sizeof text);
    at = strrchr(text, ')'); /* the end of field 2, which may have any bytes */
    for (int field = 3; at != NULL && field <= TICKS_FIELD; field++)
        at = strchr(at + 1, ' ');
    return at != NULL ? strtoull(at, NULL, 10) : 0;
}

/* What is told, to whom; seen_ns: when it was not there yet, or had another name. */
struct telling {
    const char *name;
    uint64_t seen_ns;
    os_newcomers_tell tell;
    void *context;
};

static bool tell(const struct telling *telling, uint32_t pid)
{
    struct os_newcomer newcomer = {.pid = pid};

    if (!has_name(telling->name, pid, newcomer.name) || (newcomer.made = start_of(pid)) == 0)
        return false;
    newcomer.age_ns = os_monotonic_ns() - telling->seen_ns;
    return telling->tell(telling->context, &newcomer);
}

static bool scan(const struct telling *telling)
{
    DIR *folder = opendir("/proc");
    struct dirent *entry;
    bool is_over = false;

    while (folder != NULL && !is_over && (entry = readdir(folder)) != NULL)
        if (isdigit((unsigned char)entry->d_name[0]))
            is_over = tell(telling, (uint32_t)strtoul(entry->d_name, NULL, 10));
    if (folder != NULL)
        closedir(folder);
    return is_over;
}

struct os_newcomers *os_newcomers_new(const char *name, struct trail_error *error)
{
    struct os_newcomers *newcomers = calloc(1, sizeof *newcomers);

    if (newcomers == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    newcomers->name = name;
    newcomers->last = last_number();
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

bool os_newcomers_look(struct os_newcomers *newcomers, os_newcomers_tell tell_one, void *context)
{
    uint64_t now_ns = os_monotonic_ns();
    struct telling telling = {newcomers->name, newcomers->looked_ns, tell_one, context};

    note_young(newcomers, now_ns);
    newcomers->looked_ns = now_ns;
    for (unsigned i = 0; i < newcomers->young_count; i++)
        if (tell(&telling, newcomers->young[i].pid))
            return true;
    if (newcomers->scanned_ns != 0 && now_ns - newcomers->scanned_ns < SCAN_NS)
        return false;
    telling.seen_ns = newcomers->scanned_ns;
    newcomers->scanned_ns = now_ns;
    return scan(&telling);
}

void os_newcomers_free(struct os_newcomers *newcomers)
{
    free(newcomers);
}
