/*
 * Waiting for a process that somebody else starts. Loop thread, before there is a debuggee.
 */
#ifndef TRAIL_NEWCOMER_H
#define TRAIL_NEWCOMER_H

#include "os_newcomers.h"

/*
 * Waits until a process comes that has the name (os_newcomers.h). on_ready (or NULL) is told a
 * sentence when whatever comes will be seen. 0, or -1 and error if it cannot, or is_over says true.
 */
int newcomer_wait(const char *name, void (*on_ready)(const char *sentence), bool (*is_over)(void),
                  struct os_newcomer *found, struct trail_error *error);

/*
 * After a failure to attach to one that was found then: pauses, and says whether to try again. A
 * system may refuse it for as long as the process is being made (Wine: access denied).
 */
bool newcomer_is_young(uint64_t found_ns);

#endif
