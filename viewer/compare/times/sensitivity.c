/* See sensitivity.h. */
#include "sensitivity.h"

#include "compare/order/statistics.h"
#include "questions.h"

#include <math.h>
#include <stdlib.h>

enum { ITERATIONS = 4, FREEDOM_OF_A_MODE = 9 };
#define LARGEST 16.0
#define SURELY 2.1 /* 1.645 for normal values; far runs tell too little of their error */
#define FEW 45.0   /* few runs tell it even less: measured on models with heavy tails */

/*
 * As many standard errors as a step must be long to be claimed 19 times in 20: as many as a claim
 * takes, and more, since the step is not known exactly, and its error is not either.
 */
static double errors_away(double chance, size_t freedom)
{
    double claimed = statistics_student_beyond(chance, freedom), away = claimed + SURELY,
           of = (double)freedom;

    return (claimed + SURELY * sqrt(1 + away * away / (2 * of))) * (1 + FEW / (of * of));
}

/* Of a mode with few runs it is not certain that it would be seen as one. */
static bool is_sure(const struct evidence *evidence)
{
    return evidence->freedom >= (evidence->part == EVIDENCE_ALL ? 1 : FREEDOM_OF_A_MODE) &&
           evidence->median_a > 0;
}

/* What is compared while b is made slower. */
struct planting {
    struct timed *a, *b, *b_as_a; /* b_as_a: what b would be if it did not differ */
    size_t count_a, count_b;
};

/* Of one part; INFINITY if it cannot be tested. The error is that of samples with such a change. */
static int find_of_part(const struct planting *planting, enum evidence_part part, double chance,
                        double *share, struct trail_error *error)
{
    const struct evidence_samples samples = {planting->a, planting->b, planting->count_a,
                                             planting->count_b};

    *share = 0;
    for (int i = 0; i < ITERATIONS && isfinite(*share); i++) {
        struct evidence evidence = {.is_enough = true, .part = part};
        for (size_t k = 0; k < planting->count_b; k++)
            planting->b[k] = (struct timed){planting->b_as_a[k].ns * (1 + fmin(*share, LARGEST)),
                                            planting->b_as_a[k].at};
        if (evidence_measure(&samples, &evidence, error) != 0)
            return -1;
        *share = is_sure(&evidence)
                     ? errors_away(chance, evidence.freedom) * evidence.error / evidence.median_a
                     : INFINITY;
    }
    return 0;
}

static int find_smallest(const struct planting *planting, double *share, struct trail_error *error)
{
    double chance = fmin(STATISTICS_TIME_ALPHA / question_share[QUESTION_WHOLE], STATISTICS_DRIFT),
           of_part;
    struct evidence evidence;

    *share = NAN;
    if (evidence_weigh(&(struct evidence_samples){planting->a, planting->b_as_a, planting->count_a,
                                                  planting->count_b},
                       &evidence, error) != 0)
        return -1;
    if (!evidence.is_enough)
        return 0;
    if (evidence.has_modes)
        chance /= EVIDENCE_TESTS_OF_MODES;
    for (int part = 0; part < (evidence.has_modes ? EVIDENCE_PARTS : 1); part++) {
        if (find_of_part(planting, (enum evidence_part)part, chance, &of_part, error) != 0)
            return -1;
        *share = fmin(*share, of_part);
    }
    *share = *share <= LARGEST ? *share : NAN;
    return 0;
}

static double median_of(const struct timed *timed, size_t count, double *room)
{
    for (size_t i = 0; i < count; i++)
        room[i] = timed[i].ns;
    return statistics_summary(room, count).median;
}

/* Returns the median of a. */
static double make_alike(struct planting *planting, const struct evidence_samples *samples,
                         double *room)
{
    double a = median_of(samples->a, samples->count_a, room),
           b = median_of(samples->b, samples->count_b, room);

    for (size_t i = 0; i < samples->count_a; i++)
        planting->a[i] = samples->a[i];
    for (size_t i = 0; i < samples->count_b; i++)
        planting->b_as_a[i] =
            (struct timed){b > 0 ? samples->b[i].ns * a / b : samples->b[i].ns, samples->b[i].at};
    return a;
}

static void take_turns(struct planting *planting)
{
    for (size_t i = 0; i < planting->count_a; i++)
        planting->a[i].at = 2 * i;
    for (size_t i = 0; i < planting->count_b; i++)
        planting->b_as_a[i].at = 2 * i + 1;
}

int sensitivity_find(const struct evidence_samples *samples, const struct evidence_floors *floors,
                     struct sensitivity *sensitivity, struct trail_error *error)
{
    size_t count_a = samples->count_a, count_b = samples->count_b;
    struct planting planting = {malloc((count_a + 1) * sizeof *planting.a),
                                malloc((count_b + 1) * sizeof *planting.b),
                                malloc((count_b + 1) * sizeof *planting.b_as_a), count_a, count_b};
    double *room = malloc((count_a + count_b + 1) * sizeof *room), in_turns = NAN;
    int result = -1;

    if (planting.a == NULL || planting.b == NULL || planting.b_as_a == NULL || room == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    } else {
        double median = make_alike(&planting, samples, room),
               least = fmax(floors->share, median > 0 ? floors->ns / median : 0);
        result = find_smallest(&planting, &sensitivity->share, error);
        take_turns(&planting);
        if (result == 0)
            result = find_smallest(&planting, &in_turns, error);
        if (isfinite(sensitivity->share))
            sensitivity->share = fmax(sensitivity->share, least);
        sensitivity->runs_of_five =
            least < 0.05 ? (double)(count_a + count_b) / 2 * pow(in_turns / 0.05, 2) : NAN;
    }
    free(room);
    free(planting.b_as_a);
    free(planting.b);
    free(planting.a);
    return result;
}
