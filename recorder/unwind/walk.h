/*
 * Unwinding all stacks of a job, in a process of its own (os_shared_work): from registers and a
 * copy of the stack to frames. What is done comes in the order of the stacks, so that another
 * worker can go on behind one that crashed. An os_shared_worker.
 */
#ifndef TRAIL_WALK_H
#define TRAIL_WALK_H

#include <stddef.h>

void walk_job(void *memory, size_t size);

#endif
