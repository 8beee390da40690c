/* Clocks, one thread, one wake-up, facts and the console, for Windows. See os.h. */
#include "windows_os.h"

#include "command_tail.h"
#include "os.h"

#include <process.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

any_function os_find_function(const wchar_t *dll, const char *name)
{
    HMODULE module = GetModuleHandleW(dll);

    return module != NULL ? (any_function)GetProcAddress(module, name) : NULL;
}

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
        (void(WINAPI *)(LPFILETIME))os_find_function(L"kernel32.dll",
                                                     "GetSystemTimePreciseAsFileTime");
    FILETIME time;

    if (get_time == NULL)
        get_time = GetSystemTimeAsFileTime;
    get_time(&time);
    return (((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime) - from_1601_to_1970) * 100;
}

struct os_thread {
    HANDLE handle;
    void (*run)(void *);
    void *argument;
};

static unsigned __stdcall run_thread(void *context)
{
    struct os_thread *thread = context;

    thread->run(thread->argument);
    return 0;
}

struct os_thread *os_thread_start(void (*run)(void *), void *argument, struct trail_error *error)
{
    struct os_thread *thread = malloc(sizeof *thread);

    if (thread == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    *thread = (struct os_thread){.run = run, .argument = argument};
    thread->handle = (HANDLE)_beginthreadex(NULL, 0, run_thread, thread, 0, NULL);
    if (thread->handle == NULL) {
        error_set(error, TRAIL_FAILED, (long)GetLastError(), "cannot start a thread (error %lu)",
                  GetLastError());
        free(thread);
        return NULL;
    }
    return thread;
}

void os_thread_join(struct os_thread *thread)
{
    if (thread == NULL)
        return;
    WaitForSingleObject(thread->handle, INFINITE);
    CloseHandle(thread->handle);
    free(thread);
}

/* An os_lock is a slim lock; the struct is never defined. */
struct os_lock *os_lock_new(struct trail_error *error)
{
    SRWLOCK *lock = malloc(sizeof *lock);

    if (lock == NULL)
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    else
        InitializeSRWLock(lock);
    return (struct os_lock *)lock;
}

void os_lock_free(struct os_lock *lock)
{
    free(lock);
}

void os_lock_take(struct os_lock *lock)
{
    AcquireSRWLockExclusive((SRWLOCK *)lock);
}

bool os_lock_try(struct os_lock *lock)
{
    return TryAcquireSRWLockExclusive((SRWLOCK *)lock);
}

void os_lock_release(struct os_lock *lock)
{
    ReleaseSRWLockExclusive((SRWLOCK *)lock);
}

/*
 * Not an event object: to set one is a call of the system each time (under Wine: of a server, which
 * the target needs too).
 */
struct os_wake {
    SRWLOCK lock;
    CONDITION_VARIABLE changed;
    bool is_set;
};

struct os_wake *os_wake_new(struct trail_error *error)
{
    struct os_wake *wake = malloc(sizeof *wake);

    if (wake == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    InitializeSRWLock(&wake->lock);
    InitializeConditionVariable(&wake->changed);
    wake->is_set = false;
    return wake;
}

void os_wake_free(struct os_wake *wake)
{
    free(wake);
}

void os_wake_set(struct os_wake *wake)
{
    AcquireSRWLockExclusive(&wake->lock);
    wake->is_set = true;
    ReleaseSRWLockExclusive(&wake->lock);
    WakeConditionVariable(&wake->changed);
}

void os_wake_wait(struct os_wake *wake, unsigned timeout_ms)
{
    AcquireSRWLockExclusive(&wake->lock);
    if (!wake->is_set)
        SleepConditionVariableSRW(&wake->changed, &wake->lock, timeout_ms, 0);
    wake->is_set = false;
    ReleaseSRWLockExclusive(&wake->lock);
}

/*
 * GetVersionEx tells a program without a manifest that it runs on Windows 8; RtlGetVersion tells
 * the truth.
 */
static void describe_version(char *out, size_t capacity)
{
    LONG(WINAPI * get_version)
    (OSVERSIONINFOW *) =
        (LONG(WINAPI *)(OSVERSIONINFOW *))os_find_function(L"ntdll.dll", "RtlGetVersion");
    OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};

    if (get_version == NULL || get_version(&version) < 0)
        snprintf(out, capacity, "Windows");
    else
        snprintf(out, capacity, "Windows %lu.%lu.%lu", version.dwMajorVersion,
                 version.dwMinorVersion, version.dwBuildNumber);
}

static const char *architecture(void)
{
    enum { ARCHITECTURE_ARM64 = 12 };
    SYSTEM_INFO info;

    GetNativeSystemInfo(&info);
    switch (info.wProcessorArchitecture) {
    case PROCESSOR_ARCHITECTURE_AMD64:
        return "x86_64";
    case PROCESSOR_ARCHITECTURE_INTEL:
        return "i686";
    case ARCHITECTURE_ARM64:
        return "aarch64";
    default:
        return "";
    }
}

static void describe_host(char *out, size_t capacity)
{
    wchar_t name[256];
    DWORD length = 256;
    char *text;

    out[0] = '\0';
    if (!GetComputerNameExW(ComputerNamePhysicalDnsHostname, name, &length))
        return;
    text = wide_to_utf8(name, length);
    if (text != NULL)
        wide_copy_utf8(out, capacity, text);
    free(text);
}

void os_facts(struct os_facts *facts)
{
    const char *(*wine_get_version)(void) =
        (const char *(*)(void))os_find_function(L"ntdll.dll", "wine_get_version");

    memset(facts, 0, sizeof *facts);
    describe_version(facts->os, sizeof facts->os);
    wide_copy_utf8(facts->arch, sizeof facts->arch, architecture());
    describe_host(facts->host, sizeof facts->host);
    if (wine_get_version != NULL)
        wide_copy_utf8(facts->wine, sizeof facts->wine, wine_get_version());
}

void os_current_directory(char *out, unsigned capacity)
{
    DWORD size = GetCurrentDirectoryW(0, NULL), length;
    wchar_t *wide = calloc((size_t)size + 1, sizeof *wide);
    char *text = NULL;

    out[0] = '\0';
    if (wide == NULL)
        return;
    length = GetCurrentDirectoryW(size, wide);
    if (length > 0 && length < size)
        text = wide_to_utf8(wide, length);
    if (text != NULL)
        wide_copy_utf8(out, capacity, text);
    free(text);
    free(wide);
}

/*
 * By the rules of the runtime that made argv, or `index` would count other arguments than it did.
 */
char *os_command_line_from(int argument_count, char *const *arguments, int index)
{
#if defined(_MSC_VER) || defined(_UCRT)
    enum command_line_rules rules = COMMAND_LINE_UCRT;
#else
    enum command_line_rules rules = COMMAND_LINE_MSVCRT;
#endif
    const wchar_t *line = GetCommandLineW(),
                  *tail = line + command_tail((const uint16_t *)line, (unsigned)index, rules);

    (void)argument_count;
    (void)arguments;
    return wide_to_utf8(tail, wcslen(tail));
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
