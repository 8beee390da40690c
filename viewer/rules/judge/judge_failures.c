/* See scope.h: what was asked for in vain. */
#include "scope.h"

#include "human.h"

#include <inttypes.h>
#include <stdlib.h>

/* The rule that decides on a failure, or RECORDING_NONE. */
static size_t failure_decider(struct judging *judging, const struct scope *scope,
                              const struct recorded_failure *failure)
{
    size_t decider = RECORDING_NONE;
    struct number_list found = {0};

    if (globs_match(&judging->sections.failures, judge_text(judging, failure->key),
                    scope->run->folds_case, &found) != 0)
        judging->has_failed = true;
    for (size_t i = 0; i < found.count; i++)
        decider = judge_more_specific(judging, decider, found.items[i]);
    free(found.items);
    return decider;
}

static void add_failed(struct judging *judging, size_t rule, const struct scope *scope,
                       const struct recorded_failure *failure)
{
    const struct recorded_process *process =
        failure->process != RECORDING_NONE ? &scope->run->processes[failure->process] : NULL;
    struct buffer message = {0}, hint = {0};

    buffer_add_text(&message, judge_text(judging, failure->name));
    buffer_add_text(&message, " was asked for in vain: ");
    human_ms(&message, failure->t_ns);
    buffer_format(&message, " ms, seq %" PRId64, failure->seq);
    if (process != NULL && scope->run->process_count > 1) {
        buffer_add_text(&message, " of ");
        buffer_add_text(&message, judge_text(judging, process->name));
        buffer_format(&message, " (%" PRId64 ")", process->pid);
    }
    buffer_add_text(&hint, judge_text(judging, failure->words));
    judge_add(judging, rule, scope, RECORDING_NONE, &message, &hint);
    judge_name_finding(judging, judge_text(judging, failure->key),
                       process != NULL ? process->pid : 0);
    judge_place_finding(judging, failure->seq, failure->t_ns,
                        failure->thread != RECORDING_NONE ? scope->run->threads[failure->thread].tid
                                                          : 0);
}

void judge_failures(struct judging *judging, const struct scope *scope)
{
    for (size_t i = 0; i < scope->run->failure_count; i++) {
        const struct recorded_failure *failure = &scope->run->failures[i];
        size_t decider =
            failure->is_module ? failure_decider(judging, scope, failure) : RECORDING_NONE;
        if (decider == RECORDING_NONE)
            continue;
        if (judging->rules->rules[decider].kind == RULE_FORBID)
            add_failed(judging, decider, scope, failure);
        else
            judging->judgement->verdicts[decider].judged++;
    }
}
