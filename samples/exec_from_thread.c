/*
 * A thread other than the first calls exec: all other threads vanish, and the one that called takes
 * over the process's first thread id.
 */
#define _POSIX_C_SOURCE 200809L
#include "sample.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static pthread_barrier_t all_run;

static void run(int index)
{
    /* an exec under way would make the creation of the next thread fail */
    pthread_barrier_wait(&all_run);
    if (index == 1)
        execl("/proc/self/exe", "exec_from_thread", "again", (char *)NULL);
    for (;;)
        pause();
}

int main(int argument_count, char **arguments)
{
    (void)arguments;
    if (argument_count > 1)
        return 5;
    pthread_barrier_init(&all_run, NULL, 3);
    sample_run_threads(3, run);
    return 1;
}

// EXPECT: CreateProcess via=launch pid=main
// EXPECT: CreateThread
// EXPECT: CreateThread
// EXPECT: CreateThread
// EXPECT: CreateProcess via=exec pid=main tid=main command_line="exec_from_thread again"
// EXPECT: LoadDll module=libc.so.6 pid=main tid=main
// EXPECT: ExitProcess exit_code=5
// EXPECT-COUNT: ExitProcess = 1
// EXPECT-EXIT: 5
