/* debug_string_loop COUNT: prints a line for debuggers, over and over. */
#include <windows.h>

#include <stdlib.h>

int main(int argc, char **argv)
{
    long count = argc == 2 ? atol(argv[1]) : -1;

    for (long i = 0; i < count; i++)
        OutputDebugStringA("worker 7: the quick brown fox jumps over the lazy dog\n");
    return count < 0;
}
