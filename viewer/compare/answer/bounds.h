/*
 * What bounds gaps in a process - its start, its entry point, its loads, marks, its end - as a
 * sequence that two runs are compared by: which bounds both have in one order, and how long it is
 * between them. Plain memory, main thread.
 */
#ifndef TRAIL_BOUNDS_H
#define TRAIL_BOUNDS_H

#include "compare/model/recordings.h"

enum bound_kind { BOUND_START, BOUND_ENTRY, BOUND_LOAD, BOUND_MARK, BOUND_END };

struct bound {
    enum bound_kind kind;
    uint32_t id;   /* of a load its element, of a mark its name; 0 */
    uint32_t name; /* TEXT_NONE for what is there but once */
    size_t module; /* of a load, else RECORDING_NONE */
    int64_t seq, net_ns;
};

struct bounds {
    struct bound *items; /* in the order of time */
    size_t count;
};

/* Those of a process. Returns 0, or -1 without memory; bounds_release in either case. */
int bounds_find(struct bounds *bounds, const struct recording *recording, size_t process);
void bounds_release(struct bounds *bounds);

/* Whether two mean the same, each in its run. */
bool bound_is_same(const struct bound *a, const struct bound *b);
/* The position of the same one, RECORDING_NONE if there is none. */
size_t bounds_position(const struct bounds *bounds, const struct bound *bound);

/*
 * The bounds that both have in the same order, as many as there can be: pairs of positions, in
 * order. `pairs` has room for as many as the shorter has. Returns how many, or RECORDING_NONE
 * without memory.
 */
struct bound_pair {
    size_t a, b;
};
size_t bounds_common(const struct bounds *a, const struct bounds *b, struct bound_pair *pairs);

#endif
