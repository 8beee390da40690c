/*
 * load_library_loop COUNT: loads and frees bench_plugin.dll, which lies beside it, over and over.
 */
#include <windows.h>

#include <stdlib.h>

int main(int argc, char **argv)
{
    long count = argc == 2 ? atol(argv[1]) : -1;

    for (long i = 0; i < count; i++) {
        HMODULE library = LoadLibraryW(L"bench_plugin.dll");
        if (library == NULL || !FreeLibrary(library))
            return 1;
    }
    return count < 0;
}
