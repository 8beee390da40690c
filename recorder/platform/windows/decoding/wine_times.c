/* See wine_times.h. */
#include "decoding/wine_times.h"

enum { HALF_TICK_NS = 5 * 1000 * 1000 };

uint64_t wine_times_ns(const FILETIME *time)
{
    return ((uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime) * 100;
}

static bool add_thread(HANDLE thread, uint64_t *user_ns, uint64_t *system_ns)
{
    FILETIME begin, end, system, user;

    if (!GetThreadTimes(thread, &begin, &end, &system, &user))
        return false;
    *user_ns += wine_times_ns(&user);
    *system_ns += wine_times_ns(&system);
    return true;
}

static void begin_thread(struct wine_times *times, uint32_t tid, HANDLE thread)
{
    if (times->count == WINE_THREADS_MAX) {
        times->is_incomplete = true;
        return;
    }
    times->threads[times->count].tid = tid;
    times->threads[times->count++].thread = thread;
}

static void end_thread(struct wine_times *times, unsigned at)
{
    if (!add_thread(times->threads[at].thread, &times->user_ns, &times->system_ns))
        times->is_incomplete = true;
    times->threads[at] = times->threads[--times->count];
}

void wine_times_note(struct wine_times *times, const DEBUG_EVENT *native)
{
    unsigned at = 0;

    while (at < times->count && times->threads[at].tid != native->dwThreadId)
        at++;
    if (native->dwDebugEventCode == CREATE_PROCESS_DEBUG_EVENT)
        begin_thread(times, native->dwThreadId, native->u.CreateProcessInfo.hThread);
    else if (native->dwDebugEventCode == CREATE_THREAD_DEBUG_EVENT)
        begin_thread(times, native->dwThreadId, native->u.CreateThread.hThread);
    else if (at == times->count) /* Wine 8 loses some CreateThread events */
        times->is_incomplete = true;
    else if (native->dwDebugEventCode == EXIT_THREAD_DEBUG_EVENT)
        end_thread(times, at);
}

static bool ask(struct wine_times *times)
{
    times->answer_user_ns = times->user_ns;
    times->answer_system_ns = times->system_ns;
    for (unsigned i = 0; i < times->count; i++)
        if (!add_thread(times->threads[i].thread, &times->answer_user_ns, &times->answer_system_ns))
            return false;
    return true;
}

bool wine_times_get(struct wine_times *times, uint64_t now_ns, uint64_t *user_ns,
                    uint64_t *system_ns)
{
    bool is_fresh = times->answer_ns != 0 && now_ns >= times->answer_ns &&
                    now_ns - times->answer_ns < HALF_TICK_NS;

    if (!is_fresh) {
        times->answer_ns = 0;
        if (!ask(times))
            return false;
        times->answer_ns = now_ns;
    }
    *user_ns = times->answer_user_ns;
    *system_ns = times->answer_system_ns;
    return !times->is_incomplete;
}
