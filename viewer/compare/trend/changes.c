/* See changes.h. */
#include "changes.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* So many permutations, fewer of many values; enough is known once so many were as far apart. */
enum { PERMUTATIONS = 9999, PERMUTATIONS_AT_LEAST = 999, ENOUGH = 120 };
#define STEPS_AT_MOST 1e8
#define UNALIKE 1.0 /* standard deviations of the ratio that compares groups with their runs */

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

static double mean_of(const struct numbers *numbers, size_t group)
{
    size_t first = group > 0 ? numbers->ends[group - 1] : 0;
    double sum = 0;

    for (size_t i = first; i < numbers->ends[group]; i++)
        sum += numbers->values[i];
    return sum / (double)(numbers->ends[group] - first);
}

static size_t size_of(const struct numbers *numbers, size_t group)
{
    return numbers->ends[group] - (group > 0 ? numbers->ends[group - 1] : 0);
}

/*
 * Whether neighbours differ more than runs of one group do: then runs are not what may be
 * exchanged. The largest step is left out: it may be the change that is looked for.
 */
static bool are_unalike(const struct numbers *numbers)
{
    size_t within = numbers->count - numbers->groups, between = numbers->groups - 1;
    double squares = 0, steps = 0, largest = 0;

    if (within == 0 || between < 2)
        return false;
    for (size_t group = 0; group < numbers->groups; group++) {
        double mean = mean_of(numbers, group);
        for (size_t i = numbers->ends[group] - size_of(numbers, group); i < numbers->ends[group];
             i++)
            squares += (numbers->values[i] - mean) * (numbers->values[i] - mean);
        if (group > 0) {
            double step = mean - mean_of(numbers, group - 1),
                   weighed = step * step /
                             (1 / (double)size_of(numbers, group) +
                              1 / (double)size_of(numbers, group - 1));
            steps += weighed;
            largest = fmax(largest, weighed);
        }
    }
    return (steps - largest) / (double)(between - 1) >
           squares / (double)within * (1 + UNALIKE * sqrt(3 / (double)(between - 1)));
}

/* Each group's mean in the place of its values. */
static void take_means(struct numbers *numbers)
{
    for (size_t group = 0, first = 0; group < numbers->groups; group++) {
        double mean = mean_of(numbers, group);
        first = numbers->ends[group];
        numbers->values[group] = mean;
        numbers->ends[group] = first;
    }
    for (size_t group = 0; group < numbers->groups; group++)
        numbers->ends[group] = group + 1;
    numbers->count = numbers->groups;
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

/* How often a permutation is as far apart, or more. */
static double chance(struct segmenting *segmenting, double observed)
{
    const struct numbers *numbers = &segmenting->numbers;
    double most = STEPS_AT_MOST / (double)numbers->count;
    size_t permutations = most >= PERMUTATIONS            ? PERMUTATIONS
                          : most <= PERMUTATIONS_AT_LEAST ? PERMUTATIONS_AT_LEAST
                                                          : (size_t)most,
           as_far = 0, at, done = 0;

    memcpy(segmenting->room, numbers->values, numbers->count * sizeof *segmenting->room);
    while (done < permutations && as_far < ENOUGH) {
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
    if (are_unalike(numbers))
        take_means(numbers);
    sum_up(numbers);
    if (numbers->squares <= 0)
        return false;
    observed = farthest(numbers, numbers->values, &at);
    *change = (struct change){from + at, chance(segmenting, observed)};
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
    for (size_t i = 0; i < segmenting->count && segmenting->count > 1; i++) {
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

int changes_find(const struct series *series, struct change *changes, size_t *count,
                 struct trail_error *error)
{
    size_t values = series->groups > 0 ? series->ends[series->groups - 1] : 0;
    struct segmenting segmenting = {.series = series, .changes = changes, .random = 1};
    size_t *stack = malloc((4 * series->groups + 4) * sizeof *stack);
    int result = -1;

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
        place_again(&segmenting);
        result = 0;
    }
    *count = segmenting.count;
    free(segmenting.ranked);
    free(segmenting.room);
    free(segmenting.numbers.ends);
    free(segmenting.numbers.values);
    free(stack);
    return result;
}
