/*
 * Its child ends it from outside and goes on a little longer: the recording lasts until the child
 * has ended too.
 */
#include "sample.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>

static int end_parent(DWORD pid)
{
    HANDLE parent = OpenProcess(PROCESS_TERMINATE | SYNCHRONIZE, FALSE, pid);

    if (parent == NULL || !TerminateProcess(parent, 55))
        sample_fail("TerminateProcess");
    WaitForSingleObject(parent, INFINITE);
    OutputDebugStringA("the child is left");
    return 3;
}

int main(int argument_count, char **arguments)
{
    char pid[16];

    if (argument_count > 1)
        return end_parent(strtoul(arguments[1], NULL, 10));
    snprintf(pid, sizeof pid, "%lu", GetCurrentProcessId());
    return sample_run_self(pid);
}

// RECORD: -f
// EXPECT: CreateProcess via=launch pid=main
// EXPECT: CreateProcess via=create parent_pid=main pid=$child
// EXPECT: ExitProcess pid=main exit_code=55
// EXPECT: OutputDebugString pid=$child text="the child is left"
// EXPECT: ExitProcess pid=$child exit_code=3
// EXPECT-EXIT: 55
