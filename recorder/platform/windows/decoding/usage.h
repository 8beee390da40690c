/* What a process has used: CPU time, memory, files. Loop thread, at a stop. */
#ifndef TRAIL_WINDOWS_USAGE_H
#define TRAIL_WINDOWS_USAGE_H

#include "debuggees.h"

/* The CPU time, if the event bounds gaps, and at an exit the rest; of the pending event. */
void usage_decode(struct platform *platform, struct event *event);

#endif
