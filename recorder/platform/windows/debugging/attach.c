/* Attaching to a running process. See platform.h. */
#include "debuggees.h"
#include "debugging/following.h"
#include "services/console.h"

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
        (LONG(NTAPI *)(ULONG, BOOLEAN, BOOLEAN, BOOLEAN *))windows_api_find(L"ntdll.dll",
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
    (void) = (LONG(WINAPI *)(void))windows_api_find(L"ntdll.dll", "DbgUiConnectToDbg");
    HANDLE(WINAPI * debug_object)
    (void) = (HANDLE(WINAPI *)(void))windows_api_find(L"ntdll.dll", "DbgUiGetThreadDebugObject");
    LONG(WINAPI * debug)
    (HANDLE, HANDLE) =
        (LONG(WINAPI *)(HANDLE, HANDLE))windows_api_find(L"ntdll.dll", "NtDebugActiveProcess");
    ULONG(WINAPI * error_of)
    (LONG) = (ULONG(WINAPI *)(LONG))windows_api_find(L"ntdll.dll", "RtlNtStatusToDosError");
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
    if (debuggees_find(platform, pid) != NULL)
        return error_set(error, TRAIL_FAILED, 0, "process %u is given twice", (unsigned)pid);
    if (debuggees_reserve(platform) < 0)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    enable_debug_privilege();
    if (check_process(pid, error) < 0)
        return -1;
    os_code = debug_process(pid);
    if (os_code != 0)
        return attach_error(error, pid, os_code);
    /* it was not ours to begin with, so it outlives us whatever happens */
    DebugSetProcessKillOnExit(FALSE);
    debuggee = debuggees_add(platform, pid);
    debuggee->attached = debuggee->replaying = true;
    /* Wine 8; without -f nothing is lost */
    if (!following_set(pid, follow, &debuggee->followed_before) && follow)
        return error_set(error, TRAIL_FAILED, 0,
                         "this system cannot follow the children of a process that runs already; "
                         "leave out -f, or have trailrec launch it with -f");
    console_claim();
    return 0;
}
