/* See scope.h: whether modules are there, and in which order they came. */
#include "scope.h"

#include "human.h"
#include "nearest.h"

#include <inttypes.h>
#include <string.h>

enum { NEAREST_AMONG = 4096 }; /* of all names that are similar to a missing one */

static void add_quoted(struct buffer *out, const char *name)
{
    buffer_add_char(out, '\'');
    buffer_add_text(out, name);
    buffer_add_char(out, '\'');
}

/*
 * The first of the modules in a list to be loaded in the scope, or the last; replayed loads count
 * only for whether it is there.
 */
static size_t find_load(const struct scope *scope, const struct number_list *list, bool is_last,
                        bool for_order)
{
    size_t found = RECORDING_NONE;

    for (size_t i = 0; i < list->count; i++) {
        size_t load = scope->first[list->items[i]];
        if (load == RECORDING_NONE || (for_order && scope->run->loads[load].is_synthetic))
            continue;
        if (found == RECORDING_NONE || (is_last ? load > found : load < found))
            found = load;
    }
    return found;
}

/*
 * Whether a rule requires or allows the module by its own name: it is then none that came in
 * another's place.
 */
static bool is_expected(const struct judging *judging, size_t subject)
{
    size_t decider = judging->current[subject];

    return decider != RECORDING_NONE && judging->rules->rules[decider].kind != RULE_FORBID &&
           !subject_is_glob(judging->rules->rules[decider].words[0]);
}

static void add_ending(const struct judging *judging, struct buffer *hint,
                       const struct scope *scope)
{
    const struct recorded_process *process =
        scope->process != NULL ? scope->process : scope->run->processes;

    if (scope->run->process_count == 0)
        return;
    if (strncmp(judge_text(judging, process->load_detection), "not observed", 12) == 0) {
        buffer_add_text(
            hint, "loads were not observed in that process: it is a static or a 32-bit program");
        return;
    }
    if (process->exit_signal != TEXT_NONE)
        buffer_format(hint, "the process was killed by %.40s",
                      judge_text(judging, process->exit_signal));
    else if (process->exit_code != RECORDING_UNKNOWN && process->exit_code != 0)
        buffer_format(hint, "the process ended with exit code %" PRId64, process->exit_code);
    else if (process->end_seq == RECORDING_UNKNOWN)
        buffer_add_text(hint, "the recording ended before the process did");
    else
        return;
    if (process->end_net_ns != RECORDING_UNKNOWN && hint->length > 0) {
        buffer_add_text(hint, " at ");
        human_ms(hint, process->end_net_ns);
        buffer_add_text(hint, " ms");
    }
}

/* What was loaded and may be the module by another name; else how the process ended. */
static void explain_missing(struct judging *judging, struct buffer *hint, const char *name,
                            const struct scope *scope)
{
    const char *names[NEAREST_AMONG], *nearest = NULL;
    size_t loads[NEAREST_AMONG], count = 0;

    for (size_t i = 0; i < scope->loads.count && count < NEAREST_AMONG && judging->effort > 0;
         i++, judging->effort--) {
        size_t load = part_at(&scope->loads, i);
        if (!is_expected(judging, scope_subject(judging, scope, load))) {
            loads[count] = load;
            names[count++] = judge_text(judging, scope->run->loads[load].key);
        }
    }
    if (count > 0)
        nearest = nearest_name(name, names, count, sizeof names[0]);
    for (size_t i = 0; nearest != NULL && i < count; i++) {
        if (names[i] != nearest)
            continue;
        add_quoted(hint, judge_text(judging, scope->run->loads[loads[i]].name));
        buffer_add_text(hint, " was loaded: ");
        judge_add_where(judging, hint, scope, loads[i]);
        break;
    }
    if (nearest == NULL)
        add_ending(judging, hint, scope);
}

/* A child of fork that loaded nothing runs on in its parent's modules. */
static bool inherits_modules(const struct judging *judging, const struct scope *scope)
{
    return scope->process != NULL && scope->loads.count == 0 &&
           strcmp(judge_text(judging, scope->process->via), "fork") == 0;
}

void judge_require(struct judging *judging, size_t rule, const struct scope *scope)
{
    const char *name = judging->rules->rules[rule].words[0];
    struct buffer message = {0}, hint = {0};

    if (inherits_modules(judging, scope))
        return;
    judging->judgement->verdicts[rule].judged++;
    if (find_load(scope, scope_matches(judging, scope, rule, 0), false, false) != RECORDING_NONE)
        return;
    buffer_add_text(&message, name);
    buffer_add_text(&message, " was not loaded");
    judge_add_process(judging, &message, scope);
    explain_missing(judging, &hint, name, scope);
    judging
        ->missing[judging->missing_count < judging->rules->count ? judging->missing_count++ : 0] =
        rule;
    judge_add(judging, rule, scope, RECORDING_NONE, &message, &hint);
    judge_name_finding(judging, name, scope->process != NULL ? scope->process->pid : 0);
}

/* A required module that did not come and has a similar name. */
static void explain_unexpected(struct judging *judging, struct buffer *hint, const char *name)
{
    const char *names[NEAREST_AMONG], *nearest;
    size_t count = 0;

    for (; count < judging->missing_count && count < NEAREST_AMONG && judging->effort > 0;
         judging->effort--, count++)
        names[count] = judging->rules->rules[judging->missing[count]].words[0];
    nearest = nearest_name(name, names, count, sizeof names[0]);
    if (nearest == NULL)
        return;
    add_quoted(hint, nearest);
    buffer_add_text(hint, ", which is required, was not loaded");
}

static void add_forbidden(struct judging *judging, size_t rule, const struct scope *scope,
                          size_t subject)
{
    const char *glob = judging->rules->rules[rule].words[0];
    size_t load = scope->first[subject];
    const struct recorded_load *at = &scope->run->loads[load];
    struct buffer message = {0}, hint = {0};

    buffer_add_text(&message, judge_text(judging, at->name));
    buffer_add_text(&message, subject_is_glob(glob) ? " was loaded, which no rule allows: "
                                                    : " was loaded: ");
    judge_add_where(judging, &message, scope, load);
    explain_unexpected(judging, &hint, judge_text(judging, at->key));
    judge_add(judging, rule, scope, load, &message, &hint);
}

void judge_presence(struct judging *judging, const struct scope *scope)
{
    for (size_t i = 0; i < scope->loads.count; i++) {
        size_t load = part_at(&scope->loads, i), subject = scope_subject(judging, scope, load),
               rule = judging->current[subject];
        if (rule == RECORDING_NONE || scope->first[subject] != load)
            continue;
        if (judging->rules->rules[rule].kind == RULE_FORBID)
            add_forbidden(judging, rule, scope, subject);
        else if (judging->rules->rules[rule].kind == RULE_ALLOW)
            judging->judgement->verdicts[rule].judged++;
    }
}

static void add_out_of_order(struct judging *judging, size_t rule, const struct scope *scope,
                             size_t first, size_t second)
{
    const struct recorded_load *a = &scope->run->loads[first], *b = &scope->run->loads[second];
    struct buffer message = {0}, hint = {0};

    buffer_add_text(&message, judge_text(judging, b->name));
    buffer_add_text(&message, " came ");
    if (a->t_ns > b->t_ns) {
        human_ms(&message, a->t_ns - b->t_ns);
        buffer_add_text(&message, " ms ");
    }
    buffer_add_text(&message, "before ");
    buffer_add_text(&message, judge_text(judging, a->name));
    buffer_add_text(&message, ": ");
    judge_add_where(judging, &message, scope, second);
    buffer_add_text(&message, "; ");
    buffer_add_text(&message, judge_text(judging, a->name));
    buffer_add_text(&message, " at ");
    judge_add_where(judging, &message, scope, first);
    if (a->thread != b->thread)
        buffer_add_text(&hint, "two threads load them: nothing but a wait makes one come first");
    else if (a->t_ns == b->t_ns && strcmp(judge_text(judging, a->time_source), "batch") == 0)
        buffer_add_text(&hint, "both were seen at one stop: this is the loader's own order of what "
                               "one start-up or dlopen brings");
    judge_add(judging, rule, scope, second, &message, &hint);
}

void judge_order(struct judging *judging, size_t rule, const struct scope *scope)
{
    struct verdict *verdict = &judging->judgement->verdicts[rule];
    size_t latest = RECORDING_NONE;

    for (size_t i = 0; i < judging->rules->rules[rule].word_count; i++) {
        const struct number_list *list = scope_matches(judging, scope, rule, i);
        size_t first = find_load(scope, list, false, true), last;
        if (first == RECORDING_NONE)
            continue;
        if (latest != RECORDING_NONE) {
            int64_t apart = scope->run->loads[first].t_ns - scope->run->loads[latest].t_ns;
            verdict->judged++;
            if (verdict->worst == INT64_MIN || apart < verdict->worst)
                verdict->worst = apart;
            if (first < latest)
                add_out_of_order(judging, rule, scope, latest, first);
        }
        last = find_load(scope, list, true, true);
        if (latest == RECORDING_NONE || last > latest)
            latest = last;
    }
}
