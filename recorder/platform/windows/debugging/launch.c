/*
 * Launching a program under the debugger. The command line goes to CreateProcessW as it was typed:
 * Windows programs parse it themselves, each by its own rules, so any quoting of ours could change
 * what they see.
 */
#include "debuggees.h"
#include "services/environment.h"
#include "debugging/find_program.h"
#include "image_machine.h"
#include "services/console.h"
#include "services/wide.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { ELEVATION_REQUIRED = 740 }; /* ERROR_ELEVATION_REQUIRED, which older headers lack */

static bool can_run_32_bit(void)
{
    wchar_t path[MAX_PATH + 16];
    UINT length = GetSystemWow64DirectoryW(path, MAX_PATH);

    if (sizeof(void *) == 4)
        return true;
    if (length == 0 || length > MAX_PATH)
        return false;
    wcscpy(path + length, L"\\ntdll.dll");
    return GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}

/*
 * A system without its 32-bit half (Wine built for 64 bits only) starts such a program, which then
 * ends in ways that explain nothing.
 */
static int check_machine(const wchar_t *path, const char *name, struct trail_error *error)
{
    if (identify_machine(path) == IMAGE_FILE_MACHINE_I386 && !can_run_32_bit())
        return error_set(
            error, TRAIL_NOT_EXECUTABLE, 0,
            "cannot run '%s': it is a 32-bit program, and this system runs 64-bit ones only", name);
    return 0;
}

static bool is_directory(const wchar_t *path)
{
    DWORD attributes = GetFileAttributesW(path);

    return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

/* What CreateProcessW says, and what that means to whoever typed the command. */
static const struct launch_failure {
    DWORD os_code;
    enum trail_error_code code;
    const char *why;
} launch_failures[] = {
    {ERROR_FILE_NOT_FOUND, TRAIL_NOT_FOUND, "not found; check its name and PATH"},
    {ERROR_PATH_NOT_FOUND, TRAIL_NOT_FOUND, "not found; check its name and PATH"},
    {ERROR_INVALID_NAME, TRAIL_NOT_FOUND, "not the name of a file"},
    {ERROR_BAD_PATHNAME, TRAIL_NOT_FOUND, "not the name of a file"},
    {ERROR_BAD_EXE_FORMAT, TRAIL_NOT_EXECUTABLE,
     "not a Windows program; start a script by its interpreter"},
    {ERROR_BAD_FORMAT, TRAIL_NOT_EXECUTABLE,
     "not a Windows program; start a script by its interpreter"},
    {ERROR_INVALID_EXE_SIGNATURE, TRAIL_NOT_EXECUTABLE, "not a Windows program, or a damaged one"},
    {ERROR_EXE_MARKED_INVALID, TRAIL_NOT_EXECUTABLE, "not a Windows program, or a damaged one"},
    {ERROR_EXE_MACHINE_TYPE_MISMATCH, TRAIL_NOT_EXECUTABLE, "made for another kind of machine"},
    {ERROR_ACCESS_DENIED, TRAIL_NOT_EXECUTABLE,
     "access denied; check that it is a program and that you may run it"},
    {ELEVATION_REQUIRED, TRAIL_NOT_EXECUTABLE,
     "it wants to run as administrator; run trailrec as administrator"},
    /* Wine, where the heap lies in the way */
    {ERROR_INTERNAL_ERROR, TRAIL_FAILED, "its process ended before it began; try again"},
    {ERROR_FILENAME_EXCED_RANGE, TRAIL_FAILED, "the command line is longer than Windows allows"},
    {ERROR_NOT_SUPPORTED, TRAIL_NOT_EXECUTABLE,
     "it is made for another kind of machine than this trailrec"},
};

static const char *machine_word(uint32_t machine)
{
    switch (machine) {
    case IMAGE_FILE_MACHINE_I386:
        return "32-bit x86";
    case IMAGE_FILE_MACHINE_AMD64:
        return "x86-64";
    case 0xAA64: /* IMAGE_FILE_MACHINE_ARM64 */
        return "ARM64";
    case 0x01C4: /* IMAGE_FILE_MACHINE_ARMNT */
        return "32-bit ARM";
    default:
        return NULL;
    }
}

/* A file that is a program, but not for this machine, and is called none: 0 if it is not that. */
static int machine_error(struct trail_error *error, const wchar_t *program, const char *name,
                         DWORD os_code)
{
    bool is_refused = os_code == ERROR_BAD_EXE_FORMAT || os_code == ERROR_BAD_FORMAT ||
                      os_code == ERROR_EXE_MACHINE_TYPE_MISMATCH || os_code == ERROR_NOT_SUPPORTED;
    uint32_t machine = is_refused ? identify_machine(program) : 0;
    const char *word = machine_word(machine);

    if (word == NULL ||
        (machine == IMAGE_FILE_MACHINE_I386 && os_code != ERROR_NOT_SUPPORTED && can_run_32_bit()))
        return 0; /* what only looks like a program of this machine is none */
    return error_set(error, TRAIL_NOT_EXECUTABLE, (long)os_code,
                     os_code == ERROR_NOT_SUPPORTED
                         ? "cannot run '%s': this trailrec cannot record a program for %s; use the "
                           "trailrec made for that"
                         : "cannot run '%s': it is a program for %s, and this system does not run "
                           "those",
                     name, word);
}

static int launch_error(struct trail_error *error, const char *name, DWORD os_code)
{
    for (size_t i = 0; i < sizeof launch_failures / sizeof launch_failures[0]; i++)
        if (launch_failures[i].os_code == os_code)
            return error_set(error, launch_failures[i].code, (long)os_code, "cannot run '%s': %s",
                             name, launch_failures[i].why);
    return error_set(error, TRAIL_FAILED, (long)os_code, "cannot run '%s' (error %lu)", name,
                     os_code);
}

/*
 * Handles are inherited as from a shell: whoever started us may have put more than the standard
 * three there for the target.
 */
static int create_process(const struct platform_launch *launch, const wchar_t *program,
                          wchar_t *command_line, const wchar_t *directory, void *environment,
                          PROCESS_INFORMATION *information, struct trail_error *error)
{
    STARTUPINFOW startup = {.cb = sizeof startup};
    DWORD flags = CREATE_UNICODE_ENVIRONMENT |
                  (launch->follow ? DEBUG_PROCESS : DEBUG_ONLY_THIS_PROCESS) |
                  (launch->new_console ? CREATE_NEW_CONSOLE : 0);

    if (directory != NULL && !is_directory(directory))
        return error_set(error, TRAIL_FAILED, ERROR_DIRECTORY,
                         "cannot start in '%s': no such directory", launch->directory);
    if (program == NULL)
        return launch_error(error, launch->arguments[0], ERROR_FILE_NOT_FOUND);
    if (check_machine(program, launch->arguments[0], error) < 0)
        return -1;
    if (!CreateProcessW(program, command_line, NULL, NULL, TRUE, flags, environment, directory,
                        &startup, information)) {
        DWORD os_code = GetLastError();
        return machine_error(error, program, launch->arguments[0], os_code) != 0
                   ? -1
                   : launch_error(error, launch->arguments[0], os_code);
    }
    return 0;
}

static void watch_launched(struct platform *platform, const PROCESS_INFORMATION *information,
                           char *command_line)
{
    CloseHandle(information->hThread);
    if (platform->launched != NULL)
        CloseHandle(platform->launched);
    free(platform->command_line);
    platform->launched = information->hProcess;
    platform->launched_pid = information->dwProcessId;
    platform->command_line = command_line;
    platform->exit = (struct platform_exit){.ended = false};
    debuggees_add(platform, information->dwProcessId);
}

int platform_launch(struct platform *platform, const struct platform_launch *launch,
                    struct trail_error *error)
{
    wchar_t *command_line = wide_from_utf8(launch->command_line),
            *environment = environment_block(launch->variables, launch->debug_heap),
            *name = wide_from_utf8(launch->arguments[0]),
            *program = name != NULL ? find_program(name) : NULL;
    wchar_t *directory = launch->directory != NULL ? wide_from_utf8(launch->directory) : NULL;
    char *shown = _strdup(launch->command_line);
    PROCESS_INFORMATION information;
    int result = -1;

    if (command_line == NULL || environment == NULL || name == NULL || shown == NULL ||
        (launch->directory != NULL && directory == NULL) || debuggees_reserve(platform) < 0)
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    else
        result = create_process(launch, program, command_line, directory, environment, &information,
                                error);
    if (result == 0) {
        platform->asks_snaps = launch->loader_snaps;
        watch_launched(platform, &information, shown);
        shown = NULL;
        if (launch->new_console)
            console_claim();
    }
    free(program);
    free(name);
    free(command_line);
    free(environment);
    free(directory);
    free(shown);
    return result;
}
