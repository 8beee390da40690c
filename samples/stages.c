/*
 * Goes through one stage after the other, each with an event of another kind, while a second thread
 * works all the time: something to stop at each of its events (trailrec --until). Ends with status
 * 7.
 *
 *     stages [FILE]
 *
 * keeps in FILE (64 bytes that are there) four 64-bit numbers: the stage that has begun, the work
 * done, the exceptions or signals that its handler has seen, and its process id.
 */
#include "sample.h"
#include "trail.h"

#include <signal.h>
#include <stdint.h>

#if defined(_WIN32)
#include <windows.h>
#define getpid GetCurrentProcessId
#else
#include <unistd.h>
#endif

enum { STATUS = 7, OWN_EXCEPTION = 0xE0001234 };

static struct progress {
    volatile uint64_t stage, work, handled, pid;
} alone, *progress = &alone;

#if defined(_WIN32)
static LONG WINAPI handle(EXCEPTION_POINTERS *pointers)
{
    if (pointers->ExceptionRecord->ExceptionCode != (DWORD)OWN_EXCEPTION)
        return EXCEPTION_CONTINUE_SEARCH;
    progress->handled++;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void raise_and_handle(void)
{
    AddVectoredExceptionHandler(1, handle);
    RaiseException((DWORD)OWN_EXCEPTION, 0, 0, NULL);
}
#else
static void handle(int number)
{
    (void)number;
    progress->handled++;
}

static void raise_and_handle(void)
{
    signal(SIGUSR2, handle);
    raise(SIGUSR2);
}
#endif

static void go_through(void)
{
    void *library;

    progress->stage = 1;
    TRAIL_STRING("hello from stage 1\n");
    progress->stage = 2;
    TRAIL_MARK("ready");
    progress->stage = 3;
    library = sample_load("sample_plugin");
    progress->stage = 4;
    sample_unload(library);
    progress->stage = 5;
    raise_and_handle();
    progress->stage = 6;
}

static void run(int index)
{
    if (index == 0)
        go_through();
    while (index == 1 && progress->stage < 6)
        progress->work++;
}

int main(int argument_count, char **arguments)
{
    if (argument_count > 1)
        progress = sample_share(arguments[1], sizeof *progress);
    progress->pid = (uint64_t)getpid();
    sample_run_threads(2, run);
    return STATUS;
}

// EXPECT: OutputDebugString text="hello from stage 1\n"
// EXPECT: Mark name=ready
// EXPECT: LoadDll module=sample_plugin.* load_phase=runtime
// EXPECT: UnloadDll module=sample_plugin.*
// EXPECT(linux): Exception name=SIGUSR2
// EXPECT(windows): Exception code=0xe0001234 first_chance=1
// EXPECT-COUNT: LoadDll module=sample_plugin.* = 1
// EXPECT-EXIT: 7
