/* See scope.h: by whom a module was loaded. */
#include "scope.h"

#include "text.h"

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

void judge_cause(struct judging *judging, size_t rule, const struct scope *scope)
{
    const struct rule *of = &judging->rules->rules[rule];
    const struct number_list *list = scope_matches(judging, scope, rule, 0);

    for (size_t i = 0; i < list->count; i++) {
        size_t load = scope->first[list->items[i]];
        if (load == RECORDING_NONE ||
            !recordings_know_cause(judging->recordings, &scope->run->loads[load]))
            continue;
        judging->judgement->verdicts[rule].judged++;
        if (!is_wanted(of, judge_text(judging, scope->run->loads[load].by)))
            add_other(judging, rule, scope, load);
    }
}
