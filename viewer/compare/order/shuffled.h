/*
 * Pairs that came in one order by chance. Where a thread asks for things in another order each time
 * (the plugins of a folder), some two of them come in one order in ten runs, too. Main thread.
 */
#ifndef TRAIL_SHUFFLED_H
#define TRAIL_SHUFFLED_H

#include "order_matrix.h"

/* What is learned by chance may be this share of what is learned of a place. */
#define SHUFFLED_CHANCE 0.005

enum { SHUFFLED_LOOKED_AT = 32 };

struct shuffled {
    const struct order *order;
    uint64_t *both; /* rows: what came before in some runs, and after in others */
    /* of the last pair: what both trade places with, and what that meant */
    size_t others[SHUFFLED_LOOKED_AT], other_count, runs;
    bool is_chance;
};

/*
 * From rows of what came before in one run or more. Returns 0, or -1 without memory; release
 * `both`.
 */
int shuffled_init(struct shuffled *shuffled, const struct order *order, uint64_t *before);

/*
 * Whether a pair that came in one order in so many runs did so by chance: both trade places with
 * the same others, and of all that do few pairs hold.
 */
bool shuffled_are(struct shuffled *shuffled, size_t a, size_t b, size_t runs);

#endif
