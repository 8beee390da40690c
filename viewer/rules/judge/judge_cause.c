/* See scope.h: by whom a module was loaded. */
#include "scope.h"

#include "text.h"

#include <string.h>

static bool is_wanted(const struct rule *rule, const char *name)
{
    for (size_t i = 1; i < rule->word_count; i++)
        if (text_glob(rule->words[i], name, true))
            return true;
    return false;
}

static void add_other(struct judging *judging, size_t rule, const struct scope *scope, size_t load)
{
    const struct rule *of = &judging->rules->rules[rule];
    const struct recorded_load *at = &scope->run->loads[load];
    struct buffer message = {0}, hint = {0};

    buffer_add_text(&message, judge_text(judging, at->name));
    buffer_add_text(&message, " is ");
    buffer_add_text(&message, judge_text(judging, at->cause));
    if (at->by == TEXT_NONE && at->is_asked)
        buffer_add_text(&message, " for");
    if (at->by != TEXT_NONE) {
        buffer_add_text(&message, " by ");
        buffer_add_text(&message, judge_text(judging, at->by));
    }
    for (size_t i = 1; i < of->word_count; i++) {
        buffer_add_text(&message, i == 1 ? ", not by " : " or ");
        buffer_add_text(&message, of->words[i]);
    }
    buffer_add_text(&message, ": ");
    judge_add_where(judging, &message, scope, load);
    judge_add(judging, rule, scope, load, &message, &hint);
}

/* Whether one of those that may have brought a load was there before it. */
static bool may_have_brought(const struct judging *judging, const struct rule *rule,
                             const struct scope *scope, size_t load)
{
    for (size_t i = 0; i < scope->loads.count && part_at(&scope->loads, i) < load; i++)
        if (is_wanted(rule, judge_text(judging, scope->run->loads[part_at(&scope->loads, i)].key)))
            return true;
    return false;
}

/* Whether a load that was somebody's import is nobody's now: who asked for it matters not. */
static bool is_asked_now(const struct judging *judging, const struct rule *rule,
                         const struct scope *scope, size_t load)
{
    return rule->is_learned &&
           strcmp(judge_text(judging, scope->run->loads[load].cause), "asked") == 0 &&
           !may_have_brought(judging, rule, scope, load);
}

/* Whether it came with a module that no rule allows: that alone is said. */
static bool came_with_new(const struct judging *judging, const struct rule *rule,
                          const struct scope *scope, size_t load)
{
    for (size_t i = 0; rule->is_learned && i < scope->loads.count; i++) {
        size_t at = part_at(&scope->loads, i), decider;
        if (scope->run->loads[at].key != scope->run->loads[load].by)
            continue;
        decider = judging->current[scope_subject(judging, scope, at)];
        return decider != RECORDING_NONE && judging->rules->rules[decider].kind == RULE_FORBID;
    }
    return false;
}

void judge_cause(struct judging *judging, size_t rule, const struct scope *scope)
{
    const struct rule *of = &judging->rules->rules[rule];
    const struct number_list *list = scope_matches(judging, scope, rule, 0);

    for (size_t i = 0; i < list->count; i++) {
        size_t load = scope->first[list->items[i]];
        if (load == RECORDING_NONE ||
            (!recordings_know_cause(judging->recordings, &scope->run->loads[load]) &&
             !is_asked_now(judging, of, scope, load)))
            continue;
        judging->judgement->verdicts[rule].judged++;
        if (!is_wanted(of, judge_text(judging, scope->run->loads[load].by)) &&
            !came_with_new(judging, of, scope, load))
            add_other(judging, rule, scope, load);
    }
}
