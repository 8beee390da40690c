/* See weight.h. */
#include "weight.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_FOR_SEVERAL = 3 };

/*
 * The smallest K such that of `count` runs, each of which has it with the chance p, K or more do
 * with a chance of at most `most`.
 */
static size_t smallest(size_t count, double p, double most)
{
    double n = (double)count, tail = 1, choose = 0; /* choose: log of count over k */
    size_t k = 0;

    while (k < count && tail > most) {
        tail -= exp(choose + (double)k * log(p) + (n - (double)k) * log1p(-p));
        choose += log(n - (double)k) - log((double)k + 1);
        k++;
    }
    return k > 0 ? k : 1;
}

size_t weight_at_least(size_t checked, size_t learned, size_t seen, double budget)
{
    double most = budget / 3 / ((double)seen + 1);
    size_t at_least = 1;

    for (double p = 0.2 / ((double)learned + 1); p < 0.95; p *= 1.05) {
        double unseen = exp((double)learned * log1p(-p));
        size_t k = smallest(checked, p, most / unseen);
        at_least = k > at_least ? k : at_least;
    }
    return at_least;
}

/* From how many runs on each kind of rule is violated. */
struct weights {
    size_t hard, soft;
};

static struct weights weights_of(const struct judgement *judgement, size_t at_least)
{
    const struct own_error *own = &judgement->rules->own_error;
    double budget = own->runs > 0 ? own->budget : OWN_ERROR_BUDGET;
    size_t runs = judgement->recordings->count;
    struct weights weights = {1, runs + 1};

    if (at_least > 0)
        return (struct weights){at_least < runs ? at_least : runs, at_least};
    if (runs < RUNS_FOR_SEVERAL)
        return weights;
    weights.soft = weight_at_least(runs, own->runs, own->notices, budget);
    if (runs == RUNS_FOR_SEVERAL || weights.soft < RUNS_FOR_SEVERAL)
        weights.soft = RUNS_FOR_SEVERAL;
    if (own->runs > 0)
        weights.hard = weight_at_least(runs, own->runs, own->alarms, budget);
    return weights;
}

static size_t weight_of(const struct rule *rule, const struct weights *weights)
{
    if (rule->is_soft)
        return weights->soft;
    return rule->is_learned && rule->kind != RULE_PATH && rule->kind != RULE_IDENTITY
               ? weights->hard
               : 1;
}

static int compare_subjects(const void *left, const void *right)
{
    const struct finding *a = *(const struct finding *const *)left,
                         *b = *(const struct finding *const *)right;
    int order;

    if (a->rule != b->rule)
        return a->rule < b->rule ? -1 : 1;
    order = strcmp(a->subject, b->subject);
    return order != 0 ? order : a->run < b->run ? -1 : a->run > b->run;
}

/* Weighs the findings from `first` on that are of one rule and subject; returns how many. */
static size_t weigh_one(struct judgement *judgement, struct finding **first, size_t count)
{
    struct verdict *verdict = &judgement->verdicts[first[0]->rule];
    size_t of = 0, runs = 0;
    bool is_violated;

    for (; of < count && first[of]->rule == first[0]->rule &&
           strcmp(first[of]->subject, first[0]->subject) == 0;
         of++)
        runs += of == 0 || first[of]->run != first[of - 1]->run;
    /* the median of several runs stands for all of them */
    if (first[0]->run == RECORDING_NONE)
        runs = judgement->recordings->count;
    is_violated = runs >= verdict->at_least;
    for (size_t i = 0; i < of; i++)
        first[i]->is_notice = !is_violated;
    verdict->is_violated |= is_violated;
    return of;
}

int judgement_weigh(struct judgement *judgement, size_t at_least, struct trail_error *error)
{
    struct weights weights = weights_of(judgement, at_least);
    size_t count = judgement->finding_count;
    struct finding **sorted = malloc((count + 1) * sizeof *sorted);

    if (sorted == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    for (size_t i = 0; i < count; i++)
        sorted[i] = &judgement->findings[i];
    if (count > 0)
        qsort(sorted, count, sizeof *sorted, compare_subjects);
    for (size_t i = 0; i < judgement->rules->count; i++) {
        judgement->verdicts[i].is_violated = false;
        judgement->verdicts[i].at_least = weight_of(&judgement->rules->rules[i], &weights);
    }
    for (size_t i = 0; i < count;)
        i += weigh_one(judgement, sorted + i, count - i);
    free(sorted);
    judgement->violated = judgement->noticed = 0;
    for (size_t i = 0; i < judgement->rules->count; i++) {
        const struct verdict *verdict = &judgement->verdicts[i];
        judgement->violated += verdict->is_violated;
        judgement->noticed += verdict->findings > 0 && !verdict->is_violated;
    }
    return 0;
}
