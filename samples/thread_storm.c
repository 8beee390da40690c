/*
 * 64 threads that all end while the main thread waits for them, eight times over: thread ids are
 * reused, and starts and ends of different threads come in any order.
 */
#include "sample.h"

#include <stdio.h>

static void run(int index)
{
    (void)index;
}

int main(void)
{
    for (int round = 0; round < 8; round++)
        sample_run_threads(64, run);
    puts("512 threads");
    return 0;
}

// EXPECT-COUNT(linux): CreateThread = 512
// EXPECT-COUNT(linux): ExitThread exit_code=0 = 512
// EXPECT-COUNT(windows): CreateThread start_module=thread_storm.exe = 512
// EXPECT-EXIT: 0
