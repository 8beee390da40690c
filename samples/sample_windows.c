/* See sample.h. */
#include "sample.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS_MAX = 64, THREAD_NAME_EXCEPTION = 0x406D1388 };

struct worker {
    HANDLE thread;
    void (*run)(int index);
    int index;
};

void sample_fail(const char *what)
{
    fprintf(stderr, "%s: error %lu\n", what, GetLastError());
    exit(99);
}

void sample_die_quietly(void)
{
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
}

/*
 * Without a handler of its own, this exception would end the program: the debugger leaves it
 * unhandled.
 */
static LONG CALLBACK pass_over_name(EXCEPTION_POINTERS *exception)
{
    return exception->ExceptionRecord->ExceptionCode == THREAD_NAME_EXCEPTION
               ? EXCEPTION_CONTINUE_EXECUTION
               : EXCEPTION_CONTINUE_SEARCH;
}

/* How a thread tells its name to a debugger: THREADNAME_INFO as the parameters of an exception. */
static void name_this_thread(const char *name)
{
    struct {
        DWORD type;
        const char *name;
        DWORD thread_id, flags;
    } info = {0x1000, name, (DWORD)-1, 0};

    RaiseException(THREAD_NAME_EXCEPTION, 0, sizeof info / sizeof(ULONG_PTR),
                   (const ULONG_PTR *)&info);
}

static DWORD WINAPI run_worker(void *argument)
{
    struct worker *worker = argument;

    name_this_thread("sample worker");
    worker->run(worker->index);
    return 0;
}

void sample_run_threads(int count, void (*run)(int index))
{
    struct worker workers[THREADS_MAX];
    void *handler = AddVectoredExceptionHandler(1, pass_over_name);

    for (int i = 0; i < count; i++) {
        workers[i].run = run;
        workers[i].index = i;
        if ((workers[i].thread = CreateThread(NULL, 0, run_worker, &workers[i], 0, NULL)) == NULL)
            sample_fail("CreateThread");
    }
    for (int i = 0; i < count; i++) {
        WaitForSingleObject(workers[i].thread, INFINITE);
        CloseHandle(workers[i].thread);
    }
    RemoveVectoredExceptionHandler(handler);
}

void *sample_load(const char *name)
{
    char path[MAX_PATH + 64];
    DWORD length = GetModuleFileNameA(NULL, path, MAX_PATH);
    char *slash;
    void *library;

    if (length == 0 || length >= MAX_PATH)
        sample_fail("GetModuleFileName");
    slash = strrchr(path, '\\');
    snprintf(slash + 1, sizeof path - (size_t)(slash + 1 - path), "%s.dll", name);
    for (char *at = path; *at != '\0'; at++)
        if (*at == '/')
            *at = '\\';
    if ((library = LoadLibraryA(path)) == NULL)
        sample_fail(path);
    return library;
}

void *sample_load_from_system(void)
{
    void *library = LoadLibraryA("version.dll");

    if (library == NULL)
        sample_fail("version.dll");
    return library;
}

void sample_unload(void *library)
{
    if (!FreeLibrary(library))
        sample_fail("FreeLibrary");
}

int sample_call(void *library, const char *name)
{
    FARPROC found = GetProcAddress(library, name);
    int (*function)(void);

    if (found == NULL)
        sample_fail(name);
    memcpy(&function, &found, sizeof function);
    return function();
}

void sample_debug_string(const char *text)
{
    OutputDebugStringA(text);
}

void sample_debug_string_wide(const wchar_t *text)
{
    OutputDebugStringW(text);
}

void sample_raise(void)
{
    OutputDebugStringA("raised");
}

void *sample_share(const char *path, size_t bytes)
{
    HANDLE file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE,
                              FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    HANDLE section = file == INVALID_HANDLE_VALUE
                         ? NULL
                         : CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL);
    void *memory = section == NULL
                       ? NULL
                       : MapViewOfFile(section, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, bytes);

    if (memory == NULL)
        sample_fail(path);
    CloseHandle(section);
    CloseHandle(file);
    return memory;
}

void *sample_start_self(const char *argument, unsigned long flags)
{
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    char path[MAX_PATH], command_line[MAX_PATH + 64];

    fflush(stdout);
    if (GetModuleFileNameA(NULL, path, sizeof path) == 0)
        sample_fail("GetModuleFileName");
    snprintf(command_line, sizeof command_line, "\"%s\" %s", path, argument);
    if (!CreateProcessA(path, command_line, NULL, NULL, TRUE, flags, NULL, NULL, &startup,
                        &process))
        sample_fail("CreateProcess");
    CloseHandle(process.hThread);
    return process.hProcess;
}

int sample_run_self(const char *argument)
{
    HANDLE process = sample_start_self(argument, 0);
    DWORD exit_code;

    WaitForSingleObject(process, INFINITE);
    if (!GetExitCodeProcess(process, &exit_code))
        sample_fail("GetExitCodeProcess");
    CloseHandle(process);
    return (int)exit_code;
}
