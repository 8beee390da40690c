/*
 * The static cause of a load: which requests the loader answered, and whose import each load is.
 *
 * A request is what made the loader begin: the start of the program, or somebody's dlopen or
 * LoadLibrary. Its root is the load that no other newcomer needs; the others are needed by the
 * first newcomer that imports them. Where the system has brackets around a request (Linux: one stop
 * of the loader reports it, so all its loads have one time) they say what belongs to it; elsewhere
 * a load continues the open request as long as a newcomer of that request imports it.
 *
 * One struct for each process; plain memory. Writer thread.
 */
#ifndef TRAIL_CAUSES_H
#define TRAIL_CAUSES_H

#include "event_kinds.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct causes;

enum { CAUSES_NAMES = 3 };

/* A load, or the image of a process. */
struct causes_load {
    uint64_t seq, t_ns;
    uint64_t phase;    /* LOAD_PHASE_... */
    bool has_brackets; /* see above */
    bool is_audit;     /* in a namespace of its own since before the program */
    /* by which names others may import it: of the file, as it was asked for, its own; NULL: none */
    const char *names[CAUSES_NAMES];
    const char *imports; /* see imports.h */
};

struct cause {
    uint64_t request_seq; /* the root's event; of a start-up, the event that began the image */
    uint64_t cause;       /* CAUSE_... */
    uint64_t by_seq;      /* whose import it is, a LoadDll or a CreateProcess; 0 if nobody's */
};

/* NULL if out of memory. */
struct causes *causes_new(void);
void causes_free(struct causes *causes);

/* An image begins: all before it is forgotten. -1 if out of memory. */
int causes_image(struct causes *causes, const struct causes_load *image);

/* A load: finds its cause, and remembers what it imports. -1 if out of memory. */
int causes_load(struct causes *causes, const struct causes_load *load, struct cause *cause);

/* Remembers a load and what it imports as it was found: for a process that is read from a file. */
int causes_restore(struct causes *causes, const struct causes_load *load, uint64_t request_seq);

#endif
