/* Loads a library whose DllMain ends the process: it never returns from LoadLibrary. */
#include "sample.h"

#include <stdio.h>

int main(void)
{
    puts("loading");
    fflush(stdout);
    sample_load("exit_library");
    puts("never");
    return 0;
}

// EXPECT: LoadDll module=exit_library.dll load_phase=runtime
// EXPECT: ExitProcess exit_code=44
// EXPECT-EXIT: 44
