/*
 * Comparing two samples of times honestly: medians, an interval for their difference, and the
 * chance that there is no difference at all. Pure functions; the bootstrap is seeded, so that the
 * same samples always give the same answer.
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
#define STATISTICS_DRIFT                                                                         \
    0.001 /* what statistics_batches must be below, where values of a side follow each other and \
             drift may look like a change */
#define STATISTICS_SMALLEST \
    0.02 /* a smaller change of the median is not worth a claim, however certain it is */

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

/*
 * The chance that samples which were taken one after the other, first all of a and then all of b or
 * the other way round, lie so far apart by their drift: Student's t over the means of batches of
 * three values in the order in which they were taken (fewer in small samples), since what follows
 * each other is alike where values drift. Values further from their median than 4.5 median absolute
 * deviations, which are 3 standard deviations where values are normal, count as being there. 1 with
 * fewer than three batches in a sample, -1 without memory.
 */
double statistics_batches(const double *a, size_t count_a, const double *b, size_t count_b);

/*
 * Fisher's exact test, two-sided: the chance of hits_a of count_a against hits_b of count_b if both
 * had the same frequency.
 */
double statistics_fisher(size_t hits_a, size_t count_a, size_t hits_b, size_t count_b);

/* Holm's correction for many tests, in place: what is then at most alpha stays significant over all
 * of them together. Returns 0, or -1 and error without memory. */
int statistics_holm(double *p, size_t count, struct trail_error *error);

/*
 * The 99 % bootstrap interval of median(b) - median(a). Returns 0, or -1 and error without memory.
 */
int statistics_interval(const double *a, size_t count_a, const double *b, size_t count_b,
                        double *low, double *high, struct trail_error *error);

#endif
