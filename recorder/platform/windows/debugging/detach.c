/* Letting go. See platform.h. */
#include "debuggees.h"
#include "debugging/following.h"

enum { QUEUED_MAX = 256, SETTLE_MS = 10 };

/* Stops or starts all threads of each debuggee, as the debug interface does for an event. */
static void hold_all(struct platform *platform, const char *function)
{
    LONG(WINAPI * hold)(HANDLE) = (LONG(WINAPI *)(HANDLE))windows_api_find(L"ntdll.dll", function);

    for (unsigned i = 0; hold != NULL && i < platform->debuggee_count; i++) {
        HANDLE process = OpenProcess(PROCESS_SUSPEND_RESUME, FALSE, platform->debuggees[i].pid);
        if (process == NULL)
            continue;
        hold(process);
        CloseHandle(process);
    }
}

static void answer_queued(struct platform *platform)
{
    struct trail_error error;

    InterlockedExchange(&platform->interrupted, 0);
    for (unsigned i = 0; i < QUEUED_MAX; i++) {
        if (platform_wait(platform, SETTLE_MS, &platform->unrecorded, &error) != PLATFORM_EVENT)
            return;
        platform_discard(&platform->unrecorded);
        platform_resume(platform);
    }
}

static void stop_debugging(struct platform *platform)
{
    DebugSetProcessKillOnExit(FALSE);
    for (unsigned i = 0; i < platform->debuggee_count; i++) {
        const struct debuggee *debuggee = &platform->debuggees[i];
        bool followed;
        entry_point_clear(&platform->debuggees[i].entry);
        if (debuggee->attached)
            following_set(debuggee->pid, debuggee->followed_before, &followed);
        DebugActiveProcessStop(debuggee->pid);
    }
}

/* A breakpoint of ours may be in the queue. */
static bool awaits_entry(const struct platform *platform)
{
    for (unsigned i = 0; i < platform->debuggee_count; i++)
        if (platform->debuggees[i].entry.thread != NULL)
            return true;
    return false;
}

/*
 * Windows takes an exception that is in the queue as not handled then. Wine takes it as handled,
 * and the program's own handler would never see it: there, and where it may be one of ours, the
 * queue is emptied first, with the threads held so that it stays empty. What is to stand still is
 * held from here on, before the event that it stands at is answered.
 */
void platform_detach(struct platform *platform, enum platform_detach how)
{
    bool stands = how == PLATFORM_STAND_STILL,
         empties = platform->is_wine || awaits_entry(platform);

    if (stands || empties)
        hold_all(platform, "NtSuspendProcess");
    platform_resume(platform);
    if (empties)
        answer_queued(platform);
    stop_debugging(platform);
    if (empties && !stands)
        hold_all(platform, "NtResumeProcess");
    platform->standing_count = stands ? platform->debuggee_count : 0;
    platform->debuggee_count = 0;
}
