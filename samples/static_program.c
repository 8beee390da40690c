/*
 * A statically linked program: it has no dynamic loader, so its loads cannot be observed, and the
 * recording says so.
 */
#include <stdio.h>

int main(void)
{
    puts("static");
    return 0;
}

// EXPECT: CreateProcess via=launch path=*static_program load_detection="not observed*"
// EXPECT-NONE: LoadDll
// EXPECT-NONE: UnloadDll
// EXPECT-EXIT: 0
