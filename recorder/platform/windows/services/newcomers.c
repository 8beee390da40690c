/*
 * See os_newcomers.h. A process runs one program from its start to its end here, and says itself
 * when it was made, to those who may ask.
 */
#include "os_newcomers.h"
#include "services/wide.h"
#include "services/windows_api.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <tlhelp32.h>

struct os_newcomers {
    const char *name;
    ULONGLONG looked_ms; /* last time */
};

static uint64_t number_of(FILETIME time)
{
    return (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

static uint64_t time_made(uint32_t pid)
{
    HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid);
    FILETIME made = {0, 0}, ended, kernel, user;

    if (process != NULL && !GetProcessTimes(process, &made, &ended, &kernel, &user))
        made.dwLowDateTime = made.dwHighDateTime = 0;
    if (process != NULL)
        CloseHandle(process);
    return number_of(made);
}

static bool has_name(const char *glob, const wchar_t *file, char *name, size_t capacity)
{
    char *text = wide_to_utf8(file, wcslen(file));
    bool has = text != NULL && text_glob(glob, text, true);

    if (has)
        wide_copy_utf8(name, capacity, text);
    free(text);
    return has;
}

/* How long ago it was made, or, if it does not tell, when it was not there yet. */
static uint64_t age_ns(uint64_t made, ULONGLONG looked_ms)
{
    FILETIME now;

    if (made == 0)
        return (GetTickCount64() - looked_ms) * 1000000;
    GetSystemTimeAsFileTime(&now);
    return number_of(now) > made ? (number_of(now) - made) * 100 : 0;
}

static bool tell(const struct os_newcomers *newcomers, const PROCESSENTRY32W *entry,
                 os_newcomers_tell tell_one, void *context)
{
    struct os_newcomer newcomer = {.pid = entry->th32ProcessID};

    if (!has_name(newcomers->name, entry->szExeFile, newcomer.name, sizeof newcomer.name))
        return false;
    newcomer.made = time_made(newcomer.pid);
    newcomer.age_ns = age_ns(newcomer.made, newcomers->looked_ms);
    return tell_one(context, &newcomer);
}

struct os_newcomers *os_newcomers_new(const char *name, struct trail_error *error)
{
    struct os_newcomers *newcomers = calloc(1, sizeof *newcomers);

    if (newcomers == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    newcomers->name = name;
    return newcomers;
}

bool os_newcomers_look(struct os_newcomers *newcomers, os_newcomers_tell tell_one, void *context)
{
    HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    PROCESSENTRY32W entry = {.dwSize = sizeof entry};
    ULONGLONG now_ms = GetTickCount64();
    bool is_over = false;

    if (snapshot == INVALID_HANDLE_VALUE)
        return false;
    for (BOOL more = Process32FirstW(snapshot, &entry); more && !is_over;
         more = Process32NextW(snapshot, &entry))
        is_over = tell(newcomers, &entry, tell_one, context);
    CloseHandle(snapshot);
    newcomers->looked_ms = now_ms;
    return is_over;
}

void os_newcomers_free(struct os_newcomers *newcomers)
{
    free(newcomers);
}
