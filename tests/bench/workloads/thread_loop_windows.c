/* thread_loop COUNT: creates a thread that does nothing and waits for its end, over and over. */
#include <windows.h>

#include <stdlib.h>

static DWORD WINAPI do_nothing(void *argument)
{
    (void)argument;
    return 0;
}

int main(int argc, char **argv)
{
    long count = argc == 2 ? atol(argv[1]) : -1;

    for (long i = 0; i < count; i++) {
        HANDLE thread = CreateThread(NULL, 0, do_nothing, NULL, 0, NULL);
        if (thread == NULL || WaitForSingleObject(thread, INFINITE) != WAIT_OBJECT_0)
            return 1;
        CloseHandle(thread);
    }
    return count < 0;
}
