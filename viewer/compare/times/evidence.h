/*
 * What two samples of one time say of a change between them: a step that stands out from noise and
 * drift (drift.h), and where the times have two modes, mode against mode. Pure functions.
 */
#ifndef TRAIL_EVIDENCE_H
#define TRAIL_EVIDENCE_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

struct timed {
    double ns;
    size_t at; /* its run's place among all runs of both sides, by when they were started */
};

/* One time, in the runs of both sides that have it. */
struct evidence_samples {
    const struct timed *a, *b;
    size_t count_a, count_b;
};

/* of times with two modes: all runs, each mode, both modes together */
enum { EVIDENCE_TESTS_OF_MODES = 4 };

/* What is compared: all runs, or of times with two modes the runs in one of them. */
enum evidence_part { EVIDENCE_ALL, EVIDENCE_QUICK, EVIDENCE_SLOW, EVIDENCE_PARTS };

struct evidence {
    bool is_enough;          /* to test anything */
    double p;                /* of the step; corrected for the number of parts */
    bool has_modes;          /* two on each side, which were compared */
    enum evidence_part part; /* that says most */
    /* of that part, from evidence_measure on; in whole numbers of runs, ns */
    size_t count_a, count_b;
    double median_a, median_b, low, high; /* the 99 % interval of the step */
    double error;                         /* its largest standard error (drift.h) */
    size_t freedom;                       /* degrees, of that; 0 if there is no step to be tested */
    bool may_be_drift; /* with drift it is far likelier, and likely enough (drift.h) */
};

/* A change that is smaller is not worth a claim, however certain it is. */
struct evidence_floors {
    double share, ns; /* of the median of a; both must be reached */
};
extern const struct evidence_floors evidence_floors_default;

/* Tests. Returns 0, or -1 and error without memory. */
int evidence_weigh(const struct evidence_samples *samples, struct evidence *evidence,
                   struct trail_error *error);
/* Fills in the rest. */
int evidence_measure(const struct evidence_samples *samples, struct evidence *evidence,
                     struct trail_error *error);

/*
 * Whether what was measured is a change, `p` being corrected for all that is tested; and whether it
 * would be one but for the drift.
 */
bool evidence_is_change(const struct evidence *evidence, double p,
                        const struct evidence_floors *floors);
bool evidence_is_drift(const struct evidence *evidence, double p,
                       const struct evidence_floors *floors);

#endif
