/* See drift.h. */
#include "drift.h"

#include "compare/order/statistics.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum {
    VALUES_AT_LEAST = 3,
    ESTIMATES = 5 /* the level, the step, and the limits: two medians and a width */
};
#define FARTHEST 3.25
#define EVIDENT 3.0
#define PLAUSIBLE 2.0 /* so much less likely (in logarithms) than the likeliest drift, at most */

/* The variance of a step of the level, in that of the noise. */
static const double ratios[] = {0,   0.001, 0.003, 0.01, 0.02, 0.04, 0.08, 0.15,
                                0.3, 0.6,   1.2,   2.5,  5,    10,   100};
enum { RATIOS = sizeof ratios / sizeof ratios[0] };

/* The step by generalised least squares, given how much the level wanders. */
struct fit {
    double likelihood;  /* restricted, in logarithms */
    double step, error; /* its standard error */
};

/*
 * The Kalman filter of a level that is not known at first: what it does not foresee of the values
 * and of the side is free of the level, and uncorrelated.
 */
static struct fit fit_step(const struct drift_value *values, size_t count, double ratio)
{
    double level = values[0].value, side = values[0].is_b, variance = 1 + ratio, logs = 0, xx = 0,
           xy = 0, yy = 0, squares;

    for (size_t i = 1; i < count; i++) {
        double y = values[i].value - level, x = values[i].is_b - side, of = variance + 1,
               gain = variance / of;
        logs += log(of);
        xx += x * x / of;
        xy += x * y / of;
        yy += y * y / of;
        level += gain * y;
        side += gain * x;
        variance = variance * (1 - gain) + ratio;
    }
    squares = fmax(yy - xy * xy / xx, yy * 1e-12);
    return (struct fit){-((double)(count - 2) * log(squares) + logs + log(xx)) / 2, xy / xx,
                        sqrt(squares / (double)(count - 2) / xx)};
}

static double median_of(const struct drift_value *values, size_t count, bool is_b, double *room)
{
    size_t there = 0;

    for (size_t i = 0; i < count; i++)
        if (values[i].is_b == is_b)
            room[there++] = values[i].value;
    return statistics_summary(room, there).median;
}

/*
 * What is far away for either side is limited, and not among those that are kept. The limits are
 * the same for both sides: else of times with two modes, now this one and now that one would be far
 * away. Returns how many are kept; SIZE_MAX without memory.
 */
static size_t limit(struct drift_value *values, size_t count, struct drift_value *kept)
{
    double *room = malloc((count + 1) * sizeof *room), medians[2], away, low, high;
    size_t inside = 0;

    if (room == NULL)
        return SIZE_MAX;
    for (int side = 0; side < 2; side++)
        medians[side] = median_of(values, count, side == 1, room);
    for (size_t i = 0; i < count; i++)
        room[i] = fabs(values[i].value - medians[values[i].is_b]);
    away = FARTHEST * statistics_summary(room, count).median;
    free(room);
    low = away > 0 ? fmin(medians[0], medians[1]) - away : -INFINITY;
    high = away > 0 ? fmax(medians[0], medians[1]) + away : INFINITY;
    for (size_t i = 0; i < count; i++)
        if (values[i].value >= low && values[i].value <= high)
            kept[inside++] = values[i];
        else
            values[i].value = fmin(fmax(values[i].value, low), high);
    return inside;
}

static bool is_enough(const struct drift_value *values, size_t count)
{
    size_t of_b = 0;

    for (size_t i = 0; i < count; i++)
        of_b += values[i].is_b;
    return of_b >= VALUES_AT_LEAST && count - of_b >= VALUES_AT_LEAST;
}

static bool all_equal(const struct drift_value *values, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (fabs(values[i].value - values[0].value) > 0)
            return false;
    return true;
}

/*
 * The likelihood is that of all values: those that are far away together show a drift. The step is
 * that of those that are kept.
 */
static void find_step(const struct drift_value *values, size_t count,
                      const struct drift_value *kept, size_t kept_count, struct drift *drift)
{
    size_t freedom = kept_count - ESTIMATES;
    double width = statistics_student_beyond(0.01, freedom), likelihoods[RATIOS], most = -INFINITY;

    for (size_t i = 0; i < RATIOS; i++) {
        likelihoods[i] = fit_step(values, count, ratios[i]).likelihood;
        most = fmax(most, likelihoods[i]);
    }
    drift->is_evident = likelihoods[0] < most - EVIDENT;
    drift->freedom = freedom;
    drift->chance = 0;
    for (size_t i = 0; i < RATIOS; i++) {
        struct fit fit = fit_step(kept, kept_count, ratios[i]);
        double chance = statistics_student(fit.step / fit.error, freedom);
        if (i == 0)
            drift->chance_without = chance;
        if (likelihoods[i] < most - PLAUSIBLE)
            continue;
        drift->error = fmax(drift->error, fit.error);
        if (chance < drift->chance)
            continue;
        drift->chance = chance;
        drift->step = fit.step;
        drift->low = fit.step - width * fit.error;
        drift->high = fit.step + width * fit.error;
    }
}

int drift_find(struct drift_value *values, size_t count, struct drift *drift)
{
    struct drift_value *kept;
    size_t kept_count;

    *drift = (struct drift){.chance = 1, .chance_without = 1};
    if (!is_enough(values, count))
        return 0;
    if ((kept = malloc(count * sizeof *kept)) == NULL)
        return -1;
    kept_count = limit(values, count, kept);
    if (kept_count != SIZE_MAX && is_enough(kept, kept_count) && !all_equal(kept, kept_count))
        find_step(values, count, kept, kept_count, drift);
    free(kept);
    return kept_count != SIZE_MAX ? 0 : -1;
}
