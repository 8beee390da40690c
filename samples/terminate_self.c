/* Ends itself the hard way: no thread and no library gets to know. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>

int main(void)
{
    puts("here it ends");
    fflush(stdout);
    TerminateProcess(GetCurrentProcess(), 0xC0DE0001);
    Sleep(INFINITE);
    return 0;
}

// EXPECT: ExitProcess exit_code=3235774465
// EXPECT-NONE: UnloadDll module=kernel*.dll
// EXPECT-EXIT: 3235774465
