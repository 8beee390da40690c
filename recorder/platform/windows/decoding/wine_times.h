/*
 * The CPU times of a process under Wine, whose GetProcessTimes tells those of the caller, whichever
 * process it is asked for (8.0): those of its threads, added up. Loop thread, at a stop.
 */
#ifndef TRAIL_WINDOWS_WINE_TIMES_H
#define TRAIL_WINDOWS_WINE_TIMES_H

#include "services/windows_api.h"

#include <stdbool.h>
#include <stdint.h>

/* As many as can be asked at each event; of a process with more the times are not known. */
enum { WINE_THREADS_MAX = 8 };

struct wine_times {
    struct {
        uint32_t tid;
        HANDLE thread; /* of its first event: Wine leaves those open */
    } threads[WINE_THREADS_MAX];
    unsigned count;
    uint64_t user_ns, system_ns; /* of those that have ended */
    bool is_incomplete;          /* a thread is missing */
    /* the last answer: when it was given, 0 for never, and what it was */
    uint64_t answer_ns, answer_user_ns, answer_system_ns;
};

/* To be told of each event of the process. */
void wine_times_note(struct wine_times *times, const DEBUG_EVENT *native);

/*
 * False if they are not known. An answer may be half a tick of Wine's clock (10 ms) older than
 * now_ns, since to ask is a request to its server while the target stands still; 0 asks anyway.
 */
bool wine_times_get(struct wine_times *times, uint64_t now_ns, uint64_t *user_ns,
                    uint64_t *system_ns);

/* From the system's units of 100 ns. */
uint64_t wine_times_ns(const FILETIME *time);

#endif
