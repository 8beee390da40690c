/*
 * The stop that an attach is: what is there is told as synthetic events, one by one. Loop thread.
 */
#ifndef TRAIL_LINUX_ATTACH_H
#define TRAIL_LINUX_ATTACH_H

#include "state.h"

/* The next synthetic event of an attach; false if there is none. */
bool attach_next_event(struct platform *platform, struct event *event);

/* Lets all threads of one's process go on that the attach has stopped. */
void attach_resume(struct platform *platform, const struct task *one);

#endif
