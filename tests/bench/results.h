/* The samples of a benchmark, and numbers over them. */
#ifndef BENCH_RESULTS_H
#define BENCH_RESULTS_H

#include "measure.h"
#include "tables.h"

struct result {
    const struct workload *workload;
    const struct runner *runner;
    long count; /* the workload's {n} */
    struct sample *samples;
    size_t size;
};

struct results {
    struct result *items; /* by workload, then by runner, in the order of the tables */
    size_t size;
};

/* Adds an empty result; NULL if out of memory. The pointer is valid until the next is added. */
struct result *results_add(struct results *results, const struct workload *workload,
                           const struct runner *runner, long count);
int results_add_sample(struct result *result, const struct sample *sample);
void results_release(struct results *results);

/* The result of that workload and runner, NULL if it was not measured. */
const struct result *results_find(const struct results *results, const char *workload,
                                  const char *runner);

/*
 * The value of one sample, and a quantile (0 to 1; 0.5 is the median) of a metric over all samples.
 */
double results_value(const struct result *result, size_t sample, enum metric metric);
double results_quantile(const struct result *result, enum metric metric, double quantile);

struct spread {
    double value;     /* of the medians */
    double low, high; /* quartiles over the pairs of samples that were taken one after the other */
};

/* left / right and left - right. */
struct spread results_ratio(const struct result *left, const struct result *right,
                            enum metric metric);
struct spread results_difference(const struct result *left, const struct result *right,
                                 enum metric metric);

#endif
