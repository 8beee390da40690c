/* See scope.h: which processes ran, and with which arguments. */
#include "scope.h"

#include "text.h"

#include <inttypes.h>
#include <stdlib.h>

/* The rule that decides on a process, or RECORDING_NONE. */
static size_t process_decider(struct judging *judging, const struct scope *scope,
                              const struct recorded_process *process)
{
    size_t decider = RECORDING_NONE;
    struct number_list found = {0};

    if (globs_match_process(&judging->sections.processes, judging->recordings, scope->run, process,
                            &found) != 0)
        judging->has_failed = true;
    for (size_t i = 0; i < found.count; i++)
        decider = judge_more_specific(judging, decider, found.items[i]);
    free(found.items);
    return decider;
}

static bool ran(struct judging *judging, const struct scope *scope, const char *name)
{
    struct number_list found = {0};
    bool is_there = false;

    for (size_t p = 0; subject_is_glob(name) && p < scope->run->process_count && !is_there; p++)
        is_there = subject_matches_process(judging->recordings, name, scope->run,
                                           &scope->run->processes[p]);
    if (!subject_is_glob(name) &&
        names_find(&scope->index->programs, name, scope->run->folds_case, &found) != 0)
        judging->has_failed = true;
    is_there |= found.count > 0;
    free(found.items);
    return is_there;
}

void judge_processes(struct judging *judging, const struct scope *scope)
{
    const struct rules *rules = judging->rules;

    for (size_t i = 0; i < rules->count; i++) {
        struct buffer message = {0}, hint = {0};
        if (rules->rules[i].about != ABOUT_PROCESSES || rules->rules[i].kind != RULE_REQUIRE)
            continue;
        judging->judgement->verdicts[i].judged++;
        if (ran(judging, scope, rules->rules[i].words[0]))
            continue;
        buffer_add_text(&message, "no process ");
        buffer_add_text(&message, rules->rules[i].words[0]);
        buffer_add_text(&message, " ran");
        judge_add(judging, i, scope, RECORDING_NONE, &message, &hint);
        judge_name_finding(judging, rules->rules[i].words[0], 0);
    }
    for (size_t p = 0; p < scope->run->process_count; p++) {
        const struct recorded_process *process = &scope->run->processes[p];
        size_t decider = process_decider(judging, scope, process);
        struct buffer message = {0}, hint = {0};
        if (decider != RECORDING_NONE && rules->rules[decider].kind == RULE_ALLOW)
            judging->judgement->verdicts[decider].judged++;
        if (decider == RECORDING_NONE || rules->rules[decider].kind != RULE_FORBID)
            continue;
        buffer_add_text(&message, "process ");
        buffer_add_text(&message, judge_text(judging, process->name));
        buffer_format(&message, " (%" PRId64 ") ran", process->pid);
        buffer_add_text(&hint, "its command line: ");
        buffer_add_text(&hint, judge_text(judging, process->command_line));
        judge_add(judging, decider, scope, RECORDING_NONE, &message, &hint);
        judge_name_finding(judging, judge_text(judging, process->name), process->pid);
    }
}

enum { LISTS_TOLD = 3 };

static void add_other_arguments(struct judging *judging, size_t rule, const struct scope *scope,
                                const struct recorded_process *process)
{
    const struct rule *of = &judging->rules->rules[rule];
    struct buffer message = {0}, hint = {0};

    buffer_add_text(&message, judge_text(judging, process->name));
    buffer_format(&message, " (%" PRId64 ") was run with ", process->pid);
    buffer_add_text(&message, judge_text(judging, process->arguments));
    for (size_t i = 1; i < of->word_count && i <= LISTS_TOLD; i++) {
        buffer_add_text(&message, i == 1 ? ", not with " : " or ");
        buffer_add_text(&message, of->words[i]);
    }
    if (of->word_count > LISTS_TOLD + 1)
        buffer_format(&message, " or one of %zu more", of->word_count - LISTS_TOLD - 1);
    buffer_add_text(&hint, "its command line: ");
    buffer_add_text(&hint, judge_text(judging, process->command_line));
    judge_add(judging, rule, scope, RECORDING_NONE, &message, &hint);
    judge_name_finding(judging, judge_text(judging, process->name), process->pid);
}

static void judge_arguments_of(struct judging *judging, size_t rule, const struct scope *scope,
                               const struct recorded_process *process)
{
    const struct rule *of = &judging->rules->rules[rule];

    /* where one more runs than may, that is said, and not with which arguments */
    if (process->command_line == TEXT_NONE ||
        tuple_map_find(&judging->too_many, process->key, 0, 0) != 0 ||
        !subject_matches_process(judging->recordings, of->words[0], scope->run, process))
        return;
    judging->judgement->verdicts[rule].judged++;
    for (size_t i = 1; i < of->word_count; i++)
        if (text_glob(of->words[i], judge_text(judging, process->arguments), false) ||
            text_glob(of->words[i], judge_text(judging, process->numbered), false))
            return;
    add_other_arguments(judging, rule, scope, process);
}

void judge_arguments(struct judging *judging, size_t rule, const struct scope *scope)
{
    const char *name = judging->rules->rules[rule].words[0];
    struct number_list found = {0};

    if (scope->process != NULL) {
        judge_arguments_of(judging, rule, scope, scope->process);
        return;
    }
    if (subject_is_glob(name)) {
        for (size_t p = 0; p < scope->run->process_count; p++)
            judge_arguments_of(judging, rule, scope, &scope->run->processes[p]);
        return;
    }
    if (names_find(&scope->index->programs, name, scope->run->folds_case, &found) != 0)
        judging->has_failed = true;
    number_list_sort(&found);
    for (size_t i = 0; i < found.count; i++)
        judge_arguments_of(judging, rule, scope, &scope->run->processes[found.items[i]]);
    free(found.items);
}
