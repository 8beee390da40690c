/*
 * Reads from address 0x1234, where nothing is, and dies of it. Windows tells the debugger twice: a
 * first chance before the program's own handlers and a second one before it ends it.
 */
#include "sample.h"

int main(void)
{
    volatile unsigned address = 0x1234;

    sample_die_quietly();
    return *(volatile int *)(unsigned long long)address;
}

// EXPECT(linux): Exception code=11 name=SIGSEGV module=access_violation parameters=*4660* tid=main
// EXPECT(linux): ExitProcess signal=SIGSEGV
// EXPECT-SIGNAL(linux): SIGSEGV
// EXPECT(windows): Exception code=0xc0000005 first_chance=1 module=access_violation.exe parameters=[[]0,4660[]]
// EXPECT(windows): Exception code=0xc0000005 first_chance=0 module=access_violation.exe
// EXPECT(windows): ExitProcess exit_code=3221225477
// EXPECT-EXIT(windows): 3221225477
