/*
 * Kills itself with SIGKILL, which no debugger sees coming: there is an ExitProcess and no
 * exception.
 */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>

int main(void)
{
    raise(SIGKILL);
    return 0;
}

// EXPECT: ExitProcess signal=SIGKILL
// EXPECT-NONE: Exception
// EXPECT-SIGNAL: SIGKILL
