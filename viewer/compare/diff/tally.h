/*
 * How often each run of a side had what has no name of its own: processes, threads, exceptions and
 * debug strings, in classes of those that are alike: elements (recordings.h) without their number.
 * Main thread.
 */
#ifndef TRAIL_TALLY_H
#define TRAIL_TALLY_H

#include "compare/order/side.h"

struct tally_class {
    enum recorded_stream stream;
    uint32_t role, key;   /* as elements have them */
    size_t runs;          /* with one at least */
    size_t least, most;   /* per run, over all runs */
    size_t now, last_run; /* private */
};

struct tally {
    struct tally_class *classes; /* in the order in which they came up */
    size_t count;
    struct tuple_map index, roles; /* private */
};

/*
 * Fills the tally (all zero before) with all streams but the loads. Returns 0, or -1 and error;
 * tally_release in either case.
 */
int tally_init(struct tally *tally, const struct side *side, struct trail_error *error);
void tally_release(struct tally *tally);

/* In how many runs there is a process of that role. */
size_t tally_role_runs(const struct tally *tally, uint32_t role);

/* The class of that stream, role and key, or NULL. */
const struct tally_class *tally_class(const struct tally *tally, enum recorded_stream stream,
                                      uint32_t role, uint32_t key);

#endif
