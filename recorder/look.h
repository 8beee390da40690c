/*
 * A look at what the threads of a process are doing, while it is silent. It stops nothing and
 * interrupts nothing, but for Windows, which suspends threads of what was launched for a moment.
 * What a platform answers to recorder/looks.c.
 */
#ifndef TRAIL_LOOK_H
#define TRAIL_LOOK_H

#include <stdbool.h>
#include <stdint.h>

enum { LOOK_THREADS_MAX = 16, LOOK_CALL_BYTES = 96 };

struct thread_look {
    uint32_t tid;
    bool is_computing;          /* else it waits in `call` */
    char call[LOOK_CALL_BYTES]; /* in words, UTF-8: "clock_nanosleep 300 ms"; "" if unknown */
};

/*
 * Fills in up to LOOK_THREADS_MAX threads of the process, those that compute first. Returns how
 * many; 0 where the system does not tell, or the process is gone. Any thread, at any time.
 */
unsigned platform_look(uint32_t pid, struct thread_look *threads);

#endif
