/* See wander.h. */
#include "wander.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Steps that are judged together; a step more is tried; and growth and the levels have a column. */
enum { TOGETHER = 24, COLUMNS = TOGETHER + 3, RATIOS = 24 };
#define RATIO_AT_MOST 256.0 /* of the wandering's variance to the noise's */

/* By how much -2 log likelihood has to fall for a step, of so many levels, and for the growth. */
#define STEP_COST(count) (9 + 1.5 * log((double)(count)))
#define GROWTH_COST 8.0
#define SURELY 1.2 /* times what just would count mostly does */

/*
 * What a Kalman filter that knows the ratio does not foresee of the columns, multiplied by each
 * other: the steps, the growth, last the levels. Columns that are swept are fitted to the levels.
 */
struct fit {
    double ratio, logs;
    double products[COLUMNS][COLUMNS];
};

struct judging {
    struct wander_levels levels; /* of a stretch */
    size_t steps[TOGETHER + 1], count;
    struct fit fits[RATIOS];
    size_t fit_count;
};

struct choice {
    bool is_in[TOGETHER + 1]; /* of the steps; after them, of the growth */
    size_t fit;
    double cost; /* -2 log likelihood, and what steps cost */
};

static double column_at(const struct judging *judging, size_t column, size_t at)
{
    if (column < judging->count)
        return at >= judging->steps[column];
    return column == judging->count ? (double)at : judging->levels.values[at];
}

static void foresee(const struct judging *judging, struct fit *fit)
{
    const struct wander_levels *levels = &judging->levels;
    double states[COLUMNS], missed[COLUMNS], variance = levels->variances[0] + fit->ratio;
    size_t columns = judging->count + 2;

    memset(fit->products, 0, sizeof fit->products);
    fit->logs = 0;
    for (size_t k = 0; k < columns; k++)
        states[k] = column_at(judging, k, 0);
    for (size_t i = 1; i < levels->count; i++) {
        double of = variance + levels->variances[i], gain = variance / of;
        for (size_t k = 0; k < columns; k++) {
            missed[k] = column_at(judging, k, i) - states[k];
            states[k] += gain * missed[k];
            for (size_t j = 0; j <= k; j++)
                fit->products[k][j] += missed[k] * missed[j] / of;
        }
        fit->logs += log(of);
        variance = variance * (1 - gain) + fit->ratio;
    }
    for (size_t k = 0; k < columns; k++)
        for (size_t j = 0; j < k; j++)
            fit->products[j][k] = fit->products[k][j];
}

/* Fits a column to the levels; the second time, leaves it out again. */
static void sweep(struct fit *fit, size_t columns, size_t at)
{
    double pivot = fit->products[at][at];

    if (pivot <= 0)
        return;
    for (size_t k = 0; k < columns; k++)
        fit->products[at][k] /= pivot;
    for (size_t i = 0; i < columns; i++) {
        double factor = fit->products[i][at];
        if (i == at)
            continue;
        for (size_t k = 0; k < columns; k++)
            fit->products[i][k] -= factor * fit->products[at][k];
        fit->products[i][at] = -factor / pivot;
    }
    fit->products[at][at] = 1 / pivot;
}

/* -2 log likelihood of levels of which so much is left over. */
static double unlikely(const struct judging *judging, const struct fit *fit, double squares)
{
    double count = (double)(judging->levels.count - 1);

    return count * log(fmax(squares, 1e-200) / count) + fit->logs;
}

static void find_cost(const struct judging *judging, struct choice *choice)
{
    size_t last = judging->count + 1, fitted = 0;

    choice->cost = INFINITY;
    for (size_t k = 0; k <= judging->count; k++)
        fitted += choice->is_in[k];
    if (fitted + 1 >= judging->levels.count && fitted > 0)
        return; /* that fits whatever there is */
    for (size_t i = 0; i < judging->fit_count; i++) {
        const struct fit *fit = &judging->fits[i];
        double cost = unlikely(judging, fit, fit->products[last][last]);
        if (cost < choice->cost) {
            choice->cost = cost;
            choice->fit = i;
        }
    }
    for (size_t k = 0; k < judging->count; k++)
        choice->cost += choice->is_in[k] ? STEP_COST(judging->levels.count) : 0;
    choice->cost += choice->is_in[judging->count] ? GROWTH_COST : 0;
}

/* The step without which the levels are least unlikely; or `count`. */
static size_t find_weakest(const struct judging *judging, const struct choice *choice)
{
    size_t last = judging->count + 1, weakest = judging->count;
    double least = INFINITY;

    for (size_t k = 0; k < judging->count; k++) {
        if (!choice->is_in[k])
            continue;
        for (size_t i = 0; i < judging->fit_count; i++) {
            const struct fit *fit = &judging->fits[i];
            double of_step = fit->products[k][last] * fit->products[k][last] / fit->products[k][k],
                   cost = unlikely(judging, fit, fit->products[last][last] + of_step);
            if (cost < least) {
                least = cost;
                weakest = k;
            }
        }
    }
    return weakest;
}

/* All steps, and without the weakest of them, until none is left: what costs least. */
static void choose(struct judging *judging, bool grows, struct choice *best)
{
    size_t columns = judging->count + 2, swept = judging->count + grows, weakest;
    struct choice choice = {.cost = INFINITY};

    for (size_t i = 0; i < judging->fit_count; i++) {
        foresee(judging, &judging->fits[i]);
        for (size_t k = 0; k < swept; k++)
            sweep(&judging->fits[i], columns, k);
    }
    for (size_t k = 0; k < swept; k++)
        choice.is_in[k] = true;
    for (;;) {
        find_cost(judging, &choice);
        if (choice.cost < best->cost)
            *best = choice;
        if ((weakest = find_weakest(judging, &choice)) == judging->count)
            return;
        for (size_t i = 0; i < judging->fit_count; i++)
            sweep(&judging->fits[i], columns, weakest);
        choice.is_in[weakest] = false;
    }
}

/* In the middle of what lasts longest without a step. */
static size_t find_middle(const struct judging *judging)
{
    size_t longest = 0, middle = 1;

    for (size_t k = 0, from = 0; k <= judging->count; k++) {
        size_t to = k < judging->count ? judging->steps[k] : judging->levels.count;
        if (to - from > longest) {
            longest = to - from;
            middle = from + longest / 2;
        }
        from = to;
    }
    return middle;
}

/* Keeps the chosen steps, and fits them once more: with one in the middle that is not there. */
static void measure(struct judging *judging, const struct choice *best, struct wander *wander)
{
    struct fit *fit = &judging->fits[best->fit];
    bool grows = best->is_in[judging->count];
    size_t kept = 0, growth, last;
    double square;

    for (size_t k = 0; k < judging->count; k++)
        if (best->is_in[k])
            judging->steps[kept++] = judging->steps[k];
    judging->count = kept;
    judging->steps[judging->count] = find_middle(judging);
    judging->count++;
    growth = judging->count;
    last = growth + 1;
    foresee(judging, fit);
    for (size_t k = 0; k < kept; k++)
        sweep(fit, last + 1, k);
    if (grows)
        sweep(fit, last + 1, growth);
    judging->count = kept;
    square = fit->products[last][last] / (double)(judging->levels.count - 1);
    wander->walk = sqrt(fit->ratio * square);
    wander->growth = grows ? fit->products[growth][last] : 0;
    wander->least = SURELY * sqrt(STEP_COST(judging->levels.count) * square /
                                  fmax(fit->products[kept][kept], 1e-200));
}

/* Of a stretch. */
static void judge(struct judging *judging, struct wander *wander)
{
    struct choice best = {.cost = INFINITY};
    double count = (double)judging->levels.count, noise = 0;

    for (size_t i = 0; i < judging->levels.count; i++)
        noise += judging->levels.variances[i] / count;
    judging->fits[0].ratio = 0;
    judging->fit_count = 1;
    for (double ratio = 1 / (count * count); judging->fit_count < RATIOS && ratio < RATIO_AT_MOST;
         ratio *= 4)
        judging->fits[judging->fit_count++].ratio = ratio * noise;
    choose(judging, false, &best);
    choose(judging, true, &best);
    measure(judging, &best, wander);
}

int wander_judge(const struct wander_levels *levels, size_t *steps, size_t *count,
                 struct wander *wander, struct trail_error *error)
{
    struct judging *judging = malloc(sizeof *judging);
    size_t kept = 0, start = 0, from = 0;

    if (judging == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    *wander = (struct wander){0};
    do {
        size_t to = *count - from > TOGETHER ? from + TOGETHER : *count, end;
        struct wander of_stretch;
        while (to < *count && to > from + 1 && steps[to] - steps[to - 1] < 2)
            to--;
        end = to < *count ? (steps[to - 1] + steps[to] + 1) / 2 : levels->count;
        judging->levels =
            (struct wander_levels){levels->values + start, levels->variances + start, end - start};
        for (judging->count = 0; from < to; from++)
            judging->steps[judging->count++] = steps[from] - start;
        judge(judging, &of_stretch);
        for (size_t k = 0; k < judging->count; k++)
            steps[kept++] = judging->steps[k] + start;
        if (of_stretch.least > wander->least)
            *wander = of_stretch;
        start = end;
    } while (from < *count);
    free(judging);
    *count = kept;
    return 0;
}
