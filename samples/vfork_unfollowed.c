/*
 * A vfork child that nobody follows: it goes free after the exec, and the parent is observed as
 * before.
 */
#define _DEFAULT_SOURCE
#include "sample.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argument_count, char **arguments)
{
    int status;
    pid_t child;

    (void)arguments;
    if (argument_count > 1)
        return 12;
    child = vfork();
    if (child < 0)
        return 99;
    if (child == 0) {
        execl("/proc/self/exe", "vfork_unfollowed", "child", (char *)NULL);
        _exit(99);
    }
    if (waitpid(child, &status, 0) != child)
        return 99;
    sample_unload(sample_load("sample_plugin"));
    printf("the child returned %d\n", WEXITSTATUS(status));
    return 0;
}

// EXPECT: LoadDll module=sample_plugin.so pid=main
// EXPECT: UnloadDll module=sample_plugin.so pid=main
// EXPECT-COUNT: CreateProcess = 1
// EXPECT-EXIT: 0
