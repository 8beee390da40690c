/*
 * Exceptions: which of them are there only because of the debugger, and what is recorded of each.
 * Loop thread, while the target stands still.
 */
#ifndef TRAIL_WINDOWS_EXCEPTION_H
#define TRAIL_WINDOWS_EXCEPTION_H

#include "debuggees.h"

/* What to continue the target with; called once for each exception. */
DWORD exception_answer(struct debuggee *debuggee, const EXCEPTION_DEBUG_INFO *info);

/* Puts all that is recorded of it into the event. */
void exception_decode(struct event_text *text, const struct debuggee *debuggee,
                      const EXCEPTION_DEBUG_INFO *info, struct event *event);

#endif
