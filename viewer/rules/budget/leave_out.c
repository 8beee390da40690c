/* See leave_out.h. */
#include "leave_out.h"

#include "array.h"
#include "rules/judge/judge.h"

#include <stdlib.h>
#include <string.h>

enum { RUNS_FOR_FEW_PARTS = 400 };

static int no_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

static struct broken_rule *find_broken(struct left_out *left_out, const struct rule *rule)
{
    struct broken_rule *rules;

    for (size_t i = 0; i < left_out->rule_count; i++)
        if (strcmp(left_out->rules[i].text, rule->text) == 0)
            return &left_out->rules[i];
    rules = array_with_room(left_out->rules, left_out->rule_count, sizeof *rules);
    if (rules == NULL)
        return NULL;
    left_out->rules = rules;
    rules += left_out->rule_count;
    *rules = (struct broken_rule){.class = rule_class(rule)};
    if ((rules->text = malloc(strlen(rule->text) + 1)) == NULL)
        return NULL;
    strcpy(rules->text, rule->text);
    left_out->rule_count++;
    return rules;
}

/* Notes what the left-out runs broke; the k-th of them is run `part + k * parts`. */
static int note_broken(struct left_out *left_out, const struct judgement *judgement, size_t part)
{
    const struct finding *before = NULL;

    for (size_t i = 0; i < judgement->finding_count; before = &judgement->findings[i++]) {
        const struct finding *finding = &judgement->findings[i];
        const struct rule *rule = &judgement->rules->rules[finding->rule];
        struct broken_rule *broken;
        /* several runs' median is no run's; a part of the runs is judged one by one */
        size_t run = finding->run != RECORDING_NONE ? finding->run : 0;
        left_out->broken[part + run * left_out->parts] |= CLASS_BIT(rule_class(rule));
        if (before != NULL && before->rule == finding->rule && before->run == finding->run)
            continue;
        if ((broken = find_broken(left_out, rule)) == NULL)
            return -1;
        broken->runs++;
    }
    return 0;
}

static int judge_part(struct left_out *left_out, const struct rules *rules,
                      const struct recordings *runs, size_t part, struct trail_error *error)
{
    struct judgement judgement;
    int result = judge(rules, runs, &judgement, error);

    if (result == 0 && note_broken(left_out, &judgement, part) != 0)
        result = no_memory(error);
    judgement_release(&judgement);
    return result;
}

/* Learns from the first `learned` runs and judges the others. */
static int leave_out(struct left_out *left_out, const struct recordings *runs, size_t learned,
                     size_t part, const struct learn_options *options, struct trail_error *error)
{
    struct learn_options without_preface = *options;
    struct recordings others = *runs;
    struct side side = {0};
    struct buffer text = {0};
    struct rules rules = {0};
    int result = side_init(&side, runs, 0, learned, error);

    without_preface.preface = NULL;
    others.items += learned;
    others.count -= learned;
    if (result == 0)
        result = side_learn_order(&side, error);
    if (result == 0)
        result = learn_file(&side, &without_preface, "trail-rules 1\n", &text, error);
    side_release(&side);
    if (result == 0)
        result = rules_parse("learned", buffer_text(&text), text.length, &rules, error);
    if (result == 0)
        result = judge_part(left_out, &rules, &others, part, error);
    rules_release(&rules);
    buffer_release(&text);
    return result;
}

/* Orders copies of the runs so that those of the part are behind the others; returns how many. */
static size_t order_runs(struct recording *items, const struct recordings *all, size_t parts,
                         size_t part)
{
    size_t others = 0, at = 0;

    for (size_t i = 0; i < all->count; i++)
        if (i % parts != part)
            items[others++] = all->items[i];
    for (size_t i = part; i < all->count; i += parts)
        items[others + at++] = all->items[i];
    return others;
}

static int compare_broken(const void *left, const void *right)
{
    const struct broken_rule *a = left, *b = right;

    return a->runs != b->runs ? (a->runs < b->runs ? 1 : -1) : strcmp(a->text, b->text);
}

int left_out_init(struct left_out *left_out, const struct recordings *recordings,
                  const struct learn_options *options, struct trail_error *error)
{
    struct recordings runs = *recordings;
    int result = 0;

    memset(left_out, 0, sizeof *left_out);
    left_out->runs = recordings->count;
    left_out->parts = recordings->count <= LEAVE_OUT_ONE_BY_ONE ? recordings->count
                      : recordings->count < RUNS_FOR_FEW_PARTS  ? LEAVE_OUT_PARTS
                                                                : LEAVE_OUT_FEW_PARTS;
    left_out->broken = calloc(recordings->count + 1, sizeof *left_out->broken);
    runs.items = malloc((recordings->count + 1) * sizeof *runs.items);
    if (left_out->broken == NULL || runs.items == NULL)
        result = no_memory(error);
    for (size_t part = 0; part < left_out->parts && left_out->parts > 1 && result == 0; part++) {
        size_t learned = order_runs(runs.items, recordings, left_out->parts, part);
        result = leave_out(left_out, &runs, learned, part, options, error);
    }
    free(runs.items);
    if (left_out->rule_count > 0)
        qsort(left_out->rules, left_out->rule_count, sizeof *left_out->rules, compare_broken);
    return result;
}

void left_out_release(struct left_out *left_out)
{
    for (size_t i = 0; i < left_out->rule_count; i++)
        free(left_out->rules[i].text);
    free(left_out->rules);
    free(left_out->broken);
    memset(left_out, 0, sizeof *left_out);
}
