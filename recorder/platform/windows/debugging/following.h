/* Whether the children of a process that runs already are debugged too. */
#ifndef TRAIL_WINDOWS_FOLLOWING_H
#define TRAIL_WINDOWS_FOLLOWING_H

#include <stdbool.h>
#include <stdint.h>

/*
 * That is a flag of the process, which attaching leaves as it was; *before gets what it was. False
 * if it could not be set.
 */
bool following_set(uint32_t pid, bool follow, bool *before);

#endif
