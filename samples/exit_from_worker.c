/*
 * A worker thread ends the process while the main thread and another one wait for ever. It waits
 * until that one runs: of a thread that ends before its first instruction Wine tells no begin.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>

static DWORD WINAPI wait_for_ever(void *runs)
{
    SetEvent(runs);
    Sleep(INFINITE);
    return 0;
}

static DWORD WINAPI end_process(void *other_runs)
{
    WaitForSingleObject(other_runs, INFINITE);
    puts("a worker ends the process");
    fflush(stdout);
    ExitProcess(77);
}

int main(void)
{
    HANDLE runs = CreateEventW(NULL, TRUE, FALSE, NULL);

    if (runs == NULL || CreateThread(NULL, 0, wait_for_ever, runs, 0, NULL) == NULL ||
        CreateThread(NULL, 0, end_process, runs, 0, NULL) == NULL)
        return 99;
    Sleep(INFINITE);
    return 0;
}

// EXPECT: CreateThread start_module=exit_from_worker.exe
// EXPECT: ExitProcess exit_code=77
// EXPECT-COUNT: ExitProcess = 1
// EXPECT-EXIT: 77
