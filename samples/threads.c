/*
 * Three threads that run at the same time, each with a name, and are waited for. The main thread's
 * end is the end of the process, so it has neither a CreateThread nor an ExitThread.
 */
#include "sample.h"

static void run(int index)
{
    (void)index;
}

int main(void)
{
    sample_run_threads(3, run);
    return 0;
}

// EXPECT: CreateThread tid=$first
// EXPECT: ExitThread tid=$first exit_code=0
// EXPECT-COUNT(linux): CreateThread = 3
// EXPECT-COUNT(linux): ExitThread = 3
// EXPECT-COUNT(windows): CreateThread start_module=threads.exe = 3
// EXPECT-COUNT(windows): Exception code=0x406d1388 = 3
// EXPECT-NONE: ExitThread tid=main
// EXPECT-EXIT: 0
