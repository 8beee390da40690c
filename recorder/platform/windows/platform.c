/* The life of a recording: making and freeing its state, killing, facts. See platform.h. */
#include "debuggees.h"
#include "services/wide.h"

#include <stdlib.h>
#include <wchar.h>

/*
 * WaitForDebugEventEx passes UTF-16 debug strings on as they are, but Windows before 10 and Wine 8
 * lack it, and an import that is missing aborts the program. So look it up, and never in an api-set
 * DLL, which exists where the function does not.
 */
static void choose_wait_function(struct platform *platform)
{
    any_function function = windows_api_find(L"kernelbase.dll", "WaitForDebugEventEx");

    if (function == NULL)
        function = windows_api_find(L"kernel32.dll", "WaitForDebugEventEx");
    platform->wait_name = function != NULL ? "WaitForDebugEventEx" : "WaitForDebugEvent";
    platform->wait_for_event =
        function != NULL ? (BOOL(WINAPI *)(LPDEBUG_EVENT, DWORD))function : WaitForDebugEvent;
}

struct platform *platform_new(struct trail_error *error)
{
    struct platform *platform = calloc(1, sizeof *platform);

    if (platform == NULL || debuggees_reserve(platform) < 0) {
        platform_free(platform);
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    choose_wait_function(platform);
    platform->query_name = thread_name_find_query();
    platform->is_wine = windows_api_find(L"ntdll.dll", "wine_get_version") != NULL;
    return platform;
}

void platform_free(struct platform *platform)
{
    if (platform == NULL)
        return;
    if (platform->launched != NULL)
        CloseHandle(platform->launched);
    free(platform->command_line);
    free(platform->debuggees);
    free(platform);
}

void platform_kill(struct platform *platform)
{
    for (unsigned i = 0; i < platform->debuggee_count; i++) {
        const struct debuggee *debuggee = &platform->debuggees[i];
        if (debuggees_is_launched(platform, debuggee))
            TerminateProcess(platform->launched, 1);
        else if (debuggee->process != NULL)
            TerminateProcess(debuggee->process, 1);
    }
}

static void put_process(const struct debuggee *debuggee, struct platform_process *out)
{
    enum { QUERY_LIMITED = 0x1000 }; /* PROCESS_QUERY_LIMITED_INFORMATION */
    HANDLE process = OpenProcess(QUERY_LIMITED, FALSE, debuggee->pid);
    wchar_t path[2048], *base;
    DWORD length = (DWORD)(sizeof path / sizeof path[0]);
    char *text = NULL;

    *out = (struct platform_process){.pid = debuggee->pid};
    if (process != NULL && QueryFullProcessImageNameW(process, 0, path, &length)) {
        base = wcsrchr(path, L'\\');
        text = wide_to_utf8(base != NULL ? base + 1 : path, wcslen(base != NULL ? base + 1 : path));
    }
    if (text != NULL)
        wide_copy_utf8(out->name, sizeof out->name, text);
    free(text);
    if (process != NULL)
        CloseHandle(process);
}

unsigned platform_processes(const struct platform *platform, struct platform_process *processes,
                            unsigned capacity)
{
    unsigned known =
                 platform->debuggee_count > 0 ? platform->debuggee_count : platform->standing_count,
             count = 0;

    for (unsigned i = 0; i < known; i++) {
        if (platform->debuggees[i].pid == platform->ended_pid)
            continue;
        if (count < capacity)
            put_process(&platform->debuggees[i], &processes[count]);
        count++;
    }
    return count;
}

/* The system itself says by its own name which file was mapped. */
size_t platform_file_name(const struct event *event, char *name, size_t capacity)
{
    (void)event, (void)name, (void)capacity;
    return 0;
}

void platform_interrupt(struct platform *platform)
{
    InterlockedExchange(&platform->interrupted, 1);
}

int platform_ask_kernel_times(struct platform *platform, struct trail_error *error)
{
    (void)platform;
    return error_set(error, TRAIL_FAILED, 0,
                     "they are not needed on Windows, where each load has a stop of its own");
}

void platform_facts(const struct platform *platform, struct platform_facts *facts)
{
    facts->wait_function = platform->wait_name;
    facts->load_detection = "debug events";
    facts->tells_thread_names = true;
    facts->continue_command = facts->notice = NULL;
    facts->continue_hint = "attach a debugger (in WinDbg, ~*m resumes the threads), or resume it "
                           "in the Resource Monitor";
}

void platform_exit_of_launched(const struct platform *platform, struct platform_exit *exit)
{
    *exit = platform->exit;
}
