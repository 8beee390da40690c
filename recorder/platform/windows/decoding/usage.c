/* See usage.h. */
#include "decoding/usage.h"

#include <psapi.h>

static bool get_times(const struct platform *platform, struct debuggee *debuggee,
                      const struct event *event, uint64_t *user_ns, uint64_t *system_ns)
{
    uint64_t now_ns = event->kind == EVENT_EXIT_PROCESS ? 0 : event->t_ns;
    FILETIME begin, end, system, user;

    if (platform->is_wine) /* an attached one's threads that have ended are not known */
        return !debuggee->attached &&
               wine_times_get(&debuggee->wine_times, now_ns, user_ns, system_ns);
    if (!GetProcessTimes(debuggee->process, &begin, &end, &system, &user))
        return false;
    *user_ns = wine_times_ns(&user);
    *system_ns = wine_times_ns(&system);
    return true;
}

/* What the system counts: Wine counts neither faults nor I/O, and of the dead no memory. */
static void put_counters(const struct debuggee *debuggee, struct event *event)
{
    PROCESS_MEMORY_COUNTERS memory = {.cb = sizeof memory};
    IO_COUNTERS io;

    if (K32GetProcessMemoryInfo(debuggee->process, &memory, sizeof memory)) {
        if (memory.PeakWorkingSetSize != 0)
            event_set(event, FIELD(EXIT_PROCESS, peak_bytes), memory.PeakWorkingSetSize);
        if (memory.PageFaultCount != 0)
            event_set(event, FIELD(EXIT_PROCESS, minor_faults), memory.PageFaultCount);
    }
    if (GetProcessIoCounters(debuggee->process, &io) &&
        (io.ReadOperationCount | io.WriteOperationCount | io.OtherOperationCount) != 0) {
        event_set(event, FIELD(EXIT_PROCESS, read_bytes), io.ReadTransferCount);
        event_set(event, FIELD(EXIT_PROCESS, written_bytes), io.WriteTransferCount);
    }
}

void usage_decode(struct platform *platform, struct event *event)
{
    struct debuggee *debuggee = debuggees_find(platform, platform->pending.dwProcessId);
    uint64_t user_ns, system_ns;

    if (debuggee == NULL)
        return;
    if (platform->is_wine)
        wine_times_note(&debuggee->wine_times, &platform->pending);
    /* a string of the loader's may become a LoadFailed */
    if (!event_bounds_gap(event) &&
        !(platform->asks_snaps && event->kind == EVENT_OUTPUT_DEBUG_STRING))
        return;
    if (event->kind == EVENT_EXIT_PROCESS)
        put_counters(debuggee, event);
    if (!get_times(platform, debuggee, event, &user_ns, &system_ns))
        return;
    /* the clock has ticks of some ms: whoever has run has used some time, and 0 means unknown */
    event->cpu_ns = user_ns + system_ns > 0 ? user_ns + system_ns : 1;
    if (event->kind == EVENT_EXIT_PROCESS) {
        event_set(event, FIELD(EXIT_PROCESS, cpu_user_ns), user_ns);
        event_set(event, FIELD(EXIT_PROCESS, cpu_system_ns), system_ns);
    }
}
