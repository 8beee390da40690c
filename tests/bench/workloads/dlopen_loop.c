/* dlopen_loop LIBRARY COUNT: loads and unloads a library over and over. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    long count = argc == 3 ? atol(argv[2]) : -1;

    for (long i = 0; i < count; i++) {
        void *library = dlopen(argv[1], RTLD_NOW);
        if (library == NULL || dlclose(library) != 0) {
            fprintf(stderr, "dlopen_loop: %s\n", dlerror());
            return 1;
        }
    }
    return count < 0;
}
