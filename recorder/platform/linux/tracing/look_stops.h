/*
 * Short stops of threads that compute, where the system forbids to sample them: the looking thread
 * asks, the loop thread interrupts that thread, copies its registers and stack at the stop, and
 * lets it go on. Neither ever waits for the other: a place for a copy is handed to and fro by its
 * state, an atomic, and what was copied is there at a later look.
 */
#ifndef TRAIL_LINUX_LOOK_STOPS_H
#define TRAIL_LINUX_LOOK_STOPS_H

#include "look.h"
#include "state.h"

/* Allows them until look_stops_end; 0, or -1 if out of memory. Loop thread. */
int look_stops_begin(struct platform *platform);
/* There is no looking thread any more. */
void look_stops_end(void);

/*
 * Interrupts the threads that were asked for since; false if nobody was. A call that a thread is
 * just entering may end with EINTR (restart.h). Loop thread, when no stop is being handled.
 */
bool look_stops_interrupt(struct platform *platform);
/* What was interrupted has stopped, or ended: the stop that is being handled. Loop thread. */
void look_stops_take_notice(const struct stop *stop);

/* The rest is the looking thread's. */
bool look_stops_are_allowed(void);
/* False if that is not allowed, was asked already and is not answered yet, or is too much. */
bool look_stops_ask(pid_t pid, pid_t tid);
/* Gives what was answered of a process's threads since: where they computed, or that they did. */
void look_stops_take(pid_t pid, look_taker take, void *context);
/* What is not answered yet computed, too. Nothing more of that silence is given then. */
void look_stops_take_rest(pid_t pid, look_taker take, void *context);

#endif
