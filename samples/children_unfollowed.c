/*
 * Runs itself as a child that loads a library; without --follow the child runs free and unharmed,
 * and nothing of it is recorded.
 */
#include "sample.h"

#include <stdio.h>

int main(int argument_count, char **arguments)
{
    int result;

    (void)arguments;
    if (argument_count > 1)
        return sample_call(sample_load("sample_plugin"), "plugin_answer");
    result = sample_run_self("child");
    printf("the child returned %d\n", result);
    return result == 42 ? 0 : 1;
}

// EXPECT: CreateProcess via=launch
// EXPECT: ExitProcess pid=main exit_code=0
// EXPECT-COUNT: CreateProcess = 1
// EXPECT-COUNT: ExitProcess = 1
// EXPECT-NONE: LoadDll module=sample_plugin.*
// EXPECT-EXIT: 0
