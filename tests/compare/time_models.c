/*
 * Models of times, for how often a comparison of them is wrong: it makes times of all runs of two
 * sides, asks as diff does, and counts in how many comparisons something was claimed.
 *
 *     time_models MODEL ORDER RUNS GAPS CHANGE COMPARISONS SEED [FOUND_AT_LEAST MORE_AT_MOST]
 *
 * MODEL is of noise: flat (lognormal), student (t with 3 degrees of freedom), exponential and
 * pareto (delays, the latter with alpha 2); flat noise and more: tail (one run in ten is 1.3 times
 * slower or, by Pareto, more), spikes (one in ten is 2 to 10 times slower), bimodal (two in five
 * are 1.5 times slower), or a level that drifts: sine, ripple (which may return with every turn),
 * walk, trend, burst; or noise that is now more and now less: swell (a sine from a tenth to twice).
 * "flat:10" has noise of 10 % instead of 5. ORDER turns (A B B A), blocks (A then B); RUNS of a
 * side, or "20+7"; CHANGE none, a percentage of all times ("10%"), of a bimodal model's one mode
 * ("quick30%", "slow30%"), or ms that one gap takes longer ("10ms"), or as much of all times as
 * another comparison says that it would have found ("seen"). Prints in how many comparisons what
 * was planted was claimed (the total; of ms the gap), and in how many anything else (without a
 * change: anything). With the last two, exit status 1 if it is otherwise. CI runs a slice; for
 * figures run it with more comparisons and other seeds.
 */
#include "compare/order/statistics.h"
#include "compare/times/questions.h"
#include "compare/times/sensitivity.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_AT_MOST = 500, GAPS_AT_MOST = 300 };

struct model {
    const char *name, *order;
    size_t runs[2], gaps;
    double percent, ms; /* what is planted */
    const char *mode;   /* "quick", "slow", or "" for both */
    double noise;       /* of all times of a run alike */
};

static uint64_t state;

static double uniform(void) /* SplitMix64 */
{
    uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return ((double)((z ^ z >> 31) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void)
{
    return sqrt(-2 * log(uniform())) * cos(2 * 3.14159265358979 * uniform());
}

/* One comparison: the times of each gap in each run, and the total last. */
static struct timed times[2][GAPS_AT_MOST + 1][RUNS_AT_MOST];

/* Which side the n-th run of all is of: with turns A B B A, as long as both have some left. */
static bool is_of_b(const struct model *model, size_t at, const size_t *counts)
{
    bool turn = strcmp(model->order, "turns") == 0 ? (at + 1) / 2 % 2 == 1 : at >= model->runs[0];

    return counts[turn] < model->runs[turn] ? turn : !turn;
}

static bool is(const struct model *model, const char *name)
{
    return strcmp(model->name, name) == 0;
}

/*
 * Of a sine that begins anywhere, with one to six turns, which take six runs each or more. With
 * "ripple" also fewer: with four, it is no other than the turns of A B B A.
 */
static double turn(const struct model *model, size_t at, double phase)
{
    double runs = (double)(model->runs[0] + model->runs[1]),
           turns = fmin(2 * phase, is(model, "ripple") ? INFINITY : runs / 6);

    return 2 * 3.14159265358979 * (double)at / runs * turns + 9 * phase;
}

/* What each run has of its own: the noise, and now and then more. */
static double noise(const struct model *model, size_t at, double phase)
{
    double z = normal(), size = model->noise;

    if (is(model, "student"))
        return fmax(
            0.3, 1 + size * z * sqrt(3 / (pow(normal(), 2) + pow(normal(), 2) + pow(normal(), 2))));
    if (is(model, "exponential"))
        return 1 - size * log(uniform());
    if (is(model, "pareto"))
        return 1 + size / sqrt(uniform());
    if (is(model, "tail") && uniform() < 0.1)
        return exp(size * z) * (1 + 0.3 / sqrt(uniform()));
    if (is(model, "spikes") && uniform() < 0.1)
        return exp(size * z) * (2 + 8 * uniform());
    if (is(model, "swell"))
        size *= 1.05 + 0.95 * sin(turn(model, at, phase));
    return exp(size * z);
}

/* By how much the n-th of all runs is slower for what else the machine does. */
static double drift(const struct model *model, size_t at, double phase, double *level)
{
    double place = (double)at / (double)(model->runs[0] + model->runs[1]);

    *level += 0.02 * normal();
    if (is(model, "sine") || is(model, "ripple"))
        return 1 + 0.15 * sin(turn(model, at, phase));
    if (is(model, "trend"))
        return 1 + 0.2 * place;
    if (is(model, "burst"))
        return fabs(place - phase / 3.3) < 0.08 ? 1.3 : 1;
    return is(model, "walk") ? exp(*level) : 1;
}

/* What makes all of a run slower, by the model. */
static double factor(const struct model *model, bool is_b, size_t at, double phase, double *level)
{
    double all = noise(model, at, phase) * drift(model, at, phase, level);
    bool is_slow = is(model, "bimodal") && uniform() < 0.4;

    if (is_b && (model->mode[0] == '\0' || is_slow == (strcmp(model->mode, "slow") == 0)))
        all *= 1 + model->percent / 100;
    return all * (is_slow ? 1.5 : 1);
}

static void make_run(const struct model *model, size_t at, double phase, double *level,
                     size_t *counts)
{
    bool is_b = is_of_b(model, at, counts);
    double all = factor(model, is_b, at, phase, level), total = 0;
    size_t run = counts[is_b]++;

    for (size_t gap = 0; gap < model->gaps; gap++) {
        double ns = 1e6 * (1 + (double)(gap % 7)) * all * exp(0.05 * normal());
        ns += is_b && gap == model->gaps / 2 ? model->ms * 1e6 : 0;
        times[is_b][gap][run] = (struct timed){ns, at};
        total += ns;
    }
    times[is_b][model->gaps][run] = (struct timed){total, at};
}

static void make_runs(const struct model *model)
{
    size_t counts[2] = {0, 0};
    double level = 0, phase = 0.3 + 3 * uniform();

    for (size_t at = 0; at < model->runs[0] + model->runs[1]; at++)
        make_run(model, at, phase, &level, counts);
}

/* In percent; without a change. */
static double find_seen(struct model *model)
{
    struct evidence_samples samples = {times[0][model->gaps], times[1][model->gaps], model->runs[0],
                                       model->runs[1]};
    struct sensitivity sensitivity;
    struct trail_error error;

    model->percent = 0;
    make_runs(model);
    if (sensitivity_find(&samples, &evidence_floors_default, &sensitivity, &error) != 0)
        exit(2);
    return isfinite(sensitivity.share) ? sensitivity.share * 100 : 0;
}

/* Which of the times are claimed: what was planted, or another one. */
static void compare(const struct model *model, bool *is_found, bool *is_more)
{
    const struct evidence_floors floors = {0.02, 2e5};
    static struct question questions[GAPS_AT_MOST + 1];
    size_t planted = model->ms > 0 ? model->gaps / 2 : model->gaps, tested;
    struct trail_error error;

    *is_found = *is_more = false;
    for (size_t i = 0; i <= model->gaps; i++)
        questions[i] =
            (struct question){.samples = {times[0][i], times[1][i], model->runs[0], model->runs[1]},
                              .family = i < model->gaps ? QUESTION_GAP : QUESTION_WHOLE};
    if (questions_test(questions, model->gaps + 1, &tested, &error) != 0)
        exit(2);
    for (size_t i = 0; i <= model->gaps; i++) {
        if (questions[i].p > STATISTICS_TIME_ALPHA)
            continue;
        if (evidence_measure(&questions[i].samples, &questions[i].evidence, &error) != 0)
            exit(2);
        if (!evidence_is_change(&questions[i].evidence, questions[i].p, &floors))
            continue;
        *is_found |= i == planted;
        *is_more |= i != planted && i < model->gaps;
    }
}

static void read_model(struct model *model, char *name, const char *runs)
{
    char *noise = strchr(name, ':');

    model->noise = noise != NULL ? atof(noise + 1) / 100 : 0.05;
    if (noise != NULL)
        *noise = '\0';
    model->name = name;
    model->runs[0] = (size_t)atoi(runs);
    runs = strchr(runs, '+');
    model->runs[1] = runs != NULL ? (size_t)atoi(runs + 1) : model->runs[0];
}

static void read_change(struct model *model, const char *text)
{
    model->mode = strncmp(text, "quick", 5) == 0  ? "quick"
                  : strncmp(text, "slow", 4) == 0 ? "slow"
                                                  : "";
    text += strlen(model->mode);
    if (strstr(text, "ms") != NULL)
        model->ms = atof(text);
    else
        model->percent = atof(text);
}

int main(int argument_count, char **arguments)
{
    struct model model = {.noise = 0};
    int found = 0, more = 0, either = 0, comparisons;

    if (argument_count != 8 && argument_count != 10)
        return 2;
    model.order = arguments[2];
    read_model(&model, arguments[1], arguments[3]);
    model.gaps = (size_t)atoi(arguments[4]);
    read_change(&model, arguments[5]);
    comparisons = atoi(arguments[6]);
    for (int i = 0; i < comparisons; i++) {
        bool is_found, is_more;
        state = (uint64_t)atoi(arguments[7]) * 1000003 + (uint64_t)i;
        if (strcmp(arguments[5], "seen") == 0)
            model.percent = find_seen(&model);
        make_runs(&model);
        compare(&model, &is_found, &is_more);
        found += is_found;
        more += is_more;
        either += is_found || is_more;
    }
    printf("%s:%g %s %zu+%zu %zu %s: found %d, others %d, any %d of %d\n", model.name,
           model.noise * 100, model.order, model.runs[0], model.runs[1], model.gaps, arguments[5],
           found, more, either, comparisons);
    return argument_count == 10 && (found < atoi(arguments[8]) || either > atoi(arguments[9]));
}
