/*
 * Models of times, for how often a comparison of them is wrong: it makes times of all runs of two
 * sides, asks as diff does, and counts in how many comparisons something was claimed.
 *
 *     time_models MODEL ORDER RUNS GAPS CHANGE COMPARISONS SEED [FOUND_AT_LEAST MORE_AT_MOST]
 *
 * MODEL flat, tail, bimodal, sine, walk; ORDER turns (A B B A), blocks (A then B); CHANGE none,
 * a percentage of all times ("10%"), of a bimodal model's one mode ("quick30%", "slow30%"), or ms
 * that one gap takes longer ("10ms"). Prints in how many comparisons what was planted was claimed
 * (the total; of ms the gap), and in how many anything else (without a change: anything).
 * With the last two, exit status 1 if it is otherwise. CI runs a slice; for figures run it with
 * more comparisons and other seeds.
 */
#include "compare/order/statistics.h"
#include "compare/times/questions.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_AT_MOST = 500, GAPS_AT_MOST = 300 };

struct model {
    const char *name, *order;
    size_t runs, gaps;
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

/* Which side the n-th run of all is of. */
static bool is_of_b(const struct model *model, size_t at)
{
    return strcmp(model->order, "turns") == 0 ? (at + 1) / 2 % 2 == 1 : at >= model->runs;
}

/* What makes all of a run slower, by the model. */
static double factor(const struct model *model, bool is_b, size_t at, double phase, double *level)
{
    double percent = is_b ? model->percent / 100 : 0, noise = exp(model->noise * normal());
    bool is_slow = strcmp(model->name, "bimodal") == 0 && uniform() < 0.4;

    *level += 0.02 * normal();
    if (strcmp(model->name, "tail") == 0)
        noise *= uniform() < 0.1 ? 1 + 0.3 / sqrt(uniform()) : 1;
    if (strcmp(model->name, "sine") == 0)
        noise *= 1 + 0.15 * sin(2 * 3.14159265358979 * ((double)at / (double)model->runs * phase) +
                                9 * phase);
    if (strcmp(model->name, "walk") == 0)
        noise *= exp(*level);
    if (model->mode[0] == '\0' || is_slow == (strcmp(model->mode, "slow") == 0))
        noise *= 1 + percent;
    return noise * (is_slow ? 1.5 : 1);
}

static void make_run(const struct model *model, size_t at, double phase, double *level,
                     size_t *counts)
{
    bool is_b = is_of_b(model, at);
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
            (struct question){.samples = {times[0][i], times[1][i], model->runs, model->runs},
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
    struct model model = {.noise = 0.05};
    int found = 0, more = 0, either = 0, comparisons;

    if (argument_count != 8 && argument_count != 10)
        return 2;
    model.name = arguments[1];
    model.order = arguments[2];
    model.runs = (size_t)atoi(arguments[3]);
    model.gaps = (size_t)atoi(arguments[4]);
    read_change(&model, arguments[5]);
    comparisons = atoi(arguments[6]);
    for (int i = 0; i < comparisons; i++) {
        size_t counts[2] = {0, 0};
        double level = 0, phase;
        bool is_found, is_more;
        state = (uint64_t)atoi(arguments[7]) * 1000003 + (uint64_t)i;
        phase = 0.3 + 3 * uniform();
        for (size_t at = 0; at < 2 * model.runs; at++)
            make_run(&model, at, phase, &level, counts);
        compare(&model, &is_found, &is_more);
        found += is_found;
        more += is_more;
        either += is_found || is_more;
    }
    printf("%-8s %-6s %3zu %3zu %-8s found %d, others %d, any %d of %d\n", model.name, model.order,
           model.runs, model.gaps, arguments[5], found, more, either, comparisons);
    return argument_count == 10 && (found < atoi(arguments[8]) || either > atoi(arguments[9]));
}
