/*
 * Runs itself twice as a child; with --follow the children are recorded too, each with its parent
 * and its own exit code.
 */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argument_count, char **arguments)
{
    int first, second;

    if (argument_count > 1)
        return atoi(arguments[1]);
    first = sample_run_self("3");
    second = sample_run_self("5");
    printf("the children returned %d and %d\n", first, second);
    return first + second;
}

// RECORD: -f
// EXPECT: CreateProcess via=launch pid=$parent
// EXPECT(linux): CreateProcess via=fork pid=$child parent_pid=$parent
// EXPECT(linux): CreateProcess via=exec pid=$child path=*children
// EXPECT(linux): LoadDll module=libc.so.6 pid=$child load_phase=startup
// EXPECT(windows): CreateProcess via=create pid=$child parent_pid=$parent path=*children.exe
// EXPECT(windows): LoadDll module=ntdll.dll pid=$child load_phase=startup
// EXPECT: ExitProcess pid=$child exit_code=3
// EXPECT(linux): CreateProcess via=exec pid=$other path=*children
// EXPECT(windows): CreateProcess via=create pid=$other parent_pid=$parent
// EXPECT: ExitProcess pid=$other exit_code=5
// EXPECT: ExitProcess pid=$parent exit_code=8
// EXPECT-COUNT: ExitProcess = 3
// EXPECT-EXIT: 8
