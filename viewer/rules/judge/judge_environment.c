/* See scope.h: in which environment a program was started. */
#include "scope.h"

#include "rules/variable_value.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/* Whether one of the rule's values matches. */
static bool is_wanted(const struct rule *rule, const char *value)
{
    for (size_t i = 1; i < rule->word_count; i++)
        if (text_glob(rule->words[i], value, false))
            return true;
    return false;
}

static void add_wanted(const struct rule *rule, struct buffer *out)
{
    for (size_t i = 1; i < rule->word_count; i++) {
        buffer_add_text(out, i == 1 ? ", not " : " or ");
        buffer_add_text(out, rule->words[i]);
    }
}

static size_t decider(struct judging *judging, const struct scope *scope, const char *name)
{
    struct number_list found = {0};
    size_t rule = RECORDING_NONE;

    if (globs_match(&judging->sections.variables, name, scope->run->folds_case, &found) != 0)
        judging->has_failed = true;
    for (size_t i = 0; i < found.count; i++)
        rule = judge_more_specific(judging, rule, found.items[i]);
    free(found.items);
    return rule;
}

static void judge_variable(struct judging *judging, const struct scope *scope,
                           const struct recorded_variable *variable)
{
    const char *name = judge_text(judging, variable->name);
    size_t rule = decider(judging, scope, name);
    const struct rule *of = rule != RECORDING_NONE ? &judging->rules->rules[rule] : NULL;
    struct buffer message = {0}, hint = {0}, value = {0};

    if (of == NULL ||
        (of->kind == RULE_FORBID && subject_is_glob(of->words[0]) && !variable->steers))
        return; /* others come and go with terminals and desktops */
    judging->judgement->verdicts[rule].judged++;
    variable_value_add(&value, judging->recordings, scope->run, variable);
    judging->has_failed |= value.failed;
    if (of->kind == RULE_FORBID ||
        (of->kind == RULE_ENVIRONMENT && !is_wanted(of, buffer_text(&value)))) {
        buffer_add_text(&message, name);
        buffer_add_text(&message, " is ");
        buffer_add_text(&message, buffer_text(&value));
        if (of->kind == RULE_ENVIRONMENT)
            add_wanted(of, &message);
        judge_add(judging, rule, scope, RECORDING_NONE, &message, &hint);
        judge_name_finding(judging, name, 0);
    }
    buffer_release(&value);
}

static bool is_set(const struct judging *judging, const struct recording *run, const char *glob)
{
    for (size_t i = 0; i < run->variable_count; i++)
        if (run->variables[i].is_variable &&
            text_glob(glob, judge_text(judging, run->variables[i].name), run->folds_case))
            return true;
    return false;
}

void judge_environment(struct judging *judging, const struct scope *scope)
{
    const struct recording *run = scope->run;
    bool is_known = false;

    for (size_t i = 0; i < run->variable_count && !run->is_attach; i++) {
        is_known |= run->variables[i].is_variable;
        if (run->variables[i].is_variable)
            judge_variable(judging, scope, &run->variables[i]);
    }
    for (size_t i = 0; i < judging->rules->count && is_known; i++) {
        const struct rule *rule = &judging->rules->rules[i];
        struct buffer message = {0}, hint = {0};
        if (rule->kind != RULE_ENVIRONMENT || is_set(judging, run, rule->words[0]))
            continue;
        buffer_add_text(&message, rule->words[0]);
        buffer_add_text(&message, " is not set");
        judge_add(judging, i, scope, RECORDING_NONE, &message, &hint);
        judge_name_finding(judging, rule->words[0], 0);
    }
}
