/* See crash_host.h. */
#include "crash_host.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void host_fail(const char *what)
{
    fprintf(stderr, "crash: %s: error %lu\n", what, GetLastError());
    exit(2);
}

void host_prepare(void)
{
}

void *host_share(const char *path, size_t bytes)
{
    HANDLE file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE,
                              FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_ALWAYS, 0, NULL);
    HANDLE section = file == INVALID_HANDLE_VALUE
                         ? NULL
                         : CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, (DWORD)bytes, NULL);
    void *memory = section == NULL
                       ? NULL
                       : MapViewOfFile(section, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, bytes);

    if (memory == NULL)
        host_fail(path);
    CloseHandle(section);
    CloseHandle(file);
    return memory;
}

void host_unshare(void *memory, size_t bytes, const char *path)
{
    (void)bytes;
    UnmapViewOfFile(memory);
    DeleteFileA(path);
}

/*
 * Wine now and then fails to start a process with this error, which Windows does not give: then
 * once more.
 */
static bool create_process(char *command_line, STARTUPINFOA *startup, PROCESS_INFORMATION *process)
{
    for (int try = 0; try < 5; try++) {
        if (CreateProcessA(NULL, command_line, NULL, NULL, TRUE, 0, NULL, NULL, startup, process))
            return true;
        if (GetLastError() != ERROR_INTERNAL_ERROR)
            return false;
    }
    return false;
}

intptr_t host_start(const char *const *arguments, const char *output)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    char command_line[8192] = "";

    for (size_t i = 0; arguments[i] != NULL; i++)
        snprintf(command_line + strlen(command_line), sizeof command_line - strlen(command_line),
                 "%s\"%s\"", i > 0 ? " " : "", arguments[i]);
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    startup.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    if (output != NULL)
        startup.hStdOutput =
            CreateFileA(output, GENERIC_WRITE, FILE_SHARE_READ, &inherited, CREATE_ALWAYS, 0, NULL);
    if (!create_process(command_line, &startup, &process))
        host_fail(arguments[0]);
    if (output != NULL)
        CloseHandle(startup.hStdOutput);
    CloseHandle(process.hThread);
    return (intptr_t)process.hProcess;
}

int host_wait(intptr_t process)
{
    DWORD status;

    WaitForSingleObject((HANDLE)process, INFINITE);
    if (!GetExitCodeProcess((HANDLE)process, &status))
        host_fail("GetExitCodeProcess");
    CloseHandle((HANDLE)process);
    return (int)status;
}

void host_kill(intptr_t process)
{
    TerminateProcess((HANDLE)process, 128 + 9);
}

bool host_has_ended(intptr_t process)
{
    return WaitForSingleObject((HANDLE)process, 0) == WAIT_OBJECT_0;
}

bool host_freeze(intptr_t process)
{
    (void)process;
    return false;
}

bool host_is_held(uint64_t pid)
{
    (void)pid;
    return false;
}

/* It ends with its debugger (DebugSetProcessKillOnExit). */
void host_wait_for_leftover(uint64_t pid)
{
    HANDLE process =
        pid == 0 ? NULL : OpenProcess(SYNCHRONIZE | PROCESS_TERMINATE, FALSE, (DWORD)pid);

    if (process == NULL)
        return;
    if (WaitForSingleObject(process, 20000) != WAIT_OBJECT_0) {
        TerminateProcess(process, 1);
        host_fail("the target that its recorder left does not end");
    }
    CloseHandle(process);
}

uint64_t host_now_ns(void)
{
    LARGE_INTEGER now, frequency;

    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&frequency);
    return (uint64_t)((double)now.QuadPart * 1e9 / (double)frequency.QuadPart);
}

void host_pause(void)
{
    Sleep(1);
}
