/* See evidence.h. */
#include "evidence.h"

#include "compare/order/statistics.h"
#include "drift.h"
#include "modes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    TESTS_OF_MODES = 4, /* all runs, each mode, both modes together */
    TOO_SURE = 4
};

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

static double chance_of_ranks(const struct part_side *sides)
{
    double p =
        statistics_mann_whitney(sides[0].values, sides[0].count, sides[1].values, sides[1].count);

    return p >= 0 && are_apart(sides) ? fmin(p, ldexp(2, -(int)(sides[0].count + sides[1].count)))
                                      : p;
}

struct weight {
    double p;
    bool drifts;
};

/*
 * By ranks. Where the times drift evidently, ranks see little; what is tested then is the step that
 * is left without the drift. Its t is of limited values, which makes it a little too sure.
 */
static int weigh_part(struct part_side *sides, enum evidence_part part, struct weight *weight)
{
    struct part_side *a = &sides[0], *b = &sides[1];
    struct drift drift;

    take_part(a, part);
    take_part(b, part);
    if (find_drift(sides, part, &drift) != 0)
        return -1;
    weight->drifts = drift.is_evident;
    weight->p = drift.is_evident ? fmax(TOO_SURE * drift.chance, least_chance(a->count, b->count))
                                 : chance_of_ranks(sides);
    return weight->p >= 0 ? 0 : -1;
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
    modes = fmin(fmin(quick.p, slow.p), both(quick.p, slow.p));
    if (modes < all.p)
        evidence->part = quick.p <= slow.p ? EVIDENCE_QUICK : EVIDENCE_SLOW;
    evidence->p = fmin(1, TESTS_OF_MODES * fmin(all.p, modes));
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
                                  .high = NAN,
                                  .drift = 1};
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
    if (statistics_interval(a->values, a->count, b->values, b->count, &evidence->low,
                            &evidence->high, error) != 0)
        return -1;
    evidence->median_a = statistics_summary(a->values, a->count).median;
    evidence->median_b = statistics_summary(b->values, b->count).median;
    if (!evidence->is_enough)
        evidence->low = evidence->high = NAN;
    if (find_drift(sides, evidence->part, &drift) != 0)
        return out_of_memory(error);
    if (drift.is_evident) {
        evidence->low = drift.low;
        evidence->high = drift.high;
    }
    evidence->drift = drift.chance;
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

/* But for the drift. */
static bool stands_out(const struct evidence *evidence, double p,
                       const struct evidence_floors *floors)
{
    double change = fabs(evidence->median_b - evidence->median_a);

    return p <= STATISTICS_TIME_ALPHA && (evidence->low > 0 || evidence->high < 0) &&
           change >= floors->share * evidence->median_a && change >= floors->ns;
}

bool evidence_is_change(const struct evidence *evidence, double p,
                        const struct evidence_floors *floors)
{
    return stands_out(evidence, p, floors) && evidence->drift <= STATISTICS_DRIFT;
}

bool evidence_is_drift(const struct evidence *evidence, double p,
                       const struct evidence_floors *floors)
{
    return stands_out(evidence, p, floors) && evidence->drift > STATISTICS_DRIFT;
}
