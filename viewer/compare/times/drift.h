/*
 * Whether two samples of times differ by more than they drift. All values stand in the order in
 * which they were taken. The model: a level that wanders (a random walk), noise on it, and a step
 * between the sides. How much it wanders is what the values themselves show, of that the most that
 * they do not exclude. So it matters nothing whether the sides took turns: where they did, the
 * step is seen against neighbours; where one came after the other, the step has to be larger than
 * what the level did elsewhere. Pure functions.
 */
#ifndef TRAIL_DRIFT_H
#define TRAIL_DRIFT_H

#include <stdbool.h>
#include <stddef.h>

struct drift_value {
    double value;
    bool is_b;
};

struct drift {
    /* of values that lie so far apart by drift and noise alone: Student's t of the step, the
       largest chance over the plausible drifts; 1 if a side has fewer than three values */
    double chance;
    double chance_without;  /* likewise of noise alone */
    bool is_evident;        /* no drift at all is not plausible */
    double error;           /* the largest standard error of the step */
    size_t freedom;         /* degrees, of that; 0 with chance 1 */
    double step, low, high; /* how much b has more, and its 99 % interval; 0 with chance 1 */
};

/*
 * The further a value lies from its side's centre, the less it says of the step: nothing beyond 4.7
 * standard deviations, as the median deviation tells them. It still tells of the drift. Changes the
 * values: those that are far away count for the drift as 3 deviations away. Returns 0, or -1
 * without memory.
 */
int drift_find(struct drift_value *values, size_t count, struct drift *drift);

#endif
