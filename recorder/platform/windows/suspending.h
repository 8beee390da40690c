/*
 * Whose threads may be suspended for a look: those of the launched process, once the hardware
 * breakpoint at its entry point is gone. Wine 8 never ends the suspension of a thread that is in
 * the trap of such a one: its handler waits for what the suspension waits for. The state is an
 * atomic, since no look holds the loop thread.
 */
#ifndef TRAIL_WINDOWS_SUSPENDING_H
#define TRAIL_WINDOWS_SUSPENDING_H

#include <stdbool.h>
#include <stdint.h>

/* From now on those of that process, soon; 0: nobody's. Loop thread. */
void suspending_allow(uint32_t pid);

/* Any thread. */
bool suspending_is_allowed(uint32_t pid);

#endif
