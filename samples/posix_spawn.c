/*
 * posix_spawn, as system() and most shells start children today: a clone that shares memory, then
 * an exec.
 */
#define _POSIX_C_SOURCE 200809L
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>

extern char **environ;

int main(int argument_count, char **arguments)
{
    char name[] = "posix_spawn", argument[] = "child", *child_arguments[] = {name, argument, NULL};
    int status;
    pid_t child;

    (void)arguments;
    if (argument_count > 1)
        return 13;
    if (posix_spawn(&child, "/proc/self/exe", NULL, NULL, child_arguments, environ) != 0 ||
        waitpid(child, &status, 0) != child)
        return 99;
    printf("the child returned %d\n", WEXITSTATUS(status));
    return 0;
}

// RECORD: -f
// EXPECT: CreateProcess via=fork pid=$child parent_pid=main
// EXPECT: CreateProcess via=exec pid=$child command_line="posix_spawn child"
// EXPECT: ExitProcess pid=$child exit_code=13
// EXPECT: ExitProcess pid=main exit_code=0
// EXPECT-EXIT: 0
