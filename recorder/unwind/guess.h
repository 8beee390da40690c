/*
 * Callers without an unwinder: what on the stack looks like an address behind a call instruction.
 * Some of it may be left over from calls that have returned, so all of it is marked as guessed.
 */
#ifndef TRAIL_GUESS_H
#define TRAIL_GUESS_H

#include "walker.h"

/*
 * Adds to the `count` places that are known, of JOB_FRAMES_PER_STACK; returns how many there are
 * then. It begins behind the last known one.
 */
unsigned guess_walk(struct job *job, const struct walker_modules *modules,
                    const struct walker_stack *stack, struct walker_place *places, unsigned count);

/*
 * The frame pointer of the function that begins at an address (0 is not known), which has called
 * from its place, the last that is known: by what it pushes at its beginning. 0 if that leads to no
 * caller.
 */
uint64_t guess_frame_pointer(struct job *job, const struct walker_modules *modules,
                             const struct walker_stack *stack, const struct walker_place *place,
                             uint64_t function);

/* The module that an address lies in: an index of the job; -1: none. */
int64_t guess_module_at(struct job *job, const struct walker_modules *modules, uint64_t address);

#endif
