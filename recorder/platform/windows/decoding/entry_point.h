/*
 * The program's first instruction, by a hardware breakpoint of its first thread: it changes no
 * byte of the program. On x86 only, for processes of trailrec's own kind that it sees from their
 * beginning. Loop thread.
 */
#ifndef TRAIL_WINDOWS_ENTRY_POINT_H
#define TRAIL_WINDOWS_ENTRY_POINT_H

#include "event.h"
#include "services/windows_api.h"

struct entry_point {
    HANDLE thread; /* of the CREATE_PROCESS event; NULL if there is no breakpoint */
    uint32_t tid;
    uintptr_t address;
};

/* While CREATE_PROCESS is held; where it cannot be set there is none. */
void entry_point_set(struct entry_point *entry, uint32_t tid,
                     const CREATE_PROCESS_DEBUG_INFO *info);

/*
 * Whether the exception is the breakpoint. Then the event is an EntryPoint, the breakpoint is
 * cleared, and DBG_CONTINUE the answer.
 */
bool entry_point_decode(struct entry_point *entry, const EXCEPTION_RECORD *record,
                        struct event *event);

/* Takes the breakpoint out, if it is still there, of a thread that runs or stands. */
void entry_point_clear(struct entry_point *entry);

#endif
