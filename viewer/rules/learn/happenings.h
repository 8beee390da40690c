/*
 * What the processes of a side did, by their program, so that a section of the rules looks at its
 * own part only. Main thread.
 */
#ifndef TRAIL_HAPPENINGS_H
#define TRAIL_HAPPENINGS_H

#include "compare/model/grouped.h"
#include "compare/order/side.h"

enum happening {
    HAPPENED_PROCESSES,
    HAPPENED_THREADS,
    HAPPENED_LOADS,
    HAPPENED_EXCEPTIONS, /* steps of STREAM_EXCEPTIONS */
    HAPPENINGS
};

/* A position in that array of a run, which is a position in recordings->items. */
struct happened {
    size_t run, item;
};

struct happenings {
    struct happened *items[HAPPENINGS]; /* of all runs, in their order */
    size_t count[HAPPENINGS];
    struct grouped by_program[HAPPENINGS]; /* positions in items */
    struct tuple_map programs;             /* key -> group + 1 */
};

/* Returns 0, or -1 without memory; release also after a failure. */
int happenings_init(struct happenings *happenings, const struct side *side);
void happenings_release(struct happenings *happenings);

/* Which process of the run it was of; RECORDING_NONE where that is not known. */
size_t happenings_process(const struct recording *run, enum happening what, size_t item);

/* Positions in items[what], ascending, of the program with that key; TEXT_NONE: of all. */
struct part happenings_of(const struct happenings *happenings, enum happening what,
                          uint32_t program);

#endif
