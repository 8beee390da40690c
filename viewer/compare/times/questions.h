/*
 * All times of a comparison, tested together: the whole has two thirds of the chance of a false
 * claim, its phases and its gaps share the rest, each a family of its own. Pure functions.
 */
#ifndef TRAIL_QUESTIONS_H
#define TRAIL_QUESTIONS_H

#include "evidence.h"

enum question_family { QUESTION_WHOLE, QUESTION_PHASE, QUESTION_GAP, QUESTION_FAMILIES };

/* By what a chance in a family is multiplied, beside Holm's correction within it. */
extern const double question_share[QUESTION_FAMILIES];

struct question {
    struct evidence_samples samples;
    enum question_family family;
    struct evidence evidence; /* weighed */
    double p;                 /* corrected for all that is tested */
};

/* Tests all. `*tested` is how many had enough runs. Returns 0, or -1 and error without memory. */
int questions_test(struct question *questions, size_t count, size_t *tested,
                   struct trail_error *error);

#endif
