/*
 * A look at what the threads of a process are doing, while it is silent. It stops nothing and
 * interrupts nothing unless that is allowed, but for Windows, which suspends threads of what was
 * launched for a moment. What a platform answers to recorder/looks.c.
 */
#ifndef TRAIL_LOOK_H
#define TRAIL_LOOK_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

enum { LOOK_THREADS_MAX = 16, LOOK_CALL_BYTES = 96 };

/* As column computing of table look has it. */
enum look_state {
    LOOK_WAITS,
    LOOK_COMPUTES,
    LOOK_COMPUTES_UNSEEN /* the system forbids to see where */
};

/* Its pointers are valid while it is given. */
struct thread_look {
    uint64_t t_ns; /* by os_monotonic_ns; 0: now */
    uint32_t tid;
    enum look_state state;
    char call[LOOK_CALL_BYTES]; /* LOOK_WAITS: in words, UTF-8: "poll 300 ms"; "" if unknown */
    /* stack_copy.h: all registers, or only stack pointer and place; stack_bytes 0: none is there */
    const void *registers, *stack;
    size_t registers_bytes, stack_bytes;
};

typedef void (*look_taker)(void *context, const struct thread_look *look);

/*
 * Gives up to LOOK_THREADS_MAX threads of the process to `take`, those that compute first; none
 * where the system does not tell, or the process is gone. One that computes is sampled from then on
 * each interval_ns, if the system can do that; the next look gives what was sampled, in order,
 * before the threads. interval_ns 0: the silence is over: gives only that, and samples no more. One
 * thread, any.
 */
void platform_look(uint32_t pid, uint64_t interval_ns, look_taker take, void *context);

struct platform;

/*
 * Allows platform_look to stop a thread that computes for a moment, to copy its stack, where the
 * system forbids to sample it: the program can notice. Loop thread, before anything is launched or
 * attached to. 0, or -1 and error where it is not done.
 */
int platform_allow_look_stops(struct platform *platform, struct trail_error *error);

#endif
