/*
 * Starts a child in a console of its own and ends first. Under Wine a program that owns the console
 * belongs to it; the recording lasts until the child has ended too.
 */
#include "sample.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>

static int outlive(DWORD pid)
{
    HANDLE parent = OpenProcess(SYNCHRONIZE, FALSE, pid);

    if (parent != NULL) /* else it is gone already */
        WaitForSingleObject(parent, INFINITE);
    OutputDebugStringA("the parent is gone");
    return 4;
}

int main(int argument_count, char **arguments)
{
    char pid[16];

    if (argument_count > 1)
        return outlive(strtoul(arguments[1], NULL, 10));
    snprintf(pid, sizeof pid, "%lu", GetCurrentProcessId());
    sample_start_self(pid, CREATE_NEW_CONSOLE);
    return 2;
}

// RECORD: -f
// EXPECT: CreateProcess via=launch pid=main
// EXPECT: CreateProcess via=create parent_pid=main pid=$child path=*child_in_new_console.exe command_line="*child_in_new_console.exe? *"
// EXPECT: ExitProcess pid=main exit_code=2
// EXPECT: OutputDebugString pid=$child text="the parent is gone"
// EXPECT: ExitProcess pid=$child exit_code=4
// EXPECT-EXIT: 2
