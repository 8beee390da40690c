/*
 * Loads a library of the system by its bare name, so that the search order decides which file that
 * is. A file of the same name in a folder that is searched first is loaded in its place: a hijacked
 * DLL, which `trailview check` finds by its path (recipes.md).
 */
#include "sample.h"

#include <stdio.h>

int main(void)
{
    sample_unload(sample_load_from_system());
    puts("done");
    return 0;
}

// EXPECT(linux): LoadDll module=libm.so.6 load_phase=runtime
// EXPECT(windows): LoadDll module=version.dll load_phase=runtime
// EXPECT: UnloadDll
// EXPECT-EXIT: 0
