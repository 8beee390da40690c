/* See changes.h. */
#include "changes.h"

#include "wander.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* So many permutations, fewer of many values; enough is known once so many were as far apart. */
enum { PERMUTATIONS = 9999, PERMUTATIONS_AT_LEAST = 999, ENOUGH = 120 };
#define STEPS_AT_MOST 1e8
#define FEW                                                                               \
    5.0 /* so many would have to be as far apart by now, and none is: that is enough, too \
         */

/* Numbers in groups, of which each permutation is another arrangement. */
struct numbers {
    double *values;
    size_t *ends;
    size_t groups, count;
    double sum, squares; /* of the distances from the mean */
};

struct segmenting {
    const struct series *series;
    struct numbers numbers;
    double *room;
    struct ranked *ranked;
    struct change *changes;
    size_t count;
    uint64_t random;
};

struct ranked {
    double value;
    size_t at;
};

static int compare_ranked(const void *left, const void *right)
{
    double a = ((const struct ranked *)left)->value, b = ((const struct ranked *)right)->value;

    return (a > b) - (a < b);
}

static size_t next_below(uint64_t *state, size_t bound) /* SplitMix64 */
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (size_t)((z ^ z >> 31) % bound);
}

/* Ranks of the values of groups [from, to), those of ties alike. */
static void rank(struct segmenting *segmenting, size_t from, size_t to)
{
    const struct series *series = segmenting->series;
    size_t first = from > 0 ? series->ends[from - 1] : 0, count = series->ends[to - 1] - first;
    struct numbers *numbers = &segmenting->numbers;

    for (size_t i = 0; i < count; i++)
        segmenting->ranked[i] = (struct ranked){series->values[first + i], i};
    qsort(segmenting->ranked, count, sizeof *segmenting->ranked, compare_ranked);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1;
             end < count && segmenting->ranked[end].value <= segmenting->ranked[i].value;)
            end++;
        for (size_t k = i; k < end; k++)
            numbers->values[segmenting->ranked[k].at] = (double)(i + end + 1) / 2;
    }
    numbers->groups = to - from;
    numbers->count = count;
    for (size_t i = from; i < to; i++)
        numbers->ends[i - from] = series->ends[i] - first;
}

static void sum_up(struct numbers *numbers)
{
    numbers->sum = numbers->squares = 0;
    for (size_t i = 0; i < numbers->count; i++)
        numbers->sum += numbers->values[i];
    for (size_t i = 0; i < numbers->count; i++) {
        double distance = numbers->values[i] - numbers->sum / (double)numbers->count;
        numbers->squares += distance * distance;
    }
}

/* How far the parts before and after a group are apart at most; *at: where. */
static double farthest(const struct numbers *numbers, const double *values, size_t *at)
{
    double sum = 0, most = -1, count = (double)numbers->count;
    size_t value = 0;

    for (size_t group = 0; group + 1 < numbers->groups; group++) {
        double before, distance;
        for (; value < numbers->ends[group]; value++)
            sum += values[value];
        before = (double)numbers->ends[group];
        distance = sum - numbers->sum * before / count;
        distance = distance * distance / (before * (count - before));
        if (distance > most) {
            most = distance;
            *at = group + 1;
        }
    }
    return most;
}

/*
 * Hoeffding's and Serfling's bound of it, for values drawn without putting them back, over all
 * places where the groups may be parted.
 */
static double chance_at_most(const struct numbers *numbers, double observed)
{
    double count = (double)numbers->count, range = count - 1;

    return 2 * (double)numbers->groups *
           exp(-2 * observed * count / (range * range) * count / (count + 2));
}

/* How often a permutation is as far apart, or more. */
static double chance(struct segmenting *segmenting, double observed, double alpha)
{
    const struct numbers *numbers = &segmenting->numbers;
    double most = STEPS_AT_MOST / (double)numbers->count;
    size_t permutations = most >= PERMUTATIONS            ? PERMUTATIONS
                          : most <= PERMUTATIONS_AT_LEAST ? PERMUTATIONS_AT_LEAST
                                                          : (size_t)most,
           as_far = 0, at, done = 0;

    if (chance_at_most(numbers, observed) < 1.0 / (double)(permutations + 1))
        return 1.0 / (double)(permutations + 1);
    memcpy(segmenting->room, numbers->values, numbers->count * sizeof *segmenting->room);
    while (done < permutations && as_far < ENOUGH && (as_far > 0 || (double)done * alpha < FEW)) {
        for (size_t i = numbers->count - 1; i > 0; i--) {
            size_t k = next_below(&segmenting->random, i + 1);
            double value = segmenting->room[i];
            segmenting->room[i] = segmenting->room[k];
            segmenting->room[k] = value;
        }
        as_far += farthest(numbers, segmenting->room, &at) >= observed * (1 - 1e-12);
        done++;
    }
    return (double)(as_far + 1) / (double)(done + 1);
}

/* The change of groups [from, to), if there is one: a segment has its share of the alpha. */
static bool find_one(struct segmenting *segmenting, size_t from, size_t to, struct change *change)
{
    double share = (double)(to - from) / (double)segmenting->series->groups, observed;
    struct numbers *numbers = &segmenting->numbers;
    size_t at = 0;

    if (to - from < 2)
        return false;
    rank(segmenting, from, to);
    sum_up(numbers);
    if (numbers->squares <= 0)
        return false;
    observed = farthest(numbers, numbers->values, &at);
    *change = (struct change){from + at, chance(segmenting, observed, CHANGES_ALPHA * share)};
    return change->p <= CHANGES_ALPHA * share;
}

/* Segments that are still to be parted: each lies within one that was. */
static void part(struct segmenting *segmenting, size_t *stack)
{
    size_t depth = 0;

    stack[depth++] = 0;
    stack[depth++] = segmenting->series->groups;
    while (depth > 0) {
        size_t to = stack[--depth], from = stack[--depth];
        struct change change;
        if (!find_one(segmenting, from, to, &change))
            continue;
        segmenting->changes[segmenting->count++] = change;
        stack[depth++] = from;
        stack[depth++] = change.group;
        stack[depth++] = change.group;
        stack[depth++] = to;
    }
}

static int compare_changes(const void *left, const void *right)
{
    const struct change *a = left, *b = right;

    return (a->group > b->group) - (a->group < b->group);
}

/* Once more between its neighbours, without what other changes did to the ranks. */
static void place_again(struct segmenting *segmenting)
{
    for (size_t i = 0; i < segmenting->count; i++) {
        size_t from = i > 0 ? segmenting->changes[i - 1].group : 0,
               to = i + 1 < segmenting->count ? segmenting->changes[i + 1].group
                                              : segmenting->series->groups;
        rank(segmenting, from, to);
        sum_up(&segmenting->numbers);
        (void)farthest(&segmenting->numbers, segmenting->numbers.values,
                       &segmenting->changes[i].group);
        segmenting->changes[i].group += from;
    }
}

/* The mean of the middle half of a group's runs, of its logarithm if all values have one. */
static double level_of(struct segmenting *segmenting, size_t group, bool has_logarithms)
{
    const struct series *series = segmenting->series;
    size_t first = group > 0 ? series->ends[group - 1] : 0, count = series->ends[group] - first,
           cut = count / 4;
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        double value = series->values[first + i];
        segmenting->ranked[i] = (struct ranked){has_logarithms ? log(value) : value, i};
    }
    qsort(segmenting->ranked, count, sizeof *segmenting->ranked, compare_ranked);
    for (size_t i = cut; i < count - cut; i++)
        sum += segmenting->ranked[i].value;
    return sum / (double)(count - 2 * cut);
}

/* The changes that are more than the groups' levels do by themselves. */
static int judge(struct segmenting *segmenting, size_t *steps, struct changes_drift *drift,
                 struct trail_error *error)
{
    const struct series *series = segmenting->series;
    double *levels = segmenting->numbers.values, *variances = segmenting->room;
    size_t values = series->ends[series->groups - 1], found = segmenting->count, kept = found;
    struct wander wander;

    drift->is_relative = true;
    for (size_t i = 0; i < values; i++)
        drift->is_relative &= series->values[i] > 0;
    for (size_t i = 0; i < series->groups; i++) {
        size_t count = series->ends[i] - (i > 0 ? series->ends[i - 1] : 0);
        levels[i] = level_of(segmenting, i, drift->is_relative);
        variances[i] = 1 / (double)count + (double)series->groups / (double)values;
    }
    for (size_t i = 0; i < found; i++)
        steps[i] = segmenting->changes[i].group;
    if (wander_judge(&(struct wander_levels){levels, variances, series->groups}, steps, &kept,
                     &wander, error) != 0)
        return -1;
    for (size_t i = 0, k = 0; k < kept; i++)
        if (segmenting->changes[i].group == steps[k])
            segmenting->changes[k++] = segmenting->changes[i];
    segmenting->count = kept;
    drift->withheld = found - kept;
    drift->walk = drift->is_relative ? exp(wander.walk) - 1 : wander.walk;
    drift->growth = drift->is_relative ? exp(wander.growth) - 1 : wander.growth;
    drift->least = drift->is_relative ? exp(wander.least) - 1 : wander.least;
    return 0;
}

int changes_find(const struct series *series, struct change *changes, size_t *count,
                 struct changes_drift *drift, struct trail_error *error)
{
    size_t values = series->groups > 0 ? series->ends[series->groups - 1] : 0;
    struct segmenting segmenting = {.series = series, .changes = changes, .random = 1};
    size_t *stack = malloc((4 * series->groups + 4) * sizeof *stack);
    int result = -1;

    *drift = (struct changes_drift){0};
    segmenting.numbers.values = malloc((values + 1) * sizeof *segmenting.numbers.values);
    segmenting.numbers.ends = malloc((series->groups + 1) * sizeof *segmenting.numbers.ends);
    segmenting.room = malloc((values + 1) * sizeof *segmenting.room);
    segmenting.ranked = malloc((values + 1) * sizeof *segmenting.ranked);
    if (stack == NULL || segmenting.numbers.values == NULL || segmenting.numbers.ends == NULL ||
        segmenting.room == NULL || segmenting.ranked == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    } else {
        part(&segmenting, stack);
        qsort(changes, segmenting.count, sizeof *changes, compare_changes);
        result = segmenting.count > 0 ? judge(&segmenting, stack, drift, error) : 0;
        place_again(&segmenting);
    }
    *count = segmenting.count;
    free(segmenting.ranked);
    free(segmenting.room);
    free(segmenting.numbers.ends);
    free(segmenting.numbers.values);
    free(stack);
    return result;
}
