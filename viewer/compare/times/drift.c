/* See drift.h. */
#include "drift.h"

#include "compare/order/statistics.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum {
    VALUES_AT_LEAST = 3,
    ESTIMATES = 5, /* the level, the step, and for the weights: two medians and a width */
    ROUNDS = 12
};
#define NORMAL 1.4826  /* median absolute deviations in a standard one, where values are normal */
#define FARTHEST 4.685 /* widths: Tukey's biweight, which loses 5 % where values are normal */
#define APART 1.5      /* widths; medians that are further apart may be those of two modes */
#define EVER 8.0       /* widths; in steps that are larger, one side may be far wider */
#define LIMIT 3.0      /* widths, for what the values show of a drift */
#define SLOPE_AT_LEAST 0.3
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

/* By what a value is weighed. */
struct scale {
    double centres[2], width; /* the standard deviation of what does not lie far away */
    double reach; /* from the centre of a towards that of b, where nothing is far away */
};

/*
 * Medians that lie far apart may be those of two modes: where there are as many values in the one
 * as in the other, now this one and now that one would be far away.
 */
static void find_scale(const struct drift_value *values, size_t count, struct scale *scale,
                       double *room)
{
    double step;

    for (int side = 0; side < 2; side++)
        scale->centres[side] = median_of(values, count, side == 1, room);
    for (size_t i = 0; i < count; i++)
        room[i] = fabs(values[i].value - scale->centres[values[i].is_b]);
    scale->width = NORMAL * statistics_summary(room, count).median;
    step = scale->centres[1] - scale->centres[0];
    scale->width = fmax(scale->width, fabs(step) / EVER);
    scale->reach = copysign(fmax(0, fabs(step) - APART * scale->width), step);
}

struct weight {
    double away, of, slope; /* slope: of away * of, by away */
};

/* Tukey's biweight of what is beyond the reach. */
static struct weight weigh(const struct scale *scale, struct drift_value value)
{
    double away = value.value - scale->centres[value.is_b],
           reach = value.is_b ? -scale->reach : scale->reach,
           nearest = fmin(fmax(away, fmin(reach, 0)), fmax(reach, 0)), u, rest;

    if (!(scale->width > 0))
        return (struct weight){away, 1, 1};
    u = (away - nearest) / scale->width / FARTHEST;
    rest = fmax(0, 1 - u * u);
    return (struct weight){away, rest * rest,
                           rest * (rest - 4 * u * away / scale->width / FARTHEST)};
}

/* From the medians to the weighted means. */
static void find_centres(const struct drift_value *values, size_t count, struct scale *scale)
{
    for (int round = 0; round < ROUNDS; round++) {
        double weights[2] = {0, 0}, sums[2] = {0, 0};
        for (size_t i = 0; i < count; i++) {
            double weight = weigh(scale, values[i]).of;
            weights[values[i].is_b] += weight;
            sums[values[i].is_b] += weight * values[i].value;
        }
        for (int side = 0; side < 2; side++)
            if (weights[side] > 0)
                scale->centres[side] = sums[side] / weights[side];
    }
}

/*
 * Makes values whose mean, and the error of whose mean, are those of the weighted mean: a deviation
 * counts as its weight says, and all are stretched by what that takes from them (Huber's
 * pseudo-values). Those without weight are left out. Returns how many there are.
 */
static size_t keep(const struct drift_value *values, size_t count, const struct scale *scale,
                   struct drift_value *kept)
{
    double slope = 0;
    size_t inside = 0;

    for (size_t i = 0; i < count; i++) {
        struct weight weight = weigh(scale, values[i]);
        double centre = scale->centres[values[i].is_b];
        if (weight.of > 0)
            kept[inside++] = (struct drift_value){centre + weight.of * weight.away, values[i].is_b};
        slope += weight.slope;
    }
    slope = fmax(slope / (double)inside, SLOPE_AT_LEAST);
    for (size_t i = 0; i < inside; i++) {
        double centre = scale->centres[kept[i].is_b];
        kept[i].value = centre + (kept[i].value - centre) / slope;
    }
    return inside;
}

/* What is far away for either side: the limits are the same for both. */
static void limit(struct drift_value *values, size_t count, const struct scale *scale)
{
    const double *centres = scale->centres;
    double low = fmin(centres[0], centres[1]) - LIMIT * scale->width,
           high = fmax(centres[0], centres[1]) + LIMIT * scale->width;

    for (size_t i = 0; i < count && scale->width > 0; i++)
        values[i].value = fmin(fmax(values[i].value, low), high);
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

static void find(struct drift_value *values, size_t count, struct drift_value *kept, double *room,
                 struct drift *drift)
{
    struct scale scale;
    size_t kept_count;

    find_scale(values, count, &scale, room);
    find_centres(values, count, &scale);
    kept_count = keep(values, count, &scale, kept);
    limit(values, count, &scale);
    if (is_enough(kept, kept_count) && !all_equal(kept, kept_count))
        find_step(values, count, kept, kept_count, drift);
}

int drift_find(struct drift_value *values, size_t count, struct drift *drift)
{
    struct drift_value *kept = malloc((count + 1) * sizeof *kept);
    double *room = malloc((count + 1) * sizeof *room);
    int result = kept != NULL && room != NULL ? 0 : -1;

    *drift = (struct drift){.chance = 1, .chance_without = 1};
    if (result == 0 && is_enough(values, count))
        find(values, count, kept, room, drift);
    free(room);
    free(kept);
    return result;
}
