/*
 * What samples and counts say: medians, quantiles, and the chance that there is no difference at
 * all. Pure functions.
 */
#ifndef TRAIL_STATISTICS_H
#define TRAIL_STATISTICS_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

/* with fewer on a side nothing is claimed: the smallest p of 4 against 4 is 0.03 */
enum { STATISTICS_RUNS_AT_LEAST = 5 };

#define STATISTICS_ALPHA                                                                           \
    0.01 /* the chance that a comparison without any difference claims one, over all that it looks \
            at */
#define STATISTICS_TIME_ALPHA 0.005 /* likewise, of all times */
#define STATISTICS_DRIFT 0.0035     /* what is likelier with drift may be drift */

struct sample_summary {
    size_t count;
    double median, low, high; /* low, high: quartiles */
    double least, most;
    double mad; /* median absolute deviation from the median */
};

/* Sorts the values. All is 0 without values. */
struct sample_summary statistics_summary(double *values, size_t count);

/* The quantile q (0 to 1) of sorted values, interpolated. */
double statistics_quantile(const double *sorted, size_t count, double q);

/*
 * Mann-Whitney U test, two-sided: the chance of samples at least so far apart if both came from one
 * distribution. Exact without ties and with at most 20 values in all, else the normal approximation
 * with corrections for ties and continuity. 1 if a sample is empty. Returns the chance, or -1
 * without memory.
 */
double statistics_mann_whitney(const double *a, size_t count_a, const double *b, size_t count_b);

/* Student's t: the chance of |t| or more with so many degrees of freedom (1 or more). */
double statistics_student(double t, size_t freedom);
/* And the other way round: what |t| exceeds with that chance; at most 64. */
double statistics_student_beyond(double chance, size_t freedom);

/*
 * Fisher's exact test, two-sided: the chance of hits_a of count_a against hits_b of count_b if both
 * had the same frequency.
 */
double statistics_fisher(size_t hits_a, size_t count_a, size_t hits_b, size_t count_b);

/* Holm's correction for many tests, in place: what is then at most alpha stays significant over all
 * of them together. Returns 0, or -1 and error without memory. */
int statistics_holm(double *p, size_t count, struct trail_error *error);

#endif
