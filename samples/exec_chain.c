/*
 * Replaces itself by exec three times: one process all the way, whose modules end with each image,
 * and which keeps its pid.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argument_count, char **arguments)
{
    int round = argument_count > 1 ? atoi(arguments[1]) : 0;
    char next[16];

    printf("round %d\n", round);
    fflush(stdout);
    if (round == 3)
        return 4;
    snprintf(next, sizeof next, "%d", round + 1);
    execl("/proc/self/exe", "exec_chain", next, (char *)NULL);
    perror("execl");
    return 99;
}

// EXPECT: CreateProcess via=launch pid=main
// EXPECT: LoadDll module=libc.so.6 pid=main
// EXPECT: CreateProcess via=exec pid=main tid=main path=*exec_chain command_line="exec_chain 1"
// EXPECT: LoadDll module=libc.so.6 pid=main
// EXPECT: CreateProcess via=exec pid=main command_line="exec_chain 2"
// EXPECT: CreateProcess via=exec pid=main command_line="exec_chain 3"
// EXPECT: LoadDll module=libc.so.6 pid=main
// EXPECT-COUNT: CreateProcess = 4
// EXPECT-COUNT: ExitProcess = 1
// EXPECT-EXIT: 4
