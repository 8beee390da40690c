/* What a followed child was started as. Loop thread, while it stands still for the first time. */
#ifndef TRAIL_WINDOWS_CHILD_H
#define TRAIL_WINDOWS_CHILD_H

#include "debuggees.h"

/* Sets parent and command line of a process that a debuggee created. */
void child_decode(struct platform *platform, HANDLE process, struct event *event);

#endif
