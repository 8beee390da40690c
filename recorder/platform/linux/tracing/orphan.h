/*
 * Children whose maker will never tell of them: it was killed before. Loop thread.
 */
#ifndef TRAIL_LINUX_ORPHAN_H
#define TRAIL_LINUX_ORPHAN_H

#include "state.h"

/* If nothing else is to be told: such a child, as an event. False if there is none. */
bool orphan_next_event(struct platform *platform, struct event *event);

/* Takes the planted bytes out of such a child, which is about to be let go. */
void orphan_clean(struct platform *platform, pid_t tid);

#endif
