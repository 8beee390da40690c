/*
 * See judge.h. Here: the way through the runs and their processes; what one rule says is
 * judge_rules.c and judge_limits.c.
 */
#include "judge.h"

#include "scope.h"

#include <stdlib.h>
#include <string.h>

static int no_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

/* Whether words are names of modules: how many of the rule's are. */
static size_t module_names(const struct rule *rule)
{
    if (rule->about != ABOUT_MODULES || rule->kind == RULE_LIMIT)
        return 0;
    return rule->kind == RULE_ORDER ? rule->word_count : 1;
}

static int match_names(struct judging *judging, struct trail_error *error)
{
    const struct rules *rules = judging->rules;
    size_t total = 0, at = 0;

    for (size_t i = 0; i < rules->count; i++)
        total += module_names(&rules->rules[i]);
    judging->matches = calloc(total + 1, sizeof *judging->matches);
    judging->first_match = calloc(rules->count + 2, sizeof *judging->first_match);
    if (judging->matches == NULL || judging->first_match == NULL)
        return no_memory(error);
    for (size_t i = 0; i < rules->count; i++) {
        judging->first_match[i] = at;
        for (size_t k = 0; k < module_names(&rules->rules[i]); k++, at++)
            if (subjects_match(&judging->subjects, rules->rules[i].words[k], &judging->matches[at],
                               error) != 0)
                return -1;
    }
    judging->first_match[rules->count] = at;
    return 0;
}

/* Lets a require, allow or forbid rule decide on the modules that it matches. */
static void decide(struct judging *judging, size_t rule, size_t *deciders)
{
    const struct subject_list *list = &judging->matches[judging->first_match[rule]];

    for (size_t i = 0; i < list->count; i++)
        deciders[list->items[i]] =
            judge_more_specific(judging->rules, deciders[list->items[i]], rule);
}

static bool decides_on_modules(const struct rule *rule)
{
    return rule->kind <= RULE_FORBID && rule->about == ABOUT_MODULES;
}

static int prepare(struct judging *judging, struct trail_error *error)
{
    size_t rule_count = judging->rules->count;
    struct judgement *judgement = judging->judgement;

    judgement->verdicts = calloc(rule_count + 1, sizeof *judgement->verdicts);
    judging->times = calloc(rule_count + 1, sizeof *judging->times);
    judging->time_counts = calloc(rule_count + 1, sizeof *judging->time_counts);
    judging->missing = calloc(rule_count + 1, sizeof *judging->missing);
    if (judgement->verdicts == NULL || judging->times == NULL || judging->time_counts == NULL ||
        judging->missing == NULL)
        return no_memory(error);
    for (size_t i = 0; i < rule_count; i++)
        judgement->verdicts[i].worst = INT64_MIN;
    if (subjects_init(&judging->subjects, judging->recordings, error) != 0 ||
        match_names(judging, error) != 0)
        return -1;
    judging->deciders = malloc((judging->subjects.count + 1) * sizeof *judging->deciders);
    judging->section_deciders =
        malloc((judging->subjects.count + 1) * sizeof *judging->section_deciders);
    if (judging->deciders == NULL || judging->section_deciders == NULL)
        return no_memory(error);
    for (size_t i = 0; i < judging->subjects.count; i++)
        judging->deciders[i] = RECORDING_NONE;
    for (size_t i = 0; i < rule_count; i++)
        if (decides_on_modules(&judging->rules->rules[i]) &&
            judging->rules->rules[i].process == NULL)
            decide(judging, i, judging->deciders);
    return 0;
}

static bool applies_to_process(const struct judging *judging, const struct rule *rule,
                               const struct scope *scope)
{
    return rule->process != NULL &&
           subject_matches_process(judging->recordings, rule->process, scope->run, scope->process);
}

/* What holds for the run as a whole where there is no section, and for the process in one. */
static void judge_in(struct judging *judging, size_t rule, const struct scope *scope)
{
    static void (*const judges[RULE_KINDS])(struct judging *, size_t, const struct scope *) = {
        [RULE_REQUIRE] = judge_require,
        [RULE_PATH] = judge_path,
        [RULE_CAUSE] = judge_cause,
        [RULE_IDENTITY] = judge_identity,
        [RULE_LIMIT] = judge_limit};
    const struct rule *of = &judging->rules->rules[rule];

    if (judges[of->kind] != NULL && of->about == ABOUT_MODULES)
        judges[of->kind](judging, rule, scope);
}

static void judge_process(struct judging *judging, const struct scope *scope)
{
    const struct rules *rules = judging->rules;

    judging->current = judging->deciders;
    for (size_t i = 0; i < rules->count; i++) {
        if (!decides_on_modules(&rules->rules[i]) ||
            !applies_to_process(judging, &rules->rules[i], scope))
            continue;
        if (judging->current == judging->deciders)
            memcpy(judging->section_deciders, judging->deciders,
                   judging->subjects.count * sizeof *judging->deciders);
        judging->current = judging->section_deciders;
        decide(judging, i, judging->section_deciders);
    }
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->rules[i];
        if (applies_to_process(judging, rule, scope))
            judge_in(judging, i, scope);
        if (rule->kind == RULE_ORDER &&
            (rule->process == NULL || applies_to_process(judging, rule, scope)))
            judge_order(judging, i, scope);
    }
    judge_presence(judging, scope);
}

/* The run's loads, those of a process together: positions, and where each process's begin. */
static int group_loads(const struct recording *run, size_t **positions, size_t **starts)
{
    size_t *counts = calloc(run->process_count + 2, sizeof *counts),
           *loads = malloc((run->load_count + 1) * sizeof *loads);

    *positions = loads;
    *starts = counts;
    if (counts == NULL || loads == NULL)
        return -1;
    for (size_t i = 0; i < run->load_count; i++)
        if (run->loads[i].process < run->process_count)
            counts[run->loads[i].process + 1]++;
    for (size_t i = 0; i < run->process_count; i++)
        counts[i + 1] += counts[i];
    for (size_t i = 0; i < run->load_count; i++)
        if (run->loads[i].process < run->process_count)
            loads[counts[run->loads[i].process]++] = i;
    /* each now stands at its end, which is the next one's start */
    for (size_t i = run->process_count; i > 0; i--)
        counts[i] = counts[i - 1];
    counts[0] = 0;
    return 0;
}

static void note_first_loads(const struct judging *judging, const struct scope *scope,
                             size_t *first, bool are_noted)
{
    for (size_t i = scope->load_count; i-- > 0;)
        first[judging->subjects.of_load[scope->run_index][scope->loads[i]]] =
            are_noted ? scope->loads[i] : RECORDING_NONE;
}

/*
 * `positions`, `starts`: of group_loads; `first` has nothing but RECORDING_NONE, also afterwards.
 */
static void judge_run(struct judging *judging, size_t run_index, const size_t *positions,
                      const size_t *starts, size_t *first)
{
    const struct recording *run = &judging->recordings->items[run_index];
    struct scope scope = {
        run, run_index, NULL, RECORDING_NONE, positions, starts[run->process_count], first};

    judging->missing_count = 0;
    judging->current = judging->deciders;
    note_first_loads(judging, &scope, first, true);
    for (size_t i = 0; i < judging->rules->count; i++)
        if (judging->rules->rules[i].process == NULL)
            judge_in(judging, i, &scope);
    judge_processes(judging, &scope);
    judge_failures(judging, &scope);
    note_first_loads(judging, &scope, first, false);
    for (size_t p = 0; p < run->process_count; p++) {
        struct scope process = {run,
                                run_index,
                                &run->processes[p],
                                p,
                                positions + starts[p],
                                starts[p + 1] - starts[p],
                                first};
        note_first_loads(judging, &process, first, true);
        judge_process(judging, &process);
        note_first_loads(judging, &process, first, false);
    }
}

static int judge_runs(struct judging *judging)
{
    size_t *first = malloc((judging->subjects.count + 1) * sizeof *first);
    int result = first != NULL ? 0 : -1;

    for (size_t i = 0; result == 0 && i < judging->subjects.count; i++)
        first[i] = RECORDING_NONE;
    for (size_t r = 0; result == 0 && r < judging->recordings->count; r++) {
        size_t *positions, *starts;
        result = group_loads(&judging->recordings->items[r], &positions, &starts);
        if (result == 0)
            judge_run(judging, r, positions, starts, first);
        free(positions);
        free(starts);
    }
    free(first);
    if (result == 0)
        judge_times(judging);
    return result;
}

/* The order of findings as they were made decides among those of one rule and run. */
static int compare_findings(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;

    if (a->rule != b->rule)
        return a->rule < b->rule ? -1 : 1;
    if (a->run != b->run)
        return a->run < b->run ? -1 : 1;
    if (a->seq != b->seq)
        return a->seq < b->seq ? -1 : 1;
    if (a->pid != b->pid)
        return a->pid < b->pid ? -1 : 1;
    return strcmp(a->message != NULL ? a->message : "", b->message != NULL ? b->message : "");
}

static void count_findings(struct judgement *judgement)
{
    if (judgement->finding_count > 0)
        qsort(judgement->findings, judgement->finding_count, sizeof *judgement->findings,
              compare_findings);
    for (size_t i = 0; i < judgement->finding_count; i++) {
        const struct finding *finding = &judgement->findings[i];
        if (i == 0 || finding->rule != finding[-1].rule || finding->run != finding[-1].run)
            judgement->verdicts[finding->rule].runs++;
        judgement->violated += i == 0 || finding->rule != finding[-1].rule;
    }
}

static void release_judging(struct judging *judging)
{
    size_t names = judging->first_match != NULL ? judging->first_match[judging->rules->count] : 0;

    for (size_t i = 0; judging->matches != NULL && i < names; i++)
        free(judging->matches[i].items);
    for (size_t i = 0; judging->times != NULL && i < judging->rules->count; i++)
        free(judging->times[i]);
    free(judging->matches);
    free(judging->first_match);
    free(judging->deciders);
    free(judging->section_deciders);
    free(judging->times);
    free(judging->time_counts);
    free(judging->missing);
    subjects_release(&judging->subjects);
}

int judge(const struct rules *rules, const struct recordings *recordings,
          struct judgement *judgement, struct trail_error *error)
{
    struct judging judging = {.judgement = judgement, .rules = rules, .recordings = recordings};
    int result;

    memset(judgement, 0, sizeof *judgement);
    judgement->rules = rules;
    judgement->recordings = recordings;
    result = prepare(&judging, error);
    if (result == 0 && (judge_runs(&judging) != 0 || judging.has_failed))
        result = no_memory(error);
    if (result == 0)
        count_findings(judgement);
    release_judging(&judging);
    return result;
}

void judgement_release(struct judgement *judgement)
{
    for (size_t i = 0; i < judgement->finding_count; i++) {
        free(judgement->findings[i].message);
        free(judgement->findings[i].hint);
    }
    free(judgement->findings);
    free(judgement->verdicts);
    memset(judgement, 0, sizeof *judgement);
}
