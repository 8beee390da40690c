/*
 * Loads three plugins, one after the other. There are two builds of it, which differ in the order:
 * what `trailview diff` must say of them.
 */
#include "sample.h"

#include <stdio.h>

#if PLUGIN_ORDER_BUILD == 2
static const char *const plugins[] = {"sample_plugin", "third_plugin", "second_plugin"};
#else
static const char *const plugins[] = {"sample_plugin", "second_plugin", "third_plugin"};
#endif

int main(void)
{
    for (int i = 0; i < 3; i++)
        printf("%s says %d\n", plugins[i], sample_call(sample_load(plugins[i]), "plugin_answer"));
    return 0;
}

// EXPECT: LoadDll module=sample_plugin.* load_phase=runtime tid=main
// EXPECT: LoadDll module=second_plugin.* load_phase=runtime tid=main
// EXPECT: LoadDll module=third_plugin.* load_phase=runtime tid=main
// EXPECT-EXIT: 0
