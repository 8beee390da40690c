/*
 * What tests attach to: threads that load and unload a library, one that runs children, a main
 * thread that raises exceptions, which its handler must see, and makes threads.
 *
 *     attach_target_windows FILE STOP LIBRARY
 *
 * FILE has one line, rewritten again and again: process id, rounds, exceptions that went past the
 * handler, children that ended otherwise than they should. It ends with status 7 when there is a
 * file STOP, and by itself after five minutes.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>
#include <string.h>

enum {
    LOADERS = 2,
    PAUSE_MS = 1,
    /* Wine 10 closes the pipes of ended threads late: of one each round it runs out of files */
    ROUNDS_PER_THREAD = 32,
    CHILD_PAUSE_MS = 100,
    LIFE_MS = 300000,
    CHILD_STATUS = 5,
    STATUS = 7
};
#define OWN_EXCEPTION ((DWORD)0xE0000017)

static volatile LONG handled, bad_children;

static LONG CALLBACK handle(EXCEPTION_POINTERS *exception)
{
    if (exception->ExceptionRecord->ExceptionCode != OWN_EXCEPTION)
        return EXCEPTION_CONTINUE_SEARCH;
    InterlockedIncrement(&handled);
    return EXCEPTION_CONTINUE_EXECUTION;
}

static volatile LONG goes_on = 1;

static DWORD WINAPI load_and_unload(void *library)
{
    while (goes_on) {
        HMODULE module = LoadLibraryA(library);
        if (module != NULL)
            FreeLibrary(module);
        Sleep(PAUSE_MS);
    }
    return 0;
}

static void run_child(void)
{
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION child;
    char path[MAX_PATH], command_line[] = "child";
    DWORD status = 0;

    GetModuleFileNameA(NULL, path, sizeof path);
    if (CreateProcessA(path, command_line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child)) {
        WaitForSingleObject(child.hProcess, INFINITE);
        GetExitCodeProcess(child.hProcess, &status);
        CloseHandle(child.hThread);
        CloseHandle(child.hProcess);
    }
    if (status != CHILD_STATUS)
        InterlockedIncrement(&bad_children);
}

static DWORD WINAPI run_children(void *argument)
{
    (void)argument;
    while (goes_on) {
        run_child();
        Sleep(CHILD_PAUSE_MS);
    }
    return 0;
}

static DWORD WINAPI end_at_once(void *argument)
{
    (void)argument;
    return 0;
}

static DWORD WINAPI end_in_time(void *argument)
{
    (void)argument;
    Sleep(LIFE_MS);
    ExitProcess(1);
}

static void start(DWORD(WINAPI *run)(void *argument), void *argument)
{
    HANDLE thread = CreateThread(NULL, 0, run, argument, 0, NULL);

    if (thread == NULL)
        ExitProcess(2);
    CloseHandle(thread);
}

static void name_main_thread(void)
{
    FARPROC found = GetProcAddress(GetModuleHandleA("kernelbase.dll"), "SetThreadDescription");
    HRESULT(WINAPI * set_description)(HANDLE, PCWSTR);

    memcpy(&set_description, &found, sizeof found);
    if (found != NULL)
        set_description(GetCurrentThread(), L"heart \u20AC");
}

int main(int argument_count, char **arguments)
{
    FILE *file = argument_count == 4 ? fopen(arguments[1], "w") : NULL;
    LONG raised = 0;

    if (argument_count == 1)
        return CHILD_STATUS;
    if (file == NULL)
        return 2;
    AddVectoredExceptionHandler(1, handle);
    name_main_thread();
    start(end_in_time, NULL);
    for (int i = 0; i < LOADERS; i++)
        start(load_and_unload, arguments[3]);
    start(run_children, NULL);
    while (GetFileAttributesA(arguments[2]) == INVALID_FILE_ATTRIBUTES) {
        RaiseException(OWN_EXCEPTION, 0, 0, NULL);
        raised++;
        OutputDebugStringA("round");
        if (raised % ROUNDS_PER_THREAD == 0)
            start(end_at_once, NULL);
        Sleep(PAUSE_MS);
        rewind(file);
        fprintf(file, "%lu %ld %ld %ld\n", GetCurrentProcessId(), (long)raised,
                (long)(raised - handled), (long)bad_children);
        fflush(file);
    }
    ExitProcess(STATUS);
}
