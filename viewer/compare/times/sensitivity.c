/* See sensitivity.h. */
#include "sensitivity.h"

#include "compare/order/statistics.h"
#include "questions.h"

#include <math.h>
#include <stdlib.h>

enum { HALVINGS = 24 };
#define LARGEST 16.0
#define SURELY 1.645 /* the 95 % point of the normal distribution */

struct planting {
    struct evidence_samples samples; /* b is b_as_a made slower */
    struct timed *a, *b, *b_as_a;
};

/* As many standard deviations as a change must be away to be claimed. */
static double threshold(void)
{
    double low = 0, high = 16, p = STATISTICS_TIME_ALPHA / question_share[QUESTION_WHOLE];

    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (erfc(middle / sqrt(2)) > p)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* 1 if b is claimed to be slower when it is, by that share; 0, or -1 and error. */
static int is_found(struct planting *planting, double share, struct trail_error *error)
{
    struct evidence evidence;
    double p;

    for (size_t i = 0; i < planting->samples.count_b; i++)
        planting->b[i] =
            (struct timed){planting->b_as_a[i].ns * (1 + share), planting->b_as_a[i].at};
    if (evidence_weigh(&planting->samples, &evidence, error) != 0)
        return -1;
    p = fmin(1, question_share[QUESTION_WHOLE] * evidence.p);
    if (!evidence.is_enough || p > STATISTICS_TIME_ALPHA)
        return 0;
    if (evidence_measure(&planting->samples, &evidence, error) != 0)
        return -1;
    return evidence_is_change(&evidence, p, &(struct evidence_floors){0, 0});
}

static int find_smallest(struct planting *planting, double *share, struct trail_error *error)
{
    double low = 0, high = LARGEST;
    int found = is_found(planting, high, error);

    *share = NAN;
    for (int i = 0; i < HALVINGS && found > 0; i++) {
        double middle = i < 8 ? high / 2 : (low + high) / 2;
        int is_there = is_found(planting, middle, error);
        if (is_there < 0)
            return -1;
        if (is_there)
            high = middle;
        else
            low = middle;
        if (!is_there && i < 8)
            i = 8;
    }
    if (found > 0) /* which is found in half of all comparisons */
        *share = high * (1 + SURELY / threshold());
    return found < 0 ? -1 : 0;
}

static double median_of(const struct timed *timed, size_t count, double *room)
{
    for (size_t i = 0; i < count; i++)
        room[i] = timed[i].ns;
    return statistics_summary(room, count).median;
}

/* What b would be if it did not differ. */
static void make_alike(struct planting *planting, const struct evidence_samples *samples,
                       double *room)
{
    double a = median_of(samples->a, samples->count_a, room),
           b = median_of(samples->b, samples->count_b, room);

    for (size_t i = 0; i < samples->count_a; i++)
        planting->a[i] = samples->a[i];
    for (size_t i = 0; i < samples->count_b; i++)
        planting->b_as_a[i] =
            (struct timed){b > 0 ? samples->b[i].ns * a / b : samples->b[i].ns, samples->b[i].at};
}

static void take_turns(struct planting *planting)
{
    for (size_t i = 0; i < planting->samples.count_a; i++)
        planting->a[i].at = 2 * i;
    for (size_t i = 0; i < planting->samples.count_b; i++)
        planting->b_as_a[i].at = 2 * i + 1;
}

int sensitivity_find(const struct evidence_samples *samples, const struct evidence_floors *floors,
                     struct sensitivity *sensitivity, struct trail_error *error)
{
    size_t count_a = samples->count_a, count_b = samples->count_b;
    struct planting planting = {.a = malloc((count_a + 1) * sizeof *planting.a),
                                .b = malloc((count_b + 1) * sizeof *planting.b),
                                .b_as_a = malloc((count_b + 1) * sizeof *planting.b_as_a)};
    double *room = malloc((count_a + count_b + 1) * sizeof *room), in_turns = NAN;
    int result = -1;

    planting.samples = (struct evidence_samples){planting.a, planting.b, count_a, count_b};
    if (planting.a == NULL || planting.b == NULL || planting.b_as_a == NULL || room == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    } else {
        double median = median_of(samples->a, count_a, room),
               least = fmax(floors->share, median > 0 ? floors->ns / median : 0);
        make_alike(&planting, samples, room);
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
