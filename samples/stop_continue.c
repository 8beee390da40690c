/*
 * Job control: a child stops itself with SIGSTOP, the parent sees that it stopped, continues it,
 * and takes its exit code. A recorder that gets in the way of group-stops would let the parent wait
 * for ever.
 */
#define _XOPEN_SOURCE 700
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int status, gate[2];
    char byte;
    pid_t child;

    if (pipe(gate) != 0 || (child = fork()) < 0)
        return 99;
    if (child == 0) {
        close(gate[1]);
        raise(SIGSTOP);
        /* stays until the parent has seen it continue */
        _exit(read(gate[0], &byte, 1) == 0 ? 11 : 12);
    }
    if (waitpid(child, &status, WUNTRACED) != child || !WIFSTOPPED(status) ||
        WSTOPSIG(status) != SIGSTOP)
        return 1;
    puts("the child stopped");
    kill(child, SIGCONT);
    if (waitpid(child, &status, WCONTINUED) != child || !WIFCONTINUED(status))
        return 2;
    puts("the child continued");
    close(gate[1]);
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return 3;
    printf("the child returned %d\n", WEXITSTATUS(status));
    return 0;
}

// RECORD: -f
// EXPECT: CreateProcess via=fork pid=$child parent_pid=main
// EXPECT: Exception name=SIGSTOP pid=$child
// EXPECT: Exception name=SIGCONT pid=$child
// EXPECT: ExitProcess pid=$child exit_code=11
// EXPECT: ExitProcess pid=main exit_code=0
// EXPECT-EXIT: 0
