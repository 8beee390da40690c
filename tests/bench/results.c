/* See results.h. */
#include "results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct result *results_add(struct results *results, const struct workload *workload,
                           const struct runner *runner, long count)
{
    struct result *items = realloc(results->items, (results->size + 1) * sizeof *items);

    if (items == NULL)
        return NULL;
    results->items = items;
    items[results->size] = (struct result){.workload = workload, .runner = runner, .count = count};
    return &items[results->size++];
}

int results_add_sample(struct result *result, const struct sample *sample)
{
    struct sample *samples = realloc(result->samples, (result->size + 1) * sizeof *samples);

    if (samples == NULL)
        return -1;
    result->samples = samples;
    samples[result->size++] = *sample;
    return 0;
}

void results_release(struct results *results)
{
    for (size_t i = 0; i < results->size; i++)
        free(results->items[i].samples);
    free(results->items);
    *results = (struct results){NULL, 0};
}

const struct result *results_find(const struct results *results, const char *workload,
                                  const char *runner)
{
    for (size_t i = 0; i < results->size; i++) {
        const struct result *result = &results->items[i];
        if (result->size > 0 && strcmp(result->workload->name, workload) == 0 &&
            strcmp(result->runner->name, runner) == 0)
            return result;
    }
    return NULL;
}

double results_value(const struct result *result, size_t index, enum metric metric)
{
    const struct sample *sample = &result->samples[index];

    switch (metric) {
    case METRIC_TIME:
        return (double)(result->workload->beside ? sample->beside_ns : sample->command_ns);
    case METRIC_COMMAND:
        return (double)sample->command_ns;
    case METRIC_PEAK:
        return (double)sample->peak_bytes;
    case METRIC_FILE_EVENT:
        return result->count > 0 ? (double)sample->file_bytes / (double)result->count : 0;
    }
    return 0;
}

static int compare(const void *left, const void *right)
{
    double difference = *(const double *)left - *(const double *)right;

    return (difference > 0) - (difference < 0);
}

/* Sorts the values; between two of them it interpolates. */
static double quantile_of(double *values, size_t size, double quantile)
{
    double position = quantile * (double)(size - 1);
    size_t below = (size_t)floor(position);

    qsort(values, size, sizeof *values, compare);
    if (below + 1 >= size)
        return values[size - 1];
    return values[below] + (position - (double)below) * (values[below + 1] - values[below]);
}

double results_quantile(const struct result *result, enum metric metric, double quantile)
{
    double *values = malloc(result->size * sizeof *values), value;

    if (values == NULL)
        return NAN;
    for (size_t i = 0; i < result->size; i++)
        values[i] = results_value(result, i, metric);
    value = quantile_of(values, result->size, quantile);
    free(values);
    return value;
}

static struct spread spread_of(const struct result *left, const struct result *right,
                               enum metric metric, bool is_ratio)
{
    double a = results_quantile(left, metric, 0.5), b = results_quantile(right, metric, 0.5);
    size_t size = left->size < right->size ? left->size : right->size;
    struct spread spread = {is_ratio ? a / b : a - b, NAN, NAN};
    double *values = malloc(size * sizeof *values);

    if (values == NULL)
        return spread;
    for (size_t i = 0; i < size; i++) {
        a = results_value(left, i, metric);
        b = results_value(right, i, metric);
        values[i] = is_ratio ? a / b : a - b;
    }
    spread.low = quantile_of(values, size, 0.25);
    spread.high = quantile_of(values, size, 0.75);
    free(values);
    return spread;
}

struct spread results_ratio(const struct result *left, const struct result *right,
                            enum metric metric)
{
    return spread_of(left, right, metric, true);
}

struct spread results_difference(const struct result *left, const struct result *right,
                                 enum metric metric)
{
    return spread_of(left, right, metric, false);
}
