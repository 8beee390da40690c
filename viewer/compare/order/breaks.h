/*
 * What of a sequence breaks an order: as few things as can be that, taken out, leave no broken
 * pair. Two that changed places with each other are one break. Pure functions.
 */
#ifndef TRAIL_BREAKS_H
#define TRAIL_BREAKS_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An order of things with numbers. */
struct order_relation {
    const uint64_t *before; /* a row of `words` for each: the set of what must come before it */
    size_t words;
    const double *ranks; /* where each usually comes */
};

struct moved_item {
    /*
     * other: what it changed places with, else the nearest by rank of those that it is now on the
     * wrong side of
     */
    size_t moved, other;
    bool was_before; /* moved must come before other, and came after it */
    size_t pairs;    /* how many pairs are broken by moved */
};

/*
 * Adds the breaks of a sequence of different things to `found` (freed by the caller). Returns 0, or
 * -1 and error without memory.
 */
int breaks_find(const struct order_relation *relation, const size_t *sequence, size_t count,
                struct moved_item **found, size_t *found_count, struct trail_error *error);

/*
 * Puts `count` things so that what comes before another stands before it. `before` as above. Fills
 * `sorted`; returns how many, without those that come before each other in a circle, or SIZE_MAX
 * without memory.
 */
size_t breaks_sort(const uint64_t *before, size_t words, size_t count, size_t *sorted);

#endif
