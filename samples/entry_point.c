/*
 * The program's first instruction comes behind the start-up loads and the constructors, once; a
 * child of fork has it behind it.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int constructed;

__attribute__((constructor)) static void construct(void)
{
    constructed = 1;
}

int main(void)
{
    pid_t child = fork();
    int status;

    if (child == 0)
        _exit(constructed == 1 ? 0 : 1);
    return waitpid(child, &status, 0) == child ? status : 99;
}

// RECORD: -f
// EXPECT: CreateProcess via=launch
// EXPECT: LoadDll module=libc.so.6
// EXPECT: EntryPoint module=entry_point tid=main
// EXPECT: CreateProcess via=fork
// EXPECT-COUNT: EntryPoint = 1
// EXPECT-EXIT: 0
