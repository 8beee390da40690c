/*
 * Ends a recorder from outside once it is at work.
 *
 *     end_recorder_windows ctrl-c|terminate FILE TEXT COMMAND LINE...
 *
 * Runs the command in a console of its own, waits until FILE has TEXT in it, and presses Ctrl-C in
 * that console, or terminates the process. The exit status is the command's; 124 if the text or the
 * end does not come.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>
#include <string.h>

enum { LOOKS = 3000, LOOK_MS = 10, END_MS = 30000, TERMINATED = 99, NEVER = 124 };

static int has_text(const char *path, const char *text)
{
    static char content[65536];
    FILE *file = fopen(path, "rb");
    size_t size = file == NULL ? 0 : fread(content, 1, sizeof content - 1, file);

    if (file != NULL)
        fclose(file);
    content[size] = '\0';
    return strstr(content, text) != NULL;
}

static int start(char **arguments, PROCESS_INFORMATION *process)
{
    STARTUPINFOA startup = {.cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES};
    char line[8192] = "";

    for (; *arguments != NULL; arguments++)
        snprintf(line + strlen(line), sizeof line - strlen(line), "\"%s\" ", *arguments);
    startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    startup.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    return CreateProcessA(NULL, line, NULL, NULL, TRUE, CREATE_NEW_CONSOLE, NULL, NULL, &startup,
                          process);
}

static int press_ctrl_c(const PROCESS_INFORMATION *process)
{
    FreeConsole();
    SetConsoleCtrlHandler(NULL, TRUE); /* this process is in that console for the moment */
    return AttachConsole(process->dwProcessId) && GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
}

int main(int argument_count, char **arguments)
{
    int terminates = argument_count > 4 && strcmp(arguments[1], "terminate") == 0, looks = 0;
    PROCESS_INFORMATION process;
    DWORD status = NEVER;

    if (argument_count <= 4 || !start(arguments + 4, &process)) {
        fprintf(stderr, "end_recorder_windows: cannot start (error %lu)\n", GetLastError());
        return NEVER;
    }
    while (!has_text(arguments[2], arguments[3]) && looks++ < LOOKS)
        Sleep(LOOK_MS);
    if (looks > LOOKS ||
        !(terminates ? TerminateProcess(process.hProcess, TERMINATED) : press_ctrl_c(&process)))
        fprintf(stderr, "end_recorder_windows: cannot end it (error %lu)\n", GetLastError());
    if (WaitForSingleObject(process.hProcess, END_MS) == WAIT_OBJECT_0)
        GetExitCodeProcess(process.hProcess, &status);
    else
        TerminateProcess(process.hProcess, TERMINATED);
    return (int)status;
}
