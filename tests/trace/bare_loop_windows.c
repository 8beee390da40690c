/*
 * The smallest honest debugger: starts the command line after its own name under
 * DEBUG_ONLY_THIS_PROCESS and prints one line per debug event, with the path of the module for
 * loads. It shares no code with Trail, and is what the tests hold trailrec's order against.
 *
 *     bare_loop_windows [-o FILE] COMMAND [ARG...]
 *
 * FILE gets the lines where the target's own output would mix with them. Exit status: the target's,
 * or 125 if it did not start.
 */
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601
#endif
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

int wmain(void);

static FILE *lines;

/*
 * Skips one argument and the blanks after it. Enough for our own name and a file name: no escaped
 * quotes.
 */
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

static wchar_t *open_lines(wchar_t *command)
{
    wchar_t name[MAX_PATH];
    wchar_t *rest;
    size_t length;

    lines = stdout;
    if (wcsncmp(command, L"-o ", 3) != 0)
        return command;
    command += 3;
    rest = skip_word(command);
    if (*command == L'"')
        command++;
    length = wcscspn(command, command[-1] == L'"' ? L"\"" : L" ");
    if (length >= MAX_PATH)
        return NULL;
    wmemcpy(name, command, length);
    name[length] = L'\0';
    lines = _wfopen(name, L"wb");
    return lines != NULL ? rest : NULL;
}

/* As UTF-8, like the paths that trailrec keeps. */
static void print_module(const char *kind, HANDLE file)
{
    wchar_t wide[4096];
    char path[3 * 4096] = "";
    DWORD length = file != NULL ? GetFinalPathNameByHandleW(file, wide, 4096, 0) : 0;

    if (length > 4 && length < 4096)
        WideCharToMultiByte(CP_UTF8, 0, wcsncmp(wide, L"\\\\?\\", 4) == 0 ? wide + 4 : wide, -1,
                            path, sizeof path, NULL, NULL);
    fprintf(lines, "%s %s\n", kind, path);
    if (file != NULL)
        CloseHandle(file);
}

static void print_event(const DEBUG_EVENT *event)
{
    switch (event->dwDebugEventCode) {
    case CREATE_PROCESS_DEBUG_EVENT:
        print_module("CreateProcess", event->u.CreateProcessInfo.hFile);
        break;
    case LOAD_DLL_DEBUG_EVENT:
        print_module("LoadDll", event->u.LoadDll.hFile);
        break;
    case UNLOAD_DLL_DEBUG_EVENT:
        fprintf(lines, "UnloadDll\n");
        break;
    case CREATE_THREAD_DEBUG_EVENT:
        fprintf(lines, "CreateThread\n");
        break;
    case EXIT_THREAD_DEBUG_EVENT:
        fprintf(lines, "ExitThread %lu\n", event->u.ExitThread.dwExitCode);
        break;
    case EXIT_PROCESS_DEBUG_EVENT:
        fprintf(lines, "ExitProcess %lu\n", event->u.ExitProcess.dwExitCode);
        break;
    case EXCEPTION_DEBUG_EVENT:
        fprintf(lines, "Exception %08lX %s\n", event->u.Exception.ExceptionRecord.ExceptionCode,
                event->u.Exception.dwFirstChance ? "first" : "second");
        break;
    case OUTPUT_DEBUG_STRING_EVENT:
        fprintf(lines, "OutputDebugString\n");
        break;
    case RIP_EVENT:
        fprintf(lines, "RipEvent\n");
        break;
    }
    fflush(lines);
}

static DWORD run(void)
{
    BOOL loader_breakpoint_seen = FALSE;

    for (;;) {
        DEBUG_EVENT event;
        DWORD answer = DBG_CONTINUE;
        if (!WaitForDebugEvent(&event, INFINITE))
            return 125;
        print_event(&event);
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
    wchar_t *line = _wcsdup(GetCommandLineW());
    wchar_t *command = line != NULL ? open_lines(skip_word(line)) : NULL;

    if (command == NULL || !CreateProcessW(NULL, command, NULL, NULL, TRUE, DEBUG_ONLY_THIS_PROCESS,
                                           NULL, NULL, &startup, &information)) {
        fprintf(stderr, "bare_loop_windows: cannot start (error %lu)\n", GetLastError());
        return 125;
    }
    ExitProcess(run());
}
