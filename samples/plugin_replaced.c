/*
 * A plugin that is built anew while the program runs: loaded, freed, and at once opened by nobody
 * else, written over and deleted. A debugger that keeps the file handle of the load for longer than
 * it must is in the way of each of the three.
 */
#include "sample.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>
#include <string.h>

static const char name[] = "replaced_plugin.dll";

static void copy_plugin(void)
{
    char path[MAX_PATH];

    GetModuleFileNameA(NULL, path, sizeof path);
    strcpy(strrchr(path, '\\') + 1, "sample_plugin.dll");
    printf("copied: %d\n", CopyFileA(path, name, FALSE) != 0);
}

static void load_and_free(void)
{
    char path[MAX_PATH];
    HMODULE plugin;

    GetFullPathNameA(name, sizeof path, path, NULL);
    plugin = LoadLibraryA(path);
    printf("loaded and freed: %d\n", plugin != NULL && FreeLibrary(plugin));
}

static void open_alone(void)
{
    HANDLE file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);

    printf("opened alone: %d\n", file != INVALID_HANDLE_VALUE);
    if (file != INVALID_HANDLE_VALUE)
        CloseHandle(file);
}

int main(void)
{
    copy_plugin();
    for (int i = 0; i < 5; i++) {
        load_and_free();
        open_alone();
        load_and_free();
        copy_plugin();
    }
    load_and_free();
    printf("deleted: %d\n", DeleteFileA(name) != 0);
    return 0;
}

// EXPECT: LoadDll module=replaced_plugin.dll
// EXPECT-COUNT: LoadDll module=replaced_plugin.dll = 11
// EXPECT-COUNT: UnloadDll module=replaced_plugin.dll = 11
// EXPECT-EXIT: 0
