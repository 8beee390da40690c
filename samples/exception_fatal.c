/*
 * Raises an exception that nobody handles, with the noncontinuable flag: both chances, then that
 * code as the exit code.
 */
#include "sample.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

int main(void)
{
    sample_die_quietly();
    RaiseException(0xE0005678, EXCEPTION_NONCONTINUABLE, 0, NULL);
    return 0;
}

// EXPECT: Exception code=0xe0005678 first_chance=1 flags=1
// EXPECT: Exception code=0xe0005678 first_chance=0 flags=1
// EXPECT: ExitProcess exit_code=3758118520
// EXPECT-EXIT: 3758118520
