/*
 * The controls for Windows: a plain debug loop that prints each event with what belongs to it - the
 * path of a module, the text of a debug string - as the article does that Trail started from; and
 * with -n the bare loop, which has the same events and prints nothing.
 *
 *     seed_loop_windows [-n] COMMAND [ARG...]
 *
 * Exit status: the target's, or 125 if it did not start.
 */
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601
#endif
#include <windows.h>

#include <stdio.h>
#include <wchar.h>

int wmain(void);

static HANDLE process;

/* Skips one argument and the blanks after it; no escaped quotes. */
static wchar_t *skip_word(wchar_t *at)
{
    wchar_t end = L' ';

    if (*at == L'"') {
        end = L'"';
        at++;
    }
    while (*at != L'\0' && *at != end)
        at++;
    if (*at == L'"')
        at++;
    while (*at == L' ')
        at++;
    return at;
}

static void print_module(const char *kind, const DEBUG_EVENT *event, HANDLE file, const void *base)
{
    wchar_t path[4096] = L"";

    if (file != NULL)
        GetFinalPathNameByHandleW(file, path, 4096, 0);
    printf("[%lu:%lu] %s %p %ls\n", event->dwProcessId, event->dwThreadId, kind, base, path);
}

static void print_string(const DEBUG_EVENT *event)
{
    const OUTPUT_DEBUG_STRING_INFO *info = &event->u.DebugString;
    char text[4096];
    SIZE_T wanted = (SIZE_T)info->nDebugStringLength * (info->fUnicode ? 2 : 1), length = 0;

    if (wanted > sizeof text - 2)
        wanted = sizeof text - 2;
    ReadProcessMemory(process, info->lpDebugStringData, text, wanted, &length);
    text[length] = text[length + 1 < sizeof text ? length + 1 : length] = '\0';
    if (info->fUnicode)
        printf("[%lu:%lu] OutputDebugString %ls\n", event->dwProcessId, event->dwThreadId,
               (const wchar_t *)(const void *)text);
    else
        printf("[%lu:%lu] OutputDebugString %s\n", event->dwProcessId, event->dwThreadId, text);
}

static void print_event(const DEBUG_EVENT *event)
{
    switch (event->dwDebugEventCode) {
    case CREATE_PROCESS_DEBUG_EVENT:
        print_module("CreateProcess", event, event->u.CreateProcessInfo.hFile,
                     event->u.CreateProcessInfo.lpBaseOfImage);
        break;
    case LOAD_DLL_DEBUG_EVENT:
        print_module("LoadDll", event, event->u.LoadDll.hFile, event->u.LoadDll.lpBaseOfDll);
        break;
    case UNLOAD_DLL_DEBUG_EVENT:
        print_module("UnloadDll", event, NULL, event->u.UnloadDll.lpBaseOfDll);
        break;
    case OUTPUT_DEBUG_STRING_EVENT:
        print_string(event);
        break;
    case EXCEPTION_DEBUG_EVENT:
        printf("[%lu:%lu] Exception %08lX at %p\n", event->dwProcessId, event->dwThreadId,
               event->u.Exception.ExceptionRecord.ExceptionCode,
               event->u.Exception.ExceptionRecord.ExceptionAddress);
        break;
    default:
        printf("[%lu:%lu] event %lu\n", event->dwProcessId, event->dwThreadId,
               event->dwDebugEventCode);
    }
    fflush(stdout);
}

static void close_file(const DEBUG_EVENT *event)
{
    if (event->dwDebugEventCode == CREATE_PROCESS_DEBUG_EVENT &&
        event->u.CreateProcessInfo.hFile != NULL)
        CloseHandle(event->u.CreateProcessInfo.hFile);
    else if (event->dwDebugEventCode == LOAD_DLL_DEBUG_EVENT && event->u.LoadDll.hFile != NULL)
        CloseHandle(event->u.LoadDll.hFile);
}

static DWORD run(BOOL prints)
{
    BOOL loader_breakpoint_seen = FALSE;

    for (;;) {
        DEBUG_EVENT event;
        DWORD answer = DBG_CONTINUE;
        if (!WaitForDebugEvent(&event, INFINITE))
            return 125;
        if (prints)
            print_event(&event);
        close_file(&event);
        if (event.dwDebugEventCode == EXCEPTION_DEBUG_EVENT) {
            if (event.u.Exception.ExceptionRecord.ExceptionCode != EXCEPTION_BREAKPOINT ||
                loader_breakpoint_seen)
                answer = DBG_EXCEPTION_NOT_HANDLED;
            loader_breakpoint_seen = TRUE;
        }
        ContinueDebugEvent(event.dwProcessId, event.dwThreadId, answer);
        if (event.dwDebugEventCode == EXIT_PROCESS_DEBUG_EVENT)
            return event.u.ExitProcess.dwExitCode;
    }
}

int wmain(void)
{
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION information;
    wchar_t *command = skip_word(GetCommandLineW());
    BOOL prints = wcsncmp(command, L"-n ", 3) != 0;

    if (!prints)
        command = skip_word(command);
    /* as trailrec does: the target's heap must be the same */
    SetEnvironmentVariableW(L"_NO_DEBUG_HEAP", L"1");
    if (!CreateProcessW(NULL, command, NULL, NULL, TRUE, DEBUG_ONLY_THIS_PROCESS, NULL, NULL,
                        &startup, &information)) {
        fprintf(stderr, "seed_loop_windows: cannot start (error %lu)\n", GetLastError());
        return 125;
    }
    process = information.hProcess;
    ExitProcess(run(prints));
}
