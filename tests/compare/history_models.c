/*
 * Models of histories, for how often change points are named wrongly, or not at all.
 *
 *     history_models NOISE DRIFT BUILDS RUNS STEPS MODELS SEED [NAMED_AT_LEAST MORE_AT_MOST]
 *
 * NOISE of a run: flat:3 (lognormal, 3 %), tail:3 (one in ten is 1.3 times slower, or, by Pareto,
 * more) or bimodal:3 (two in five are 1.5 times slower). DRIFT of the builds: none, walk:1 (a
 * random walk of 1 % a build), sine:3:60 (3 % up and down in 60 builds), trend:0.2 (a build),
 * each:2 (each build has 2 % of its own). STEPS: none, or BUILD:PERCENT,... ("-2" is the last but
 * one, "r" any but the first and last five). Prints in how many models just these were named, and
 * in how many there were more. With the last two, exit status 1 if it is otherwise. CI runs a
 * slice; for figures run it with more models and other seeds.
 */
#include "compare/trend/changes.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_AT_MOST = 50 };

struct model {
    const char *noise, *drift, *steps;
    double noise_size, drift_size, period;
    size_t builds, runs;
    size_t at[STEPS_AT_MOST], step_count;
    double sizes[STEPS_AT_MOST];
    double *values;
    size_t *ends;
    struct change *changes;
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

static int is(const char *text, const char *name)
{
    return strncmp(text, name, strlen(name)) == 0;
}

static double number_after_colon(const char *text, int colons)
{
    while (text != NULL && colons-- > 0)
        text = (text = strchr(text, ':')) != NULL ? text + 1 : NULL;
    return text != NULL ? atof(text) : 0;
}

static void plant_steps(struct model *model)
{
    const char *text = is(model->steps, "none") ? NULL : model->steps;

    model->step_count = 0;
    while (text != NULL && model->step_count < STEPS_AT_MOST) {
        long build = atol(text);
        model->at[model->step_count] = text[0] == 'r'
                                           ? 5 + (size_t)(uniform() * ((double)model->builds - 10))
                                       : build < 0 ? model->builds - (size_t)-build
                                                   : (size_t)build;
        model->sizes[model->step_count++] = log(1 + number_after_colon(text, 1) / 100);
        text = strchr(text, ',');
        text = text != NULL ? text + 1 : NULL;
    }
}

static double noise_of_run(const struct model *model)
{
    double noise = model->noise_size * normal();

    if (is(model->noise, "tail") && uniform() < 0.1)
        noise += log(1 + 0.3 / sqrt(uniform()));
    if (is(model->noise, "bimodal") && uniform() < 0.4)
        noise += log(1.5);
    return noise;
}

static void make_runs(struct model *model)
{
    double walked = 0, phase = 6.2831853 * uniform();

    for (size_t build = 0; build < model->builds; build++) {
        double at = (double)build, step = model->drift_size * normal(), level;
        walked += step;
        level = is(model->drift, "walk")    ? walked
                : is(model->drift, "each")  ? step
                : is(model->drift, "trend") ? model->drift_size * at
                : is(model->drift, "sine")
                    ? model->drift_size * sin(6.2831853 * at / model->period + phase)
                    : 0;
        for (size_t i = 0; i < model->step_count; i++)
            level += build >= model->at[i] ? model->sizes[i] : 0;
        for (size_t run = 0; run < model->runs; run++)
            model->values[build * model->runs + run] = 1e8 * exp(level + noise_of_run(model));
        model->ends[build] = (build + 1) * model->runs;
    }
}

int main(int argument_count, char **arguments)
{
    struct model model = {.noise = ""};
    int named = 0, more = 0, withheld = 0, models;

    if (argument_count != 8 && argument_count != 10)
        return 2;
    model.noise = arguments[1];
    model.noise_size = number_after_colon(model.noise, 1) / 100;
    model.drift = arguments[2];
    model.drift_size = number_after_colon(model.drift, 1) / 100;
    model.period = number_after_colon(model.drift, 2);
    model.builds = (size_t)atoi(arguments[3]);
    model.runs = (size_t)atoi(arguments[4]);
    model.steps = arguments[5];
    models = atoi(arguments[6]);
    model.values = calloc(model.builds * model.runs + 1, sizeof *model.values);
    model.ends = calloc(model.builds + 1, sizeof *model.ends);
    model.changes = calloc(model.builds + 1, sizeof *model.changes);
    if (model.values == NULL || model.ends == NULL || model.changes == NULL)
        return 2;
    for (int i = 0; i < models; i++) {
        struct series series = {model.values, model.ends, model.builds};
        struct changes_drift drift;
        struct trail_error error;
        size_t count, right = 0;
        state = (uint64_t)atoi(arguments[7]) * 1000003 + (uint64_t)i;
        plant_steps(&model);
        make_runs(&model);
        if (changes_find(&series, model.changes, &count, &drift, &error) != 0)
            return 2;
        for (size_t k = 0; k < model.step_count && count == model.step_count; k++)
            right += model.changes[k].group == model.at[k];
        named += count == model.step_count && right == count;
        more += count > model.step_count;
        withheld += drift.withheld > 0;
    }
    printf("%s %s %zux%zu %s: %d named, %d have more, %d have some withheld, of %d\n", model.noise,
           model.drift, model.builds, model.runs, model.steps, named, more, withheld, models);
    free(model.values);
    free(model.ends);
    free(model.changes);
    return argument_count == 10 && (named < atoi(arguments[8]) || more > atoi(arguments[9]));
}
