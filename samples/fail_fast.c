/* __fastfail, which ends a process at once: no handler is asked, so that the only exception of it is a second chance. */
#include "sample.h"

enum { FAST_FAIL_FATAL_APP_EXIT = 7 };

int main(void)
{
    sample_die_quietly();
    __asm__ volatile("int $0x29" : : "c"(FAST_FAIL_FATAL_APP_EXIT));
    return 0;
}

// EXPECT: Exception code=0xc0000409 first_chance=0 module=fail_fast.exe
// EXPECT: ExitProcess exit_code=3221226505
// EXPECT-NONE: Exception code=0xc0000409 first_chance=1
// EXPECT-EXIT: 3221226505
