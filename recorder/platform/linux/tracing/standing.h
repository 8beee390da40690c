/*
 * Letting go of processes that are to stand still. Loop thread.
 */
#ifndef TRAIL_LINUX_STANDING_H
#define TRAIL_LINUX_STANDING_H

#include "state.h"

/* Has all processes, whose tasks are held, stand still when they are let go. */
void standing_stop_all(struct platform *platform);

#endif
