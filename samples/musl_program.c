/*
 * A program of another C library (musl), whose dynamic loader is observed in the same way: start-up
 * libraries, dlopen and dlclose.
 */
#include "sample.h"

#include <stdio.h>

int main(void)
{
    void *plugin = sample_load("musl_plugin");

    printf("the plugin says %d\n", sample_call(plugin, "plugin_answer"));
    sample_unload(plugin); /* musl never really unloads */
    return 0;
}

// EXPECT: LoadDll path=*musl* load_phase=startup
// EXPECT: LoadDll module=musl_plugin.so load_phase=runtime
// EXPECT-NONE: UnloadDll
// EXPECT-EXIT: 0
