/*
 * Being the job of a shell; stand.c is also what os.h asks for to leave a target standing.
 */
#ifndef TRAIL_LINUX_STAND_H
#define TRAIL_LINUX_STAND_H

#include <stdbool.h>

/* Whether a shell looks after our process group as a job of its own. Any thread. */
bool stand_is_job(void);

#endif
