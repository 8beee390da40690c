/*
 * __fastfail, which ends a process at once: no handler is asked, so that the only exception of it
 * is a second chance.
 */
#include "sample.h"

#if defined(_MSC_VER)
#include <intrin.h>
#endif

enum { FATAL_APP_EXIT = 7 }; /* FAST_FAIL_FATAL_APP_EXIT */

int main(void)
{
    sample_die_quietly();
#if defined(_MSC_VER)
    __fastfail(FATAL_APP_EXIT);
#else
    __asm__ volatile("int $0x29" : : "c"(FATAL_APP_EXIT));
#endif
    return 0;
}

// EXPECT: Exception code=0xc0000409 first_chance=0 module=fail_fast.exe
// EXPECT: ExitProcess exit_code=3221226505
// EXPECT-NONE: Exception code=0xc0000409 first_chance=1
// EXPECT-EXIT: 3221226505
