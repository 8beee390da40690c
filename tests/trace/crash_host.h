/*
 * What the crash test needs of the operating system: crash_linux.c and crash_windows.c. A failure
 * ends the program with a sentence.
 */
#ifndef TRAIL_CRASH_HOST_H
#define TRAIL_CRASH_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Says what failed and why, and ends the program with status 2. */
void host_fail(const char *what);

/* Called once, first. */
void host_prepare(void);

/* Makes a file of zeroes and maps it, shared. host_unshare undoes that. */
void *host_share(const char *path, size_t bytes);
void host_unshare(void *memory, size_t bytes, const char *path);

/*
 * Starts a program (NULL-terminated arguments; the first is its path), its standard output to a new
 * file if `output` is not NULL.
 */
intptr_t host_start(const char *const *arguments, const char *output);

/* Waits for its end: the exit status, or 128 + the signal that ended it. */
int host_wait(intptr_t process);

/* Ends it on the spot: SIGKILL, TerminateProcess. */
void host_kill(intptr_t process);
bool host_has_ended(intptr_t process);

/*
 * Stops a process so that none of its threads runs any more, where the system can do that; else
 * false.
 */
bool host_freeze(intptr_t process);

/* Whether a thread of the process `pid` stands still for its debugger. */
bool host_is_held(uint64_t pid);

/* Waits until what a killed recorder left of its target is gone. `pid` is 0 if it never said so. */
void host_wait_for_leftover(uint64_t pid);

uint64_t host_now_ns(void);
void host_pause(void); /* a tenth of a millisecond or so: between two looks at a condition */

#endif
