/* The life of a recording: the table of debuggees, attaching, detaching, killing. See platform.h. */
#include "windows_platform.h"

#include <stdlib.h>

/*
 * WaitForDebugEventEx passes UTF-16 debug strings on as they are, but Windows before 10 and Wine 8 lack it, and an import that is
 * missing aborts the program. So look it up, and never in an api-set DLL, which exists where the function does not.
 */
static void choose_wait_function(struct platform *platform)
{
    any_function function = os_find_function(L"kernelbase.dll", "WaitForDebugEventEx");

    if (function == NULL)
        function = os_find_function(L"kernel32.dll", "WaitForDebugEventEx");
    platform->wait_name = function != NULL ? "WaitForDebugEventEx" : "WaitForDebugEvent";
    platform->wait_for_event = function != NULL ? (BOOL(WINAPI *)(LPDEBUG_EVENT, DWORD))function : WaitForDebugEvent;
}

struct platform *platform_new(struct trail_error *error)
{
    struct platform *platform = calloc(1, sizeof *platform);

    if (platform == NULL || platform_reserve_debuggee(platform) < 0) {
        platform_free(platform);
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    choose_wait_function(platform);
    thread_name_prepare(platform);
    return platform;
}

void platform_free(struct platform *platform)
{
    if (platform == NULL)
        return;
    if (platform->launched != NULL)
        CloseHandle(platform->launched);
    free(platform->command_line);
    free(platform->debuggees);
    free(platform);
}

struct debuggee *platform_debuggee(struct platform *platform, uint32_t pid)
{
    for (unsigned i = 0; i < platform->debuggee_count; i++)
        if (platform->debuggees[i].pid == pid)
            return &platform->debuggees[i];
    return NULL;
}

bool platform_is_launched(const struct platform *platform, const struct debuggee *debuggee)
{
    return debuggee->pid == platform->launched_pid && platform->launched != NULL && !platform->exit.ended && !debuggee->attached;
}

int platform_reserve_debuggee(struct platform *platform)
{
    unsigned capacity = platform->debuggee_capacity == 0 ? 64 : platform->debuggee_capacity * 2;
    struct debuggee *debuggees;

    if (platform->debuggee_count + 2 <= platform->debuggee_capacity)
        return 0;
    debuggees = realloc(platform->debuggees, capacity * sizeof *debuggees);
    if (debuggees == NULL)
        return -1;
    platform->debuggees = debuggees;
    platform->debuggee_capacity = capacity;
    return 0;
}

struct debuggee *platform_add_debuggee(struct platform *platform, uint32_t pid)
{
    struct debuggee *debuggee = &platform->debuggees[platform->debuggee_count++];

    *debuggee = (struct debuggee){.pid = pid};
    return debuggee;
}

void platform_remove_debuggee(struct platform *platform, uint32_t pid)
{
    struct debuggee *debuggee = platform_debuggee(platform, pid);

    if (debuggee != NULL)
        *debuggee = platform->debuggees[--platform->debuggee_count];
}

static int attach_error(struct trail_error *error, uint32_t pid, DWORD os_code)
{
    if (os_code == ERROR_INVALID_PARAMETER)
        return error_set(error, TRAIL_NOT_FOUND, (long)os_code, "no process has the number %u", (unsigned)pid);
    if (os_code == ERROR_ACCESS_DENIED)
        return error_set(error, TRAIL_FAILED, (long)os_code,
                         "not allowed to debug process %u; it may have just ended, have a debugger already, or belong to "
                         "somebody else (try as administrator)", (unsigned)pid);
    if (os_code == ERROR_NOT_SUPPORTED)
        return error_set(error, TRAIL_FAILED, (long)os_code,
                         "process %u is a 64-bit program and this trailrec a 32-bit one; use the 64-bit trailrec", (unsigned)pid);
    return error_set(error, TRAIL_FAILED, (long)os_code, "cannot debug process %u (error %lu)", (unsigned)pid, os_code);
}

/*
 * Whether a debuggee's children are debugged too is a flag of the process that DebugActiveProcess leaves as it was. Failure is no
 * error: not following is then what the system does anyway.
 */
static void set_following(uint32_t pid, bool follow)
{
    enum { PROCESS_DEBUG_FLAGS = 0x1F, PROCESS_DEBUG_INHERIT = 1 };
    LONG(WINAPI *set_information)(HANDLE, ULONG, PVOID, ULONG) =
        (LONG(WINAPI *)(HANDLE, ULONG, PVOID, ULONG))os_find_function(L"ntdll.dll", "NtSetInformationProcess");
    HANDLE process = OpenProcess(PROCESS_SET_INFORMATION, FALSE, pid);
    ULONG flags = follow ? PROCESS_DEBUG_INHERIT : 0;

    if (process == NULL)
        return;
    if (set_information != NULL)
        set_information(process, PROCESS_DEBUG_FLAGS, &flags, sizeof flags);
    CloseHandle(process);
}

int platform_attach(struct platform *platform, uint32_t pid, bool follow, struct trail_error *error)
{
    struct debuggee *debuggee;

    if (platform_debuggee(platform, pid) != NULL)
        return error_set(error, TRAIL_FAILED, 0, "process %u is being recorded already", (unsigned)pid);
    if (platform_reserve_debuggee(platform) < 0)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    if (!DebugActiveProcess(pid))
        return attach_error(error, pid, GetLastError());
    DebugSetProcessKillOnExit(FALSE); /* it was not ours to begin with, so it outlives us whatever happens */
    set_following(pid, follow);
    debuggee = platform_add_debuggee(platform, pid);
    debuggee->attached = debuggee->replaying = true;
    console_claim();
    return 0;
}

void platform_detach(struct platform *platform)
{
    DebugSetProcessKillOnExit(FALSE);
    for (unsigned i = 0; i < platform->debuggee_count; i++)
        DebugActiveProcessStop(platform->debuggees[i].pid);
    platform->debuggee_count = 0;
}

void platform_kill(struct platform *platform)
{
    for (unsigned i = 0; i < platform->debuggee_count; i++) {
        const struct debuggee *debuggee = &platform->debuggees[i];
        if (platform_is_launched(platform, debuggee))
            TerminateProcess(platform->launched, 1);
        else if (debuggee->process != NULL)
            TerminateProcess(debuggee->process, 1);
    }
}

void platform_interrupt(struct platform *platform)
{
    InterlockedExchange(&platform->interrupted, 1);
}

void platform_facts(const struct platform *platform, struct platform_facts *facts)
{
    facts->wait_function = platform->wait_name;
    facts->load_detection = "debug events";
}

void platform_exit_of_launched(const struct platform *platform, struct platform_exit *exit)
{
    *exit = platform->exit;
}
