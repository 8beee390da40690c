/*
 * Loads a library while it runs, uses it, and unloads it: one LoadDll with load_phase `runtime`,
 * one UnloadDll of the same image.
 */
#include "sample.h"

#include <stdio.h>

int main(void)
{
    void *plugin = sample_load("sample_plugin");

    printf("the plugin says %d\n", sample_call(plugin, "plugin_answer"));
    sample_unload(plugin);
    puts("the plugin is gone");
    return 0;
}

// EXPECT(linux): LoadDll module=libc.so.6 load_phase=startup build_id=* link_namespace=
// EXPECT(windows): LoadDll module=ntdll.dll load_phase=startup
// EXPECT(windows): LoadDll module=kernel32.dll load_phase=startup
// EXPECT: LoadDll module=sample_plugin.* base=$base load_phase=runtime time_source=stop tid=main
// EXPECT: UnloadDll module=sample_plugin.* base=$base tid=main
// EXPECT-COUNT: LoadDll module=sample_plugin.* = 1
// EXPECT-COUNT: UnloadDll module=sample_plugin.* = 1
// EXPECT-EXIT: 0
