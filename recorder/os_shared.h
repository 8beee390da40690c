/*
 * A part of os.h: work on what is hostile, in a process of our own. One thread.
 */
#ifndef TRAIL_OS_SHARED_H
#define TRAIL_OS_SHARED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Memory, all zero, that a process of our own sees too: for work on what is hostile.
 * os_shared_work does that work in such a process, with limits on its memory and CPU time, and
 * waits for its end: 0, or -1 if it crashed, could not be started, or was ended after timeout_ms.
 * Where a system starts the program anew for that, os_shared_serve, called first in it, does the
 * work and returns true.
 */
struct os_shared;
typedef void (*os_shared_worker)(void *memory, size_t size);
struct os_shared *os_shared_new(size_t size);
void *os_shared_memory(struct os_shared *shared);
/* NULL is accepted. */
void os_shared_free(struct os_shared *shared);
int os_shared_work(struct os_shared *shared, os_shared_worker work, unsigned timeout_ms);
bool os_shared_serve(int argument_count, char *const *arguments, os_shared_worker work);

#endif
