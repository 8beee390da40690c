/*
 * Loads a library into a link-map namespace of its own (dlmopen), which brings a second libc, and
 * unloads it again.
 */
#define _GNU_SOURCE
#include "sample.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 32);
    void *library;

    if (length < 0)
        sample_fail("readlink");
    path[length] = '\0';
    strcpy(strrchr(path, '/') + 1, "sample_plugin.so");
    if ((library = dlmopen(LM_ID_NEWLM, path, RTLD_NOW)) == NULL)
        sample_fail(dlerror());
    printf("the plugin says %d\n", sample_call(library, "plugin_answer"));
    sample_unload(library);
    return 0;
}

// EXPECT: LoadDll module=libc.so.6 load_phase=startup link_namespace=
// EXPECT: LoadDll module=sample_plugin.so load_phase=runtime link_namespace=1
// EXPECT: UnloadDll module=sample_plugin.so
// EXPECT-COUNT: LoadDll module=sample_plugin.so = 1
// EXPECT: ExitProcess cpu_user_ns=?* cpu_system_ns=?* peak_bytes=?* minor_faults=?*
// EXPECT-EXIT: 0
