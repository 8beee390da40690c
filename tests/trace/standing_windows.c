/*
 * Looks at a process that should stand still, or resumes it as the Resource Monitor does.
 *
 *     standing_windows look|resume PID
 *
 * `look` prints whether a debugger is there. The exit status is 1 if there is no such process.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argument_count, char **arguments)
{
    DWORD pid = argument_count == 3 ? (DWORD)strtoul(arguments[2], NULL, 10) : 0;
    HANDLE process =
        OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_SUSPEND_RESUME | SYNCHRONIZE, FALSE, pid);
    FARPROC found = GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtResumeProcess");
    LONG(WINAPI * resume)(HANDLE);
    BOOL debugged = FALSE;

    if (process == NULL || WaitForSingleObject(process, 0) == WAIT_OBJECT_0)
        return 1;
    memcpy(&resume, &found, sizeof found);
    if (strcmp(arguments[1], "resume") == 0)
        return resume(process) >= 0 ? 0 : 2;
    if (!CheckRemoteDebuggerPresent(process, &debugged))
        return 2;
    puts(debugged ? "a debugger" : "no debugger");
    return 0;
}
