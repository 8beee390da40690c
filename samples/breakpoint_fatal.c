/* A breakpoint that nobody handles: it ends the program, as it does without a debugger. */
#include "sample.h"

#include <intrin.h>

int main(void)
{
    sample_die_quietly();
    __debugbreak();
    return 0;
}

// EXPECT: Exception code=0x80000003 first_chance=1
// EXPECT: Exception code=0x80000003 first_chance=1 module=breakpoint_fatal.exe
// EXPECT: Exception code=0x80000003 first_chance=0 module=breakpoint_fatal.exe
// EXPECT: ExitProcess exit_code=2147483651
// EXPECT-EXIT: 2147483651
