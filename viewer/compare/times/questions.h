/*
 * All times of a comparison, tested together: phases and gaps are two families that share the
 * chance of a false claim by half, since phases are few. Pure functions.
 */
#ifndef TRAIL_QUESTIONS_H
#define TRAIL_QUESTIONS_H

#include "evidence.h"

enum { QUESTION_FAMILIES = 2 };

struct question {
    struct evidence_samples samples;
    bool is_gap;
    struct evidence evidence; /* weighed */
    double p;                 /* corrected for all that is tested */
};

/* Tests all. `*tested` is how many had enough runs. Returns 0, or -1 and error without memory. */
int questions_test(struct question *questions, size_t count, size_t *tested,
                   struct trail_error *error);

#endif
