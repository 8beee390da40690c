/*
 * Two sequences of processes that are alike, of which one may have more: as many pairs as can be
 * that never cross, and of the ways to do so one in which what the two of a pair loaded, and their
 * arguments, agree most. Main thread.
 */
#ifndef TRAIL_LIKENESS_H
#define TRAIL_LIKENESS_H

#include "compare/model/recordings.h"

/* What a process is told from its like by. */
struct like {
    uint32_t arguments, signature; /* a text; a number for what it loaded */
    size_t length;                 /* of the text: private */
};

/* All zero is an empty one. */
struct likeness {
    struct like *a, *b;
    size_t *partners; /* of each of b: its position in a, or RECORDING_NONE */
    size_t count_a, count_b;
    size_t effort; /* private: pairs that were looked at, in all */
};

/* Makes room for so many, to be filled. Returns 0, or -1 without memory. */
int likeness_init(struct likeness *likeness, size_t count_a, size_t count_b);
void likeness_release(struct likeness *likeness);

/*
 * Fills partners. What is too much to look at each two is taken in order. Returns 0, or -1 without
 * memory.
 */
int likeness_match(struct likeness *likeness, const struct recordings *all);

#endif
