/*
 * From one stack to the places where its callers go on: what a system's unwinder does. One folder
 * of functions, one implementation linked: walker_libdw.c, walker_dbghelp.c or walker_none.c. In
 * the worker's process only.
 */
#ifndef TRAIL_WALKER_H
#define TRAIL_WALKER_H

#include "job.h"
#include "stack_copy.h"

struct walker;

/* A stack, uncompressed. */
struct walker_stack {
    uint64_t registers[STACK_REGISTERS];
    bool has_place_only;        /* of the registers: stack pointer and place */
    const unsigned char *bytes; /* from the stack pointer on */
    size_t size;
};

/* The modules of a job that lie in a process's memory just then, by ascending base. */
struct walker_modules {
    const uint32_t *active; /* indices */
    uint32_t count;
};

/* A place that is executed, or returned to. */
struct walker_place {
    uint64_t address;
    bool is_return; /* the call is before it */
    bool guessed;
};

/* NULL if this system's unwinder is not there. */
struct walker *walker_new(struct job *job);

/* From now on these modules lie there. */
void walker_set_modules(struct walker *walker, const struct walker_modules *modules);

/*
 * Fills up to JOB_FRAMES_PER_STACK places, the innermost first; returns how many. *is_whole says
 * whether the end was reached, of the thread or of what was copied.
 */
unsigned walker_walk(struct walker *walker, const struct walker_stack *stack,
                     struct walker_place *places, bool *is_whole);

/*
 * The function that an address is in, for one whose module (an index) is known, and how far behind
 * its beginning the address is. NULL if it is not known. Valid until the next call.
 */
const char *walker_symbol(struct walker *walker, uint32_t module, uint64_t address,
                          uint64_t *offset);

#endif
