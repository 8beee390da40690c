/*
 * Two libraries of the same name from two folders, as in a DLL hijack: the recording tells them
 * apart by path.
 */
#include "sample.h"

#include <stdio.h>

int main(void)
{
    void *good = sample_load("folder_a/same_name_plugin");
    void *bad = sample_load("folder_b/same_name_plugin");

    printf("%d %d\n", sample_call(good, "plugin_answer"), sample_call(bad, "plugin_answer"));
    return 0;
}

// EXPECT: LoadDll module=same_name_plugin.* path=*folder_a?same_name_plugin.* load_phase=runtime
// EXPECT: LoadDll module=same_name_plugin.* path=*folder_b?same_name_plugin.* load_phase=runtime
// EXPECT-NONE: UnloadDll module=same_name_plugin.*
// EXPECT-EXIT: 0
