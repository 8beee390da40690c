/* Attaching to a running process, and letting go. See platform.h. */
#include "windows_platform.h"

enum { QUEUED_MAX = 256, SETTLE_MS = 10 };

/*
 * With it an administrator may debug what belongs to others. It is there, but off; nothing is
 * launched that could inherit it. By ntdll, which every process has: with advapi32 and what that
 * loads, each recording would begin later (10 to 20 ms under Wine).
 */
static void enable_debug_privilege(void)
{
    enum { DEBUG_PRIVILEGE = 20 }; /* SE_DEBUG_PRIVILEGE of the WDK */
    LONG(NTAPI * adjust)
    (ULONG, BOOLEAN, BOOLEAN, BOOLEAN *) =
        (LONG(NTAPI *)(ULONG, BOOLEAN, BOOLEAN, BOOLEAN *))os_find_function(L"ntdll.dll",
                                                                            "RtlAdjustPrivilege");
    BOOLEAN was_enabled;

    if (adjust != NULL)
        adjust(DEBUG_PRIVILEGE, TRUE, FALSE, &was_enabled);
}

static int no_such_process(struct trail_error *error, uint32_t pid)
{
    return error_set(error, TRAIL_FAILED, ERROR_INVALID_PARAMETER,
                     "there is no process %u; see the task manager or 'tasklist'", (unsigned)pid);
}

/*
 * What attaching would not say: a process that has ended but that somebody has a handle of is
 * "access denied", one that has a debugger "invalid parameter", and of a number only all but the
 * low two bits count, so that another process may be meant by it.
 */
static int check_process(uint32_t pid, struct trail_error *error)
{
    HANDLE process = OpenProcess(PROCESS_QUERY_INFORMATION | SYNCHRONIZE, FALSE, pid);
    BOOL has_debugger = FALSE;
    int result = 0;

    if (pid == GetCurrentProcessId())
        result =
            error_set(error, TRAIL_FAILED, 0, "process %u is this trailrec itself", (unsigned)pid);
    else if (process == NULL)
        result = GetLastError() == ERROR_INVALID_PARAMETER ? no_such_process(error, pid) : 0;
    else if (GetProcessId(process) != pid || WaitForSingleObject(process, 0) == WAIT_OBJECT_0)
        result = no_such_process(error, pid);
    else if (CheckRemoteDebuggerPresent(process, &has_debugger) && has_debugger)
        result = error_set(
            error, TRAIL_FAILED, 0,
            "process %u has a debugger already, and Windows allows only one; end that one first",
            (unsigned)pid);
    if (process != NULL)
        CloseHandle(process);
    return result;
}

static int attach_error(struct trail_error *error, uint32_t pid, DWORD os_code)
{
    if (os_code == ERROR_INVALID_PARAMETER)
        return no_such_process(error, pid);
    if (os_code == ERROR_ACCESS_DENIED)
        return error_set(error, TRAIL_FAILED, (long)os_code,
                         "not allowed to debug process %u; it belongs to somebody else or to the "
                         "system (try as administrator)",
                         (unsigned)pid);
    if (os_code == ERROR_NOT_SUPPORTED)
        return error_set(error, TRAIL_FAILED, (long)os_code,
                         "process %u is made for another kind of machine than this trailrec; use "
                         "the trailrec made for the system's own",
                         (unsigned)pid);
    return error_set(error, TRAIL_FAILED, (long)os_code, "cannot debug process %u (error %lu)",
                     (unsigned)pid, os_code);
}

/*
 * Whether the children of a debuggee are debugged too is a flag of the process, which attaching
 * leaves as it was; *before gets what it was. False if it could not be set.
 */
static bool set_following(uint32_t pid, bool follow, bool *before)
{
    enum { PROCESS_DEBUG_FLAGS = 0x1F, PROCESS_DEBUG_INHERIT = 1 };
    LONG(WINAPI * query)
    (HANDLE, ULONG, PVOID, ULONG, PULONG) =
        (LONG(WINAPI *)(HANDLE, ULONG, PVOID, ULONG, PULONG))os_find_function(
            L"ntdll.dll", "NtQueryInformationProcess");
    LONG(WINAPI * set)
    (HANDLE, ULONG, PVOID, ULONG) = (LONG(WINAPI *)(HANDLE, ULONG, PVOID, ULONG))os_find_function(
        L"ntdll.dll", "NtSetInformationProcess");
    HANDLE process = OpenProcess(PROCESS_SET_INFORMATION | PROCESS_QUERY_INFORMATION, FALSE, pid);
    ULONG flags = follow ? PROCESS_DEBUG_INHERIT : 0, old = flags;
    bool done = false;

    if (process != NULL && query != NULL && set != NULL) {
        query(process, PROCESS_DEBUG_FLAGS, &old, sizeof old, NULL);
        done = set(process, PROCESS_DEBUG_FLAGS, &flags, sizeof flags) >= 0;
    }
    if (process != NULL)
        CloseHandle(process);
    *before = (old & PROCESS_DEBUG_INHERIT) != 0;
    return done;
}

/*
 * DebugActiveProcess without its last step, which puts a thread into the process only to stop it
 * once (WinDbg's -pb leaves that out too). Nobody needs that stop: what is there already is queued
 * without it. But the thread would run code of every module, perhaps wait for the loader lock, and
 * be a change in what is watched. And under Wine the making of it waits, with no limit, for a
 * thread of the process that stands still by then: if that happens while another one is inside
 * CreateProcess, which is a fork there, with the C library's locks, for ever. Returns an error code
 * of the system, 0 if it is attached to.
 */
static DWORD debug_process(uint32_t pid)
{
    LONG(WINAPI * connect)
    (void) = (LONG(WINAPI *)(void))os_find_function(L"ntdll.dll", "DbgUiConnectToDbg");
    HANDLE(WINAPI * debug_object)
    (void) = (HANDLE(WINAPI *)(void))os_find_function(L"ntdll.dll", "DbgUiGetThreadDebugObject");
    LONG(WINAPI * debug)
    (HANDLE, HANDLE) =
        (LONG(WINAPI *)(HANDLE, HANDLE))os_find_function(L"ntdll.dll", "NtDebugActiveProcess");
    ULONG(WINAPI * error_of)
    (LONG) = (ULONG(WINAPI *)(LONG))os_find_function(L"ntdll.dll", "RtlNtStatusToDosError");
    HANDLE process;
    LONG status;

    if (connect == NULL || debug_object == NULL || debug == NULL || error_of == NULL)
        return ERROR_PROC_NOT_FOUND;
    process = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_SUSPEND_RESUME | PROCESS_VM_READ |
                              PROCESS_VM_WRITE,
                          FALSE, pid);
    if (process == NULL)
        return GetLastError();
    status = connect(); /* the thread's debug object, for which WaitForDebugEvent looks */
    if (status >= 0)
        status = debug(process, debug_object());
    CloseHandle(process);
    return status >= 0 ? 0 : error_of(status);
}

int platform_attach(struct platform *platform, uint32_t pid, bool follow, int timeout_ms,
                    struct trail_error *error)
{
    struct debuggee *debuggee;
    DWORD os_code;

    (void)timeout_ms; /* the request is never waited for: it is the first event that comes later */
    if (platform_debuggee(platform, pid) != NULL)
        return error_set(error, TRAIL_FAILED, 0, "process %u is given twice", (unsigned)pid);
    if (platform_reserve_debuggee(platform) < 0)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    enable_debug_privilege();
    if (check_process(pid, error) < 0)
        return -1;
    os_code = debug_process(pid);
    if (os_code != 0)
        return attach_error(error, pid, os_code);
    /* it was not ours to begin with, so it outlives us whatever happens */
    DebugSetProcessKillOnExit(FALSE);
    debuggee = platform_add_debuggee(platform, pid);
    debuggee->attached = debuggee->replaying = true;
    /* Wine 8; without -f nothing is lost */
    if (!set_following(pid, follow, &debuggee->followed_before) && follow)
        return error_set(error, TRAIL_FAILED, 0,
                         "this system cannot follow the children of a process that runs already; "
                         "leave out -f, or have trailrec launch it with -f");
    console_claim();
    return 0;
}

/* Stops or starts all threads of each debuggee, as the debug interface does for an event. */
static void hold_all(struct platform *platform, const char *function)
{
    LONG(WINAPI * hold)(HANDLE) = (LONG(WINAPI *)(HANDLE))os_find_function(L"ntdll.dll", function);

    for (unsigned i = 0; hold != NULL && i < platform->debuggee_count; i++) {
        HANDLE process = OpenProcess(PROCESS_SUSPEND_RESUME, FALSE, platform->debuggees[i].pid);
        if (process == NULL)
            continue;
        hold(process);
        CloseHandle(process);
    }
}

static void answer_queued(struct platform *platform)
{
    struct trail_error error;

    InterlockedExchange(&platform->interrupted, 0);
    for (unsigned i = 0; i < QUEUED_MAX; i++) {
        if (platform_wait(platform, SETTLE_MS, &platform->unrecorded, &error) != PLATFORM_EVENT)
            return;
        platform_discard(&platform->unrecorded);
        platform_resume(platform);
    }
}

static void stop_debugging(struct platform *platform)
{
    DebugSetProcessKillOnExit(FALSE);
    for (unsigned i = 0; i < platform->debuggee_count; i++) {
        const struct debuggee *debuggee = &platform->debuggees[i];
        bool followed;
        if (debuggee->attached)
            set_following(debuggee->pid, debuggee->followed_before, &followed);
        DebugActiveProcessStop(debuggee->pid);
    }
}

/*
 * Windows takes an exception that is in the queue as not handled then. Wine takes it as handled,
 * and the program's own handler would never see it: there the queue is emptied first, with the
 * threads held so that it stays empty. What is to stand still is held from here on, before the
 * event that it stands at is answered.
 */
void platform_detach(struct platform *platform, enum platform_detach how)
{
    bool is_wine = os_find_function(L"ntdll.dll", "wine_get_version") != NULL,
         stands = how == PLATFORM_STAND_STILL;

    if (stands || is_wine)
        hold_all(platform, "NtSuspendProcess");
    platform_resume(platform);
    if (is_wine)
        answer_queued(platform);
    stop_debugging(platform);
    if (is_wine && !stands)
        hold_all(platform, "NtResumeProcess");
    platform->standing_count = stands ? platform->debuggee_count : 0;
    platform->debuggee_count = 0;
}
