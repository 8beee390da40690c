/* See evidence.h. */
#include "evidence.h"

#include "compare/order/statistics.h"
#include "drift.h"
#include "modes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct evidence_floors evidence_floors_default = {0.02, 200000};

/* One side of a part: the values of its runs. */
struct part_side {
    const struct timed *all;
    double *values, *sorted;
    size_t count, all_count, lower; /* lower: how many are in the lower mode, or 0 */
};

static int out_of_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

static int begin_side(struct part_side *side, const struct timed *all, size_t count)
{
    *side = (struct part_side){.all = all,
                               .all_count = count,
                               .values = malloc((count + 1) * sizeof *side->values),
                               .sorted = malloc((count + 1) * sizeof *side->sorted)};
    if (side->values == NULL || side->sorted == NULL)
        return -1;
    for (size_t i = 0; i < count; i++)
        side->sorted[i] = all[i].ns;
    qsort(side->sorted, count, sizeof *side->sorted, compare);
    side->lower = modes_split(side->sorted, count);
    return 0;
}

static void end_side(struct part_side *side)
{
    free(side->values);
    free(side->sorted);
}

static bool is_in_part(const struct part_side *side, double ns, enum evidence_part part)
{
    return part == EVIDENCE_ALL || (ns < side->sorted[side->lower]) == (part == EVIDENCE_QUICK);
}

static void take_part(struct part_side *side, enum evidence_part part)
{
    side->count = 0;
    for (size_t i = 0; i < side->all_count; i++)
        if (is_in_part(side, side->all[i].ns, part))
            side->values[side->count++] = side->all[i].ns;
}

/* A value of one side while both are put into the order in which they were taken. */
struct placed {
    struct timed timed;
    bool is_b;
};

static int compare_places(const void *left, const void *right)
{
    const struct placed *a = left, *b = right;

    return (a->timed.at > b->timed.at) - (a->timed.at < b->timed.at);
}

static int find_drift(const struct part_side *sides, enum evidence_part part, struct drift *drift)
{
    size_t count = 0, room = sides[0].all_count + sides[1].all_count + 1;
    struct placed *placed = malloc(room * sizeof *placed);
    struct drift_value *values = malloc(room * sizeof *values);
    int result = -1;

    if (placed != NULL && values != NULL) {
        for (int side = 0; side < 2; side++)
            for (size_t i = 0; i < sides[side].all_count; i++)
                if (is_in_part(&sides[side], sides[side].all[i].ns, part))
                    placed[count++] = (struct placed){sides[side].all[i], side == 1};
        qsort(placed, count, sizeof *placed, compare_places);
        for (size_t i = 0; i < count; i++)
            values[i] = (struct drift_value){placed[i].timed.ns, placed[i].is_b};
        result = drift_find(values, count, drift);
    }
    free(placed);
    free(values);
    return result;
}

/* The chance of two samples that have no value between those of the other, either way. */
static double least_chance(size_t count_a, size_t count_b)
{
    double ways = 1;

    for (size_t i = 1; i <= count_a; i++)
        ways *= (double)(count_b + i) / (double)i;
    return 2 / ways;
}

/*
 * Whether the sides lie at least three times as far apart as either is wide. Of values that chance
 * puts there, that is likeliest where there are two, and each run has either: half of the runs one,
 * half the other, and just so that the sides get them. Of few runs, ranks cannot be as sure.
 */
static bool are_apart(const struct part_side *sides)
{
    double least[2], most[2], widest = 0;

    for (int i = 0; i < 2; i++) {
        least[i] = INFINITY;
        most[i] = -INFINITY;
        for (size_t k = 0; k < sides[i].count; k++) {
            least[i] = fmin(least[i], sides[i].values[k]);
            most[i] = fmax(most[i], sides[i].values[k]);
        }
        widest = fmax(widest, most[i] - least[i]);
    }
    return fmax(least[1] - most[0], least[0] - most[1]) > 3 * widest;
}

/* Of few runs, no chance is as small as Student's t says: they may have fallen so by chance. */
static double least(const struct part_side *sides)
{
    size_t count = sides[0].count + sides[1].count;

    return are_apart(sides) ? ldexp(2, -(int)count) : least_chance(sides[0].count, sides[1].count);
}

struct weight {
    double p;
    bool drifts;
};

/*
 * The chance without drift is corrected for all that is tested. That it may be drift is asked of
 * each time alone (evidence_is_change), unless the times drift evidently.
 */
static int weigh_part(struct part_side *sides, enum evidence_part part, struct weight *weight)
{
    struct drift drift;

    take_part(&sides[0], part);
    take_part(&sides[1], part);
    if (find_drift(sides, part, &drift) != 0)
        return -1;
    *weight =
        (struct weight){fmax(drift.is_evident ? drift.chance : drift.chance_without, least(sides)),
                        drift.is_evident};
    return 0;
}

/* Fisher's: of two independent tests together. */
static double both(double p, double q)
{
    double product = fmax(p * q, 1e-300);

    return product * (1 - log(product));
}

static int weigh(struct part_side *sides, struct evidence *evidence)
{
    struct weight all, quick, slow;
    double modes;

    if (weigh_part(sides, EVIDENCE_ALL, &all) != 0)
        return -1;
    evidence->p = all.p;
    if (sides[0].lower == 0 || sides[1].lower == 0 || all.drifts)
        return 0; /* what wanders is at one time here and at another there */
    if (weigh_part(sides, EVIDENCE_QUICK, &quick) != 0 ||
        weigh_part(sides, EVIDENCE_SLOW, &slow) != 0)
        return -1;
    evidence->has_modes = true;
    modes = fmin(fmin(quick.p, slow.p), both(quick.p, slow.p));
    if (modes < all.p)
        evidence->part = quick.p <= slow.p ? EVIDENCE_QUICK : EVIDENCE_SLOW;
    evidence->p = fmin(1, EVIDENCE_TESTS_OF_MODES * fmin(all.p, modes));
    return 0;
}

int evidence_weigh(const struct evidence_samples *samples, struct evidence *evidence,
                   struct trail_error *error)
{
    struct part_side sides[2] = {{.all = NULL}, {.all = NULL}};
    int result = 0;

    *evidence = (struct evidence){.is_enough = samples->count_a >= STATISTICS_RUNS_AT_LEAST &&
                                               samples->count_b >= STATISTICS_RUNS_AT_LEAST,
                                  .p = 1,
                                  .low = NAN,
                                  .high = NAN};
    if (evidence->is_enough &&
        (begin_side(&sides[0], samples->a, samples->count_a) != 0 ||
         begin_side(&sides[1], samples->b, samples->count_b) != 0 || weigh(sides, evidence) != 0))
        result = out_of_memory(error);
    end_side(&sides[0]);
    end_side(&sides[1]);
    return result;
}

static int measure(struct part_side *sides, struct evidence *evidence, struct trail_error *error)
{
    struct part_side *a = &sides[0], *b = &sides[1];
    struct drift drift;

    take_part(a, evidence->part);
    take_part(b, evidence->part);
    evidence->count_a = a->count;
    evidence->count_b = b->count;
    evidence->median_a = statistics_summary(a->values, a->count).median;
    evidence->median_b = statistics_summary(b->values, b->count).median;
    if (find_drift(sides, evidence->part, &drift) != 0)
        return out_of_memory(error);
    if (evidence->is_enough) {
        evidence->low = drift.low;
        evidence->high = drift.high;
    }
    evidence->error = drift.error;
    evidence->freedom = drift.freedom;
    evidence->may_be_drift =
        drift.chance > STATISTICS_DRIFT && drift.chance > 2 * drift.chance_without;
    return 0;
}

int evidence_measure(const struct evidence_samples *samples, struct evidence *evidence,
                     struct trail_error *error)
{
    struct part_side sides[2] = {{.all = NULL}, {.all = NULL}};
    int result;

    if (begin_side(&sides[0], samples->a, samples->count_a) != 0 ||
        begin_side(&sides[1], samples->b, samples->count_b) != 0)
        result = out_of_memory(error);
    else
        result = measure(sides, evidence, error);
    end_side(&sides[0]);
    end_side(&sides[1]);
    return result;
}

static bool is_large(const struct evidence *evidence, const struct evidence_floors *floors)
{
    double change = fabs(evidence->median_b - evidence->median_a);

    return change >= floors->share * evidence->median_a && change >= floors->ns;
}

bool evidence_is_change(const struct evidence *evidence, double p,
                        const struct evidence_floors *floors)
{
    return p <= STATISTICS_TIME_ALPHA && !evidence->may_be_drift && is_large(evidence, floors);
}

bool evidence_is_drift(const struct evidence *evidence, double p,
                       const struct evidence_floors *floors)
{
    return p <= STATISTICS_TIME_ALPHA && evidence->may_be_drift && is_large(evidence, floors);
}
