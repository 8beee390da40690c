/*
 * See judge.h. Here: the way through the runs and their processes; what one rule says is
 * judge_rules.c and judge_limits.c.
 */
#include "judge.h"

#include "scope.h"
#include "weight.h"

#include <stdlib.h>
#include <string.h>

enum { EFFORT = 500000 }; /* so many names compared take some tenths of a second */

static int no_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

/* Whether words are names of modules: how many of the rule's are, outside of sections. */
static size_t module_names(const struct rule *rule)
{
    if (rule->about != ABOUT_MODULES || rule->kind >= RULE_ARGUMENTS || rule->process != NULL)
        return 0;
    return rule->kind == RULE_ORDER ? rule->word_count : 1;
}

/* Which subjects rules require or allow by their names, in whatever section. */
static int find_named(struct judging *judging, struct trail_error *error)
{
    const struct rules *rules = judging->rules;
    bool *named = calloc(judging->subjects.count + 1, sizeof *named);
    struct number_list found = {0};
    int result = named != NULL ? 0 : -1;

    judging->subjects.named = named;
    for (size_t i = 0; i < rules->count && result == 0; i++) {
        const struct rule *rule = &rules->rules[i];
        if (rule->kind > RULE_ALLOW || rule->about != ABOUT_MODULES ||
            subject_is_glob(rule->words[0]))
            continue;
        found.count = 0;
        result = subjects_add_name(&judging->subjects, rule->words[0], &found);
        for (size_t k = 0; k < found.count; k++)
            named[found.items[k]] = true;
    }
    free(found.items);
    return result == 0 ? 0 : no_memory(error);
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
        for (size_t k = 0; k < module_names(&rules->rules[i]); k++, at++) {
            if (subjects_match(&judging->subjects, rules->rules[i].words[k], &judging->matches[at],
                               error) != 0)
                return -1;
        }
    }
    judging->first_match[rules->count] = at;
    return 0;
}

/* Whether it is an order rule that is not only judged together with others. */
static bool is_judged_alone(const struct judging *judging, size_t rule)
{
    return judging->rules->rules[rule].kind == RULE_ORDER &&
           (!judging->rules->rules[rule].is_asked || judging->closed.of_rule[rule] == SIZE_MAX);
}

/* The order rules outside of sections that are of interest to who loaded a subject. */
static int index_orders(struct judging *judging)
{
    const struct rules *rules = judging->rules;

    for (size_t i = 0; i < rules->count; i++) {
        if (!is_judged_alone(judging, i) || rules->rules[i].process != NULL)
            continue;
        for (size_t m = judging->first_match[i]; m < judging->first_match[i + 1]; m++)
            for (size_t k = 0; k < judging->matches[m].count; k++)
                if (pairs_add(&judging->orders, judging->matches[m].items[k], i) != 0)
                    return -1;
    }
    pairs_sort(&judging->orders);
    return 0;
}

/* Lets a require, allow or forbid rule decide on the modules that it matches. */
static void decide(struct judging *judging, const struct number_list *list, size_t rule,
                   size_t *deciders)
{
    for (size_t i = 0; i < list->count; i++)
        deciders[list->items[i]] = judge_more_specific(judging, deciders[list->items[i]], rule);
}

static bool decides_on_modules(const struct rule *rule)
{
    return rule->kind <= RULE_FORBID && rule->about == ABOUT_MODULES;
}

static size_t *room(size_t count)
{
    return calloc(count + 1, sizeof(size_t));
}

static size_t most_names(const struct closed_orders *orders)
{
    size_t most = 0;

    for (size_t i = 0; i < orders->count; i++)
        most = orders->items[i].name_count > most ? orders->items[i].name_count : most;
    return most;
}

static int make_room(struct judging *judging)
{
    size_t rule_count = judging->rules->count;
    struct judgement *judgement = judging->judgement;

    judgement->verdicts = calloc(rule_count + 1, sizeof *judgement->verdicts);
    judging->times = calloc(rule_count + 1, sizeof *judging->times);
    judging->time_counts = room(rule_count);
    judging->missing = room(rule_count);
    judging->literals = room(rule_count);
    judging->deciders = room(judging->subjects.count);
    judging->section_deciders = room(judging->subjects.count);
    judging->closed_places = room(most_names(&judging->closed));
    return judgement->verdicts == NULL || judging->times == NULL || judging->time_counts == NULL ||
                   judging->missing == NULL || judging->literals == NULL ||
                   judging->deciders == NULL || judging->section_deciders == NULL ||
                   judging->closed_places == NULL
               ? -1
               : 0;
}

static int prepare(struct judging *judging, struct trail_error *error)
{
    const struct rules *rules = judging->rules;

    judging->effort = EFFORT;
    if (subjects_init(&judging->subjects, judging->recordings, error) != 0 ||
        find_named(judging, error) != 0 || match_names(judging, error) != 0)
        return -1;
    if (closed_orders_init(&judging->closed, rules, &judging->subjects, error) != 0)
        return -1;
    if (make_room(judging) != 0 || index_orders(judging) != 0 ||
        sections_init(&judging->sections, rules) != 0)
        return no_memory(error);
    for (size_t i = 0; i < rules->count; i++) {
        judging->judgement->verdicts[i].worst = INT64_MIN;
        if (rules->rules[i].word_count > 0)
            judging->literals[i] = subject_literal_characters(rules->rules[i].words[0]);
    }
    for (size_t i = 0; i < judging->subjects.count; i++)
        judging->deciders[i] = RECORDING_NONE;
    for (size_t i = 0; i < rules->count; i++)
        if (decides_on_modules(&rules->rules[i]) && rules->rules[i].process == NULL)
            decide(judging, &judging->matches[judging->first_match[i]], i, judging->deciders);
    return 0;
}

/* What holds for the run as a whole where there is no section, and for the process in one. */
static void judge_in(struct judging *judging, size_t rule, const struct scope *scope)
{
    static void (*const judges[RULE_KINDS])(struct judging *, size_t, const struct scope *) = {
        [RULE_REQUIRE] = judge_require,     [RULE_PATH] = judge_path,
        [RULE_CAUSE] = judge_cause,         [RULE_IDENTITY] = judge_identity,
        [RULE_ARGUMENTS] = judge_arguments, [RULE_LIMIT] = judge_limit};
    const struct rule *of = &judging->rules->rules[rule];

    if (judges[of->kind] != NULL && of->about == ABOUT_MODULES)
        judges[of->kind](judging, rule, scope);
}

/* Lets the rules of the process's sections decide on what it loaded. */
static void decide_in_sections(struct judging *judging, const struct scope *scope,
                               const struct number_list *rules)
{
    judging->current = judging->deciders;
    for (size_t i = 0; i < rules->count; i++) {
        if (!decides_on_modules(&judging->rules->rules[rules->items[i]]))
            continue;
        for (size_t k = 0; judging->current == judging->deciders && k < scope->loads.count; k++) {
            size_t subject = scope_subject(judging, scope, part_at(&scope->loads, k));
            judging->section_deciders[subject] = judging->deciders[subject];
        }
        judging->current = judging->section_deciders;
        decide(judging, scope_matches(judging, scope, rules->items[i], 0), rules->items[i],
               judging->section_deciders);
    }
}

/* The order rules outside of sections of what the process loaded. */
static int add_orders(const struct judging *judging, const struct scope *scope,
                      struct number_list *rules)
{
    for (size_t i = 0; i < scope->loads.count; i++) {
        size_t subject = scope_subject(judging, scope, part_at(&scope->loads, i));
        for (size_t at = pairs_first(&judging->orders, subject);
             at < judging->orders.count && judging->orders.items[at].of == subject; at++)
            if (number_list_add(rules, judging->orders.items[at].number) != 0)
                return -1;
    }
    number_list_sort(rules);
    return 0;
}

/*
 * The sets of order rules outside of sections, and those of the sections that these rules are of.
 */
static void judge_closed_orders(struct judging *judging, const struct scope *scope,
                                const struct number_list *rules, bool are_asked)
{
    const struct closed_orders *closed = &judging->closed;
    struct number_list orders = {0};

    for (size_t i = 0; i < closed->count; i++)
        if (closed->items[i].process == NULL && number_list_add(&orders, i) != 0)
            judging->has_failed = true;
    for (size_t i = 0; i < rules->count; i++)
        if (closed->of_rule[rules->items[i]] != SIZE_MAX &&
            number_list_add(&orders, closed->of_rule[rules->items[i]]) != 0)
            judging->has_failed = true;
    number_list_sort(&orders);
    for (size_t i = 0; i < orders.count; i++)
        if (closed->items[orders.items[i]].is_asked == are_asked)
            judge_closed(judging, orders.items[i], scope);
    free(orders.items);
}

/* Rules that hold whoever asks are judged one by one; what they say together, if they hold. */
static void judge_orders(struct judging *judging, const struct scope *scope,
                         const struct number_list *rules)
{
    size_t findings = judging->judgement->finding_count;
    struct number_list all = {0};

    judge_closed_orders(judging, scope, rules, true);
    findings = judging->judgement->finding_count;
    if (add_orders(judging, scope, &all) != 0)
        judging->has_failed = true;
    for (size_t i = 0; i < rules->count; i++)
        if (is_judged_alone(judging, rules->items[i]) &&
            number_list_add(&all, rules->items[i]) != 0)
            judging->has_failed = true;
    number_list_sort(&all);
    for (size_t i = 0; i < all.count; i++)
        judge_order(judging, all.items[i], scope);
    if (judging->judgement->finding_count == findings)
        judge_closed_orders(judging, scope, rules, false);
    free(all.items);
}

static void judge_process(struct judging *judging, const struct scope *scope)
{
    struct number_list rules = {0};

    if (sections_match(&judging->sections, judging->recordings, scope->run, scope->process,
                       &rules) != 0)
        judging->has_failed = true;
    decide_in_sections(judging, scope, &rules);
    for (size_t i = 0; i < rules.count; i++)
        judge_in(judging, rules.items[i], scope);
    judge_orders(judging, scope, &rules);
    judge_counts(judging, scope, &rules);
    free(rules.items);
    judge_presence(judging, scope);
}

static void note_first_loads(const struct judging *judging, const struct scope *scope,
                             size_t *first, bool are_noted)
{
    for (size_t i = scope->loads.count; i-- > 0;) {
        size_t load = part_at(&scope->loads, i);
        first[scope_subject(judging, scope, load)] = are_noted ? load : RECORDING_NONE;
    }
}

static void judge_processes_alone(struct judging *judging, const struct scope *whole, size_t *first)
{
    const struct run_index *index = whole->index;

    for (size_t p = 0; p < whole->run->process_count; p++) {
        struct scope scope = *whole;
        scope.process = &whole->run->processes[p];
        scope.process_index = p;
        scope.loads = grouped_part(&index->loads, p);
        scope.threads = grouped_part(&index->threads, p);
        scope.exceptions = grouped_part(&index->exceptions, p);
        scope.marks = grouped_part(&index->marks, p);
        note_first_loads(judging, &scope, first, true);
        judge_process(judging, &scope);
        note_first_loads(judging, &scope, first, false);
    }
}

/* `first` has nothing but RECORDING_NONE, also afterwards. */
static void judge_run(struct judging *judging, const struct run_index *index, size_t run_index,
                      size_t *first)
{
    const struct recording *run = index->run;
    struct scope scope = {.run = run,
                          .run_index = run_index,
                          .process_index = RECORDING_NONE,
                          .index = index,
                          .loads = {NULL, run->load_count},
                          .threads = {NULL, run->thread_count},
                          .exceptions = {NULL, run->exception_count},
                          .marks = {NULL, run->mark_count},
                          .first = first};

    judging->missing_count = 0;
    judging->current = judging->deciders;
    note_first_loads(judging, &scope, first, true);
    judge_process_counts(judging, &scope); /* which arguments heed */
    for (size_t i = 0; i < judging->rules->count; i++)
        if (judging->rules->rules[i].process == NULL)
            judge_in(judging, i, &scope);
    judge_processes(judging, &scope);
    judge_environment(judging, &scope);
    judge_failures(judging, &scope);
    note_first_loads(judging, &scope, first, false);
    judge_processes_alone(judging, &scope, first);
}

static int judge_runs(struct judging *judging)
{
    size_t *first = malloc((judging->subjects.count + 1) * sizeof *first);
    int result = first != NULL ? 0 : -1;

    for (size_t i = 0; result == 0 && i < judging->subjects.count; i++)
        first[i] = RECORDING_NONE;
    for (size_t r = 0; result == 0 && r < judging->recordings->count; r++) {
        struct run_index index;
        result = run_index_init(&index, judging->recordings, &judging->recordings->items[r]);
        if (result == 0)
            judge_run(judging, &index, r, first);
        run_index_release(&index);
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

void judgement_count(struct judgement *judgement)
{
    for (size_t i = 0; i < judgement->rules->count; i++)
        judgement->verdicts[i].runs = 0;
    if (judgement->finding_count > 0)
        qsort(judgement->findings, judgement->finding_count, sizeof *judgement->findings,
              compare_findings);
    for (size_t i = 0; i < judgement->finding_count; i++) {
        const struct finding *finding = &judgement->findings[i];
        if (i == 0 || finding->rule != finding[-1].rule || finding->run != finding[-1].run)
            judgement->verdicts[finding->rule].runs++;
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
    free(judging->literals);
    free(judging->found.items);
    free(judging->orders.items);
    free(judging->closed_places);
    tuple_map_release(&judging->too_many);
    closed_orders_release(&judging->closed);
    sections_release(&judging->sections);
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
    if (result == 0) {
        judgement_count(judgement);
        result = judgement_weigh(judgement, 0, error);
    }
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
