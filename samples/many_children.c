/*
 * A hundred children one after the other: the system may give the numbers of those that ended to
 * new ones.
 */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>

enum { CHILDREN = 100 };

int main(int argument_count, char **arguments)
{
    char argument[16];
    int sum = 0;

    if (argument_count > 1)
        return atoi(arguments[1]) % 7;
    for (int i = 0; i < CHILDREN; i++) {
        snprintf(argument, sizeof argument, "%d", i);
        sum += sample_run_self(argument);
    }
    printf("sum %d\n", sum);
    return 0;
}

// RECORD: -f
// EXPECT(windows): CreateProcess via=create parent_pid=main command_line="*many_children.exe? 0"
// EXPECT(windows): CreateProcess via=create parent_pid=main pid=$last command_line="*many_children.exe? 99"
// EXPECT(windows): ExitProcess pid=$last exit_code=1
// EXPECT(windows): ExitProcess pid=main exit_code=0
// EXPECT-COUNT: ExitProcess = 101
// EXPECT-COUNT: ExitProcess exit_code=6 = 14
// EXPECT-EXIT: 0
