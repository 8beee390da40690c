/* Clocks, our command line and our end, for Windows. See os.h. */
#include "os.h"
#include "services/command_tail.h"
#include "services/wide.h"
#include "services/windows_api.h"

#include <stdio.h>
#include <wchar.h>

uint64_t os_monotonic_ns(void)
{
    LARGE_INTEGER ticks, per_second;

    QueryPerformanceFrequency(&per_second);
    QueryPerformanceCounter(&ticks);
    /* Whole seconds apart, since ticks * 10^9 overflows after 15 minutes of a 10 GHz counter. */
    return (uint64_t)(ticks.QuadPart / per_second.QuadPart) * 1000000000u +
           (uint64_t)(ticks.QuadPart % per_second.QuadPart) * 1000000000u /
               (uint64_t)per_second.QuadPart;
}

uint64_t os_utc_ns(void)
{
    static const uint64_t from_1601_to_1970 = 116444736000000000u; /* in units of 100 ns */
    void(WINAPI * get_time)(LPFILETIME) =
        /* Windows 8 */
        (void(WINAPI *)(LPFILETIME))windows_api_find(L"kernel32.dll",
                                                     "GetSystemTimePreciseAsFileTime");
    FILETIME time;

    if (get_time == NULL)
        get_time = GetSystemTimeAsFileTime;
    get_time(&time);
    return (((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime) - from_1601_to_1970) * 100;
}

/*
 * By the rules of the runtime that made argv, or `index` would count other arguments than it did.
 */
char *os_command_line_from(int end, char *const *arguments, int index)
{
#if defined(_MSC_VER) || defined(_UCRT)
    enum command_line_rules rules = COMMAND_LINE_UCRT;
#else
    enum command_line_rules rules = COMMAND_LINE_MSVCRT;
#endif
    const wchar_t *line = GetCommandLineW();
    size_t from = command_tail((const uint16_t *)line, (unsigned)index, rules),
           to = command_tail((const uint16_t *)line, (unsigned)end, rules);

    if (arguments[end] != NULL) /* what parts it from the next is not its own */
        while (to > from && (line[to - 1] == L' ' || line[to - 1] == L'\t'))
            to--;
    return wide_to_utf8(line + from, to - from);
}

void os_expect_standing(void)
{
    /* see os.h */
}

void os_stand_with_target(void)
{
    /* nothing wakes it when we end */
}

void os_exit_like(uint32_t exit_code, int signal)
{
    (void)signal; /* Windows has none: a crash is an exit code */
    fflush(NULL);
    ExitProcess(exit_code);
}
