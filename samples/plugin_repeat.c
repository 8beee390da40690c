/*
 * The same library loaded and unloaded five times: five loads of one image, each ended by its own
 * unload.
 */
#include "sample.h"

int main(void)
{
    for (int i = 0; i < 5; i++)
        sample_unload(sample_load("sample_plugin"));
    return 0;
}

// EXPECT: LoadDll module=sample_plugin.* path=$path seq=$load
// EXPECT: UnloadDll module=sample_plugin.* path=$path load=$load
// EXPECT: LoadDll module=sample_plugin.* path=$path seq=$again
// EXPECT: UnloadDll module=sample_plugin.* path=$path load=$again
// EXPECT-COUNT: LoadDll module=sample_plugin.* = 5
// EXPECT-COUNT: UnloadDll module=sample_plugin.* = 5
// EXPECT-EXIT: 0
