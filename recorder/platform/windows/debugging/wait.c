/*
 * Waiting and resuming. The wait is cut into slices, because nothing but a debug event ends
 * WaitForDebugEvent and platform_interrupt must; each quiet slice is also the occasion to look
 * whether a debuggee has died without telling.
 */
#include "debuggees.h"
#include "decoding/decode.h"
#include "decoding/usage.h"
#include "os.h"

enum { SLICE_MS = 100 };

/* How long the exit event of a process that has ended may take before it is given up. */
static const uint64_t EXIT_EVENT_PATIENCE_NS = 2000000000;

enum wait_outcome { WAIT_GOT_EVENT, WAIT_QUIET, WAIT_BROKEN };

static enum wait_outcome wait_native(struct platform *platform, DWORD timeout_ms, uint64_t *t_ns,
                                     struct trail_error *error)
{
    DWORD os_code;

    if (platform->wait_for_event(&platform->pending, timeout_ms)) {
        *t_ns = os_monotonic_ns();
        return WAIT_GOT_EVENT;
    }
    os_code = GetLastError();
    if (os_code == ERROR_SEM_TIMEOUT || os_code == WAIT_TIMEOUT)
        return WAIT_QUIET;
    error_set(error, TRAIL_FAILED, (long)os_code, "waiting for a debug event failed (error %lu)",
              os_code);
    return WAIT_BROKEN;
}

static bool is_replaying(const struct platform *platform)
{
    for (unsigned i = 0; i < platform->debuggee_count; i++)
        if (platform->debuggees[i].replaying)
            return true;
    return false;
}

/*
 * All events that a replay consists of are queued when platform_attach returns, so a replay is over
 * when none is there at once. Returns what that look found.
 */
static enum wait_outcome wait_for_replay(struct platform *platform, uint64_t *t_ns,
                                         struct trail_error *error)
{
    enum wait_outcome outcome = wait_native(platform, 0, t_ns, error);

    for (unsigned i = 0; outcome == WAIT_QUIET && i < platform->debuggee_count; i++)
        platform->debuggees[i].replaying = false;
    return outcome;
}

/* Our own handle where there is one: the system may have closed that of the event. */
static HANDLE handle_of(const struct platform *platform, const struct debuggee *debuggee)
{
    return debuggees_is_launched(platform, debuggee) ? platform->launched : debuggee->process;
}

/*
 * Some programs end without an exit event (under Wine, after odd endings; on Windows, when another
 * program meddles). Makes one up once a process has been dead, and the wait quiet, for a while.
 * Returns whether it did.
 */
static bool bury_dead(struct platform *platform, struct event *event)
{
    uint64_t now = os_monotonic_ns();

    for (unsigned i = 0; i < platform->debuggee_count; i++) {
        struct debuggee *debuggee = &platform->debuggees[i];
        HANDLE process = handle_of(platform, debuggee);
        DWORD exit_code = 0;
        if (process == NULL || WaitForSingleObject(process, 0) != WAIT_OBJECT_0)
            continue;
        if (debuggee->found_dead_ns == 0)
            debuggee->found_dead_ns = now;
        if (now - debuggee->found_dead_ns < EXIT_EVENT_PATIENCE_NS)
            continue;
        GetExitCodeProcess(process, &exit_code);
        event_begin(event, EVENT_EXIT_PROCESS, debuggee->pid, debuggee->tid, now);
        event_set(event, FIELD(EXIT_PROCESS, exit_code), exit_code);
        event->synthetic = true;
        debuggees_note_end(platform, debuggee, exit_code);
        return true;
    }
    return false;
}

static DWORD slice_ms(int timeout_ms, uint64_t start_ns)
{
    uint64_t elapsed_ms = (os_monotonic_ns() - start_ns) / 1000000;

    if (timeout_ms < 0)
        return SLICE_MS;
    if (elapsed_ms >= (uint64_t)timeout_ms)
        return 0;
    return (uint64_t)timeout_ms - elapsed_ms < SLICE_MS ? (DWORD)((uint64_t)timeout_ms - elapsed_ms)
                                                        : SLICE_MS;
}

enum platform_wait_result platform_wait(struct platform *platform, int timeout_ms,
                                        struct event *event, struct trail_error *error)
{
    uint64_t start_ns = timeout_ms < 0 ? 0 : os_monotonic_ns(), t_ns = 0;
    enum wait_outcome outcome = WAIT_QUIET;

    if (platform->debuggee_count == 0)
        return PLATFORM_END;
    /* platform_resume could not make room */
    if (platform->debuggee_count == platform->debuggee_capacity) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return PLATFORM_FAILED;
    }
    for (;;) {
        DWORD slice = slice_ms(timeout_ms, start_ns);
        if (InterlockedExchange(&platform->interrupted, 0) != 0)
            return PLATFORM_TIMEOUT;
        if (is_replaying(platform))
            outcome = wait_for_replay(platform, &t_ns, error);
        if (outcome == WAIT_QUIET)
            outcome = wait_native(platform, slice, &t_ns, error);
        if (outcome == WAIT_BROKEN)
            return PLATFORM_FAILED;
        if (outcome == WAIT_GOT_EVENT) {
            platform->stopped = true;
            decode_event(platform, t_ns, event);
            usage_decode(platform, event);
            return PLATFORM_EVENT;
        }
        if (bury_dead(platform, event))
            return PLATFORM_EVENT;
        if (slice == 0)
            return PLATFORM_TIMEOUT;
    }
}

uint64_t platform_resume(struct platform *platform)
{
    uint64_t resumed_ns;

    if (platform->stopped)
        ContinueDebugEvent(platform->pending.dwProcessId, platform->pending.dwThreadId,
                           platform->continue_status);
    resumed_ns = os_monotonic_ns();
    platform->stopped = false;
    if (platform->ended_pid != 0)
        debuggees_remove(platform, platform->ended_pid);
    platform->ended_pid = 0;
    debuggees_reserve(platform);
    return resumed_ns;
}
