/* See drift.h. */
#include "drift.h"

#include "compare/order/statistics.h"

#include <math.h>
#include <stdlib.h>

enum { VALUES_AT_LEAST = 3 };
#define FARTHEST 3.0
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

static bool limit_outliers(struct drift_value *values, size_t count, bool is_b, size_t *limited)
{
    double *room = malloc((count + 1) * sizeof *room);
    struct sample_summary summary;
    size_t there = 0;

    for (size_t i = 0; i < count && room != NULL; i++)
        if (values[i].is_b == is_b)
            room[there++] = values[i].value;
    if (room == NULL)
        return false;
    summary = statistics_summary(room, there);
    free(room);
    for (size_t i = 0; i < count; i++) {
        double distance = values[i].value - summary.median;
        if (values[i].is_b != is_b || fabs(distance) <= FARTHEST * summary.mad)
            continue;
        values[i].value = summary.median + copysign(FARTHEST * summary.mad, distance);
        ++*limited;
    }
    return true;
}

static bool all_equal(const struct drift_value *values, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (fabs(values[i].value - values[0].value) > 0)
            return false;
    return true;
}

static double chance_of(const struct fit *fit, size_t count)
{
    return statistics_student(fit->step / fit->error, count - 2);
}

/* What |t| exceeds with a chance of 1 %. */
static double quantile_of_99(size_t freedom)
{
    double low = 2, high = 64;

    for (int i = 0; i < 40; i++) {
        double middle = (low + high) / 2;
        if (statistics_student(middle, freedom) > 0.01)
            low = middle;
        else
            high = middle;
    }
    return high;
}

int drift_find(struct drift_value *values, size_t count, struct drift *drift)
{
    double width;
    struct fit fits[RATIOS];
    const struct fit *worst = NULL;
    double most = -INFINITY;
    size_t of_b = 0, limited = 0;

    *drift = (struct drift){.chance = 1};
    for (size_t i = 0; i < count; i++)
        of_b += values[i].is_b;
    if (of_b < VALUES_AT_LEAST || count - of_b < VALUES_AT_LEAST)
        return 0;
    if (!limit_outliers(values, count, false, &limited) ||
        !limit_outliers(values, count, true, &limited))
        return -1;
    if (all_equal(values, count))
        return 0;
    width = quantile_of_99(count - 2);
    for (size_t i = 0; i < RATIOS; i++) {
        fits[i] = fit_step(values, count, ratios[i]);
        fits[i].error /= 1 - (double)limited / (double)count;
        most = fmax(most, fits[i].likelihood);
    }
    for (size_t i = 0; i < RATIOS; i++)
        if (fits[i].likelihood >= most - PLAUSIBLE &&
            (worst == NULL || chance_of(&fits[i], count) > chance_of(worst, count)))
            worst = &fits[i];
    drift->chance = chance_of(worst, count);
    drift->step = worst->step;
    drift->low = worst->step - width * worst->error;
    drift->high = worst->step + width * worst->error;
    drift->is_evident = fits[0].likelihood < most - EVIDENT;
    return 0;
}
