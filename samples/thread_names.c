/*
 * Names of threads, in both ways that Windows has: the exception that tells a debugger (of itself,
 * and of another thread), and SetThreadDescription, where that is there. The recording has them in
 * the view `threads` (tests/trace/programs/thread_names.sh).
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>
#include <string.h>

enum { THREAD_NAME_EXCEPTION = 0x406D1388 };

static LONG CALLBACK pass_over_name(EXCEPTION_POINTERS *exception)
{
    return exception->ExceptionRecord->ExceptionCode == THREAD_NAME_EXCEPTION
               ? EXCEPTION_CONTINUE_EXECUTION
               : EXCEPTION_CONTINUE_SEARCH;
}

static void tell_name(const char *name, DWORD thread_id)
{
    struct {
        DWORD type;
        const char *name;
        DWORD thread_id, flags;
    } info = {0x1000, name, thread_id, 0};

    RaiseException(THREAD_NAME_EXCEPTION, 0, sizeof info / sizeof(ULONG_PTR),
                   (const ULONG_PTR *)&info);
}

static void describe(HANDLE thread, const wchar_t *name)
{
    FARPROC found = GetProcAddress(GetModuleHandleA("kernelbase.dll"), "SetThreadDescription");
    HRESULT(WINAPI * set_description)(HANDLE, PCWSTR);

    memcpy(&set_description, &found, sizeof found);
    if (found != NULL)
        set_description(thread, name);
}

static DWORD WINAPI name_itself(void *argument)
{
    (void)argument;
    tell_name("told by itself", (DWORD)-1);
    return 0;
}

static DWORD WINAPI wait_for(void *event)
{
    WaitForSingleObject(event, INFINITE);
    return 0;
}

static DWORD WINAPI describe_itself(void *argument)
{
    (void)argument;
    describe(GetCurrentThread(), L"described \u00E4\u20AC");
    return 0;
}

int main(void)
{
    HANDLE go = CreateEventA(NULL, TRUE, FALSE, NULL), threads[3];
    DWORD waiting;

    AddVectoredExceptionHandler(1, pass_over_name);
    threads[0] = CreateThread(NULL, 0, name_itself, NULL, 0, NULL);
    threads[1] = CreateThread(NULL, 0, wait_for, go, 0, &waiting);
    threads[2] = CreateThread(NULL, 0, describe_itself, NULL, 0, NULL);
    tell_name("told by main", waiting);
    SetEvent(go);
    WaitForMultipleObjects(3, threads, TRUE, INFINITE);
    describe(GetCurrentThread(), L"the main thread");
    puts("named");
    return 0;
}

// EXPECT-COUNT: Exception code=0x406d1388 first_chance=1 = 2
// EXPECT-NONE: Exception first_chance=0
// EXPECT-EXIT: 0
