/*
 * Job control: trailrec stops with what it records. Loop thread.
 */
#ifndef TRAIL_LINUX_JOBS_H
#define TRAIL_LINUX_JOBS_H

#include "state.h"

/* If all have stopped and nothing else is to be told: stops us too, as long as our job is. */
void jobs_follow_stop(struct platform *platform);

#endif
