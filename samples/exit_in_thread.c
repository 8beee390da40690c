/* A thread ends the whole process with exit() while the main thread and another one wait. */
#define _POSIX_C_SOURCE 200809L
#include "sample.h"

#include <stdlib.h>
#include <unistd.h>

static void run(int index)
{
    if (index == 1)
        exit(6);
    for (;;)
        pause();
}

int main(void)
{
    sample_run_threads(2, run);
    return 1;
}

// EXPECT: CreateThread
// EXPECT: CreateThread
// EXPECT: ExitProcess exit_code=6 pid=main
// EXPECT-COUNT: ExitProcess = 1
// EXPECT-EXIT: 6
