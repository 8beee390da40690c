/*
 * Which steps of a level stand out against how it moves by itself. The model: a level that wanders
 * (a random walk) or grows steadily, noise on it, and steps. How much it wanders is what the levels
 * themselves show. Steps count if the levels are so much likelier with them than with wandering
 * alone that of 100 levels that only wander at most 5 have one that counts. Pure functions.
 */
#ifndef TRAIL_WANDER_H
#define TRAIL_WANDER_H

#include "error.h"

#include <stddef.h>

struct wander_levels {
    const double *values;
    const double *variances; /* of their noise, in any unit */
    size_t count;            /* 2 or more */
};

struct wander {
    double walk;   /* how far it wanders from one level to the next (standard deviation); or 0 */
    double growth; /* from one to the next, if it is steady; or 0 */
    double least;  /* a step of so much would count */
};

/*
 * Leaves of the steps (each the first level after it, ascending, not 0) those that count. Returns
 * 0, or -1 and error without memory.
 */
int wander_judge(const struct wander_levels *levels, size_t *steps, size_t *count,
                 struct wander *wander, struct trail_error *error);

#endif
