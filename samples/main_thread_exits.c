/* The first thread ends before the process does, which lives on in a worker. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>

static HANDLE main_thread, working;

static DWORD WINAPI work(void *argument)
{
    (void)argument;
    SetEvent(working);
    WaitForSingleObject(main_thread, INFINITE);
    puts("the main thread is gone");
    fflush(stdout);
    return 6;
}

int main(void)
{
    working = CreateEventA(NULL, TRUE, FALSE, NULL);
    if (!DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &main_thread,
                         SYNCHRONIZE, FALSE, 0) ||
        CreateThread(NULL, 0, work, NULL, 0, NULL) == NULL)
        return 99;
    WaitForSingleObject(working, INFINITE);
    ExitThread(5);
}

// EXPECT: CreateThread tid=$worker start_module=main_thread_exits.exe
// EXPECT: ExitThread tid=main exit_code=5
// EXPECT: ExitProcess tid=$worker exit_code=6
// EXPECT-EXIT: 6
