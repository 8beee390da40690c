/* See decode.h. */
#include "decoding/decode.h"

#include "decoding/child.h"
#include "decoding/debug_string.h"
#include "decoding/exception.h"
#include "decoding/peb.h"
#include "decoding/target_memory.h"
#include "suspending.h"

#include <psapi.h>

#include <string.h>

enum { IMAGE_NAME_UNITS_MAX = 2048 };

/*
 * Attaching queues, at once, events that tell what is already there: the process, its threads (with
 * start address 0) and its modules. These are state, not history. The replay is over with the first
 * event of another sort or, as platform_wait sees to, when nothing is queued any more. A module
 * that the program itself loads in that very gap, with no thread event before it, cannot be told
 * from a replayed one.
 */
static bool is_replay(const DEBUG_EVENT *native)
{
    switch (native->dwDebugEventCode) {
    case CREATE_PROCESS_DEBUG_EVENT:
    case LOAD_DLL_DEBUG_EVENT:
        return true;
    case CREATE_THREAD_DEBUG_EVENT:
        return native->u.CreateThread.lpStartAddress == NULL;
    default:
        return false;
    }
}

static void decide_synthetic(struct debuggee *debuggee, const DEBUG_EVENT *native,
                             struct event *event)
{
    if (!debuggee->attached)
        return;
    if (debuggee->replaying && !is_replay(native))
        debuggee->replaying = false;
    event->synthetic = debuggee->replaying;
}

/*
 * The name of an image. The writer asks the file handle for a better one, but the handle dies with
 * the recorder, and what was not written by then has only this (9 us a load). Where there is no
 * handle the target's own name for it, which costs a read more, comes first. Device paths become
 * drive paths in identify.c.
 */
static void name_image(struct platform *platform, HANDLE process, const void *name_at, bool wide,
                       const void *base, struct event *event)
{
    uintptr_t name = 0;
    size_t size;
    bool exact, complete = false;

    if (name_at != NULL && target_memory_read(process, (uintptr_t)name_at, &name, sizeof name) &&
        name != 0 && wide) {
        size = target_memory_read_string(process, name, 2, 0, platform->text.raw,
                                         IMAGE_NAME_UNITS_MAX * 2, &complete);
        if (complete && size > 0) {
            event->image.path = event_text_put_wide(
                &platform->text, event, (const wchar_t *)(const void *)platform->text.raw, size / 2,
                &exact);
            return;
        }
    }
    size = K32GetMappedFileNameW(process, (void *)(uintptr_t)base, platform->text.wide,
                                 IMAGE_NAME_UNITS_MAX);
    if (size > 0 && size < IMAGE_NAME_UNITS_MAX)
        event->image.path =
            event_text_put_wide(&platform->text, event, platform->text.wide, size, &exact);
}

static struct debuggee *announce(struct platform *platform, uint32_t pid, HANDLE process)
{
    struct debuggee *debuggee = debuggees_find(platform, pid);
    BOOL wow64 = FALSE;

    /* the number is used again, and its last owner ended unseen */
    if (debuggee != NULL && debuggee->announced) {
        debuggees_remove(platform, pid);
        debuggee = NULL;
    }
    if (debuggee == NULL)
        debuggee = debuggees_add(platform, pid);
    debuggee->announced = true;
    debuggee->process = process;
    debuggee->wow64 = IsWow64Process(process, &wow64) && wow64;
    debuggee->has_two_loaders = debuggee->wow64 && sizeof(void *) == 8 && !platform->is_wine;
    return debuggee;
}

static void decode_create_process(struct platform *platform, const CREATE_PROCESS_DEBUG_INFO *info,
                                  struct event *event)
{
    struct debuggee *debuggee = announce(platform, event->pid, info->hProcess);
    bool launched = debuggees_is_launched(platform, debuggee);

    event_set(event, FIELD(CREATE_PROCESS, via),
              debuggee->attached ? VIA_ATTACH
              : launched         ? VIA_LAUNCH
                                 : VIA_CREATE);
    event_set(event, FIELD(CREATE_PROCESS, base), (uintptr_t)info->lpBaseOfImage);
    if (info->lpStartAddress != NULL)
        event_set(event, FIELD(CREATE_PROCESS, start_address), (uintptr_t)info->lpStartAddress);
    event_set(event, FIELD(CREATE_PROCESS, thread_local_base), (uintptr_t)info->lpThreadLocalBase);
    if (info->nDebugInfoSize != 0) {
        event_set(event, FIELD(CREATE_PROCESS, debug_info_offset), info->dwDebugInfoFileOffset);
        event_set(event, FIELD(CREATE_PROCESS, debug_info_size), info->nDebugInfoSize);
    }
    event->image.file = (intptr_t)info->hFile;
    name_image(platform, info->hProcess, info->hFile == NULL ? info->lpImageName : NULL,
               info->fUnicode != 0, info->lpBaseOfImage, event);
    if (launched) {
        event_set(event, FIELD(CREATE_PROCESS, parent_pid), GetCurrentProcessId());
        debug_text_set(event, FIELD(CREATE_PROCESS, command_line), platform->command_line,
                       strlen(platform->command_line));
    } else {
        child_decode(platform, info->hProcess, event);
    }
    debuggee->tid = event->tid;
    if (debuggee->attached) {
        event->synthetic = true;
        thread_name_decode(platform->query_name, &platform->text, event);
        return;
    }
    if (platform->asks_snaps)
        peb_ask_snaps(info->hProcess, debuggee->wow64);
    if (!debuggee->wow64)
        entry_point_set(&debuggee->entry, event->tid, info);
}

static bool has_started(const struct debuggee *debuggee)
{
    return debuggee->has_two_loaders ? debuggee->wow64_breakpoint_seen
                                     : debuggee->loader_breakpoint_seen;
}

static void decode_load(struct platform *platform, const struct debuggee *debuggee,
                        const LOAD_DLL_DEBUG_INFO *info, struct event *event)
{
    unsigned load_phase = debuggee->attached
                              ? (event->synthetic ? LOAD_PHASE_ATTACH : LOAD_PHASE_RUNTIME)
                          : has_started(debuggee) ? LOAD_PHASE_RUNTIME
                                                  : LOAD_PHASE_STARTUP;

    event_set(event, FIELD(LOAD_DLL, base), (uintptr_t)info->lpBaseOfDll);
    event_set(event, FIELD(LOAD_DLL, load_phase), load_phase);
    event_set(event, FIELD(LOAD_DLL, time_source), TIME_SOURCE_STOP);
    if (info->nDebugInfoSize != 0) {
        event_set(event, FIELD(LOAD_DLL, debug_info_offset), info->dwDebugInfoFileOffset);
        event_set(event, FIELD(LOAD_DLL, debug_info_size), info->nDebugInfoSize);
    }
    event->image.file = (intptr_t)info->hFile;
    name_image(platform, debuggee->process, info->hFile == NULL ? info->lpImageName : NULL,
               info->fUnicode != 0, info->lpBaseOfDll, event);
}

static void decode_exit_process(struct platform *platform, const struct debuggee *debuggee,
                                uint32_t exit_code, struct event *event)
{
    event_set(event, FIELD(EXIT_PROCESS, exit_code), exit_code);
    debuggees_note_end(platform, debuggee, exit_code);
}

/* Keeps in mind a thread of the process that lives, for what is said of the process as a whole. */
static void note_thread(struct debuggee *debuggee, const struct event *event)
{
    if (event->kind == EVENT_EXIT_THREAD)
        debuggee->tid = debuggee->tid == event->tid ? 0 : debuggee->tid;
    else if (debuggee->tid == 0)
        debuggee->tid = event->tid;
}

static enum event_kind kind_of(DWORD code)
{
    switch (code) {
    case EXCEPTION_DEBUG_EVENT:
        return EVENT_EXCEPTION;
    case CREATE_THREAD_DEBUG_EVENT:
        return EVENT_CREATE_THREAD;
    case CREATE_PROCESS_DEBUG_EVENT:
        return EVENT_CREATE_PROCESS;
    case EXIT_THREAD_DEBUG_EVENT:
        return EVENT_EXIT_THREAD;
    case EXIT_PROCESS_DEBUG_EVENT:
        return EVENT_EXIT_PROCESS;
    case LOAD_DLL_DEBUG_EVENT:
        return EVENT_LOAD_DLL;
    case UNLOAD_DLL_DEBUG_EVENT:
        return EVENT_UNLOAD_DLL;
    case OUTPUT_DEBUG_STRING_EVENT:
        return EVENT_OUTPUT_DEBUG_STRING;
    case RIP_EVENT:
        return EVENT_RIP_EVENT;
    default:
        return EVENT_NONE;
    }
}

static void decode_details(struct platform *platform, struct debuggee *debuggee,
                           struct event *event)
{
    const DEBUG_EVENT *native = &platform->pending;

    switch (event->kind) {
    case EVENT_EXIT_PROCESS:
        decode_exit_process(platform, debuggee, native->u.ExitProcess.dwExitCode, event);
        thread_name_decode(platform->query_name, &platform->text, event);
        break;
    case EVENT_CREATE_THREAD:
        if (native->u.CreateThread.lpStartAddress != NULL)
            event_set(event, FIELD(CREATE_THREAD, start_address),
                      (uintptr_t)native->u.CreateThread.lpStartAddress);
        event_set(event, FIELD(CREATE_THREAD, thread_local_base),
                  (uintptr_t)native->u.CreateThread.lpThreadLocalBase);
        if (event->synthetic)
            thread_name_decode(platform->query_name, &platform->text, event);
        break;
    case EVENT_EXIT_THREAD:
        event_set(event, FIELD(EXIT_THREAD, exit_code), native->u.ExitThread.dwExitCode);
        thread_name_decode(platform->query_name, &platform->text, event);
        break;
    case EVENT_LOAD_DLL:
        decode_load(platform, debuggee, &native->u.LoadDll, event);
        break;
    case EVENT_UNLOAD_DLL:
        event_set(event, FIELD(UNLOAD_DLL, base), (uintptr_t)native->u.UnloadDll.lpBaseOfDll);
        event_set(event, FIELD(UNLOAD_DLL, load), (uintptr_t)native->u.UnloadDll.lpBaseOfDll);
        break;
    case EVENT_EXCEPTION:
        if (entry_point_decode(&debuggee->entry, &native->u.Exception.ExceptionRecord, event))
            break;
        platform->continue_status = exception_answer(debuggee, &native->u.Exception);
        event->debuggers_own = platform->continue_status == DBG_CONTINUE;
        exception_decode(&platform->text, debuggee, &native->u.Exception, event);
        break;
    case EVENT_OUTPUT_DEBUG_STRING:
        debug_string_decode(&platform->text, debuggee->process, &native->u.DebugString, event);
        break;
    case EVENT_RIP_EVENT:
        event_set(event, FIELD(RIP_EVENT, error), native->u.RipInfo.dwError);
        event_set(event, FIELD(RIP_EVENT, type), native->u.RipInfo.dwType);
        break;
    }
}

/*
 * Handles: those of processes and threads in an event belong to the system, which closes them at
 * the exit event. Wine does not, and leaks one handle per thread and process in the recorder;
 * closing them here would be wrong on Windows, so that is tolerated.
 */
void decode_event(struct platform *platform, uint64_t t_ns, struct event *event)
{
    const DEBUG_EVENT *native = &platform->pending;
    struct debuggee *debuggee = debuggees_find(platform, native->dwProcessId);

    event_begin(event, kind_of(native->dwDebugEventCode), native->dwProcessId, native->dwThreadId,
                t_ns);
    platform->continue_status = DBG_CONTINUE;
    if (event->kind == EVENT_CREATE_PROCESS) {
        decode_create_process(platform, &native->u.CreateProcessInfo, event);
        return;
    }
    /* a late event of a process whose end was found out without its exit event */
    if (debuggee == NULL) {
        event->kind = EVENT_NONE;
        if (native->dwDebugEventCode == LOAD_DLL_DEBUG_EVENT && native->u.LoadDll.hFile != NULL)
            CloseHandle(native->u.LoadDll.hFile);
        return;
    }
    note_thread(debuggee, event);
    decide_synthetic(debuggee, native, event);
    decode_details(platform, debuggee, event);
    if (debuggee->pid == platform->launched_pid && !debuggee->attached)
        suspending_allow(has_started(debuggee) && debuggee->entry.thread == NULL &&
                                 event->kind != EVENT_EXIT_PROCESS
                             ? debuggee->pid
                             : 0);
}
