/*
 * See scope.h: limits with a name. Of several that match, the most specific decides, for each name
 * alone.
 */
#include "scope.h"

#include "array.h"
#include "human.h"

#include <inttypes.h>
#include <stdlib.h>

/* One name, how often it was there, and the first beyond the limit. */
struct counted {
    uint32_t key;
    size_t rule, beyond;
    int64_t count;
};

struct counting {
    struct judging *judging;
    const struct scope *scope;
    const struct globs *outside; /* rules outside of sections */
    struct globs inside;
    struct counted *items;
    size_t count;
    struct tuple_map index; /* key -> position + 1 */
};

static void add_inside(struct counting *counting, const struct number_list *rules,
                       enum rule_measure measure)
{
    const struct rules *all = counting->judging->rules;

    for (size_t i = 0; rules != NULL && i < rules->count; i++) {
        const struct rule *rule = &all->rules[rules->items[i]];
        if (rule_is_named_limit(rule) && rule->measure == measure &&
            globs_add(&counting->inside, rule->words[0], rules->items[i]) != 0)
            counting->judging->has_failed = true;
    }
    names_sort(&counting->inside.plain);
}

/* The rule that decides on something of these names (the last may be NULL), or RECORDING_NONE. */
static size_t decider(struct counting *counting, const char *const names[3])
{
    struct number_list found = {0};
    bool folds_case = counting->scope->run->folds_case;
    size_t rule = RECORDING_NONE;

    for (size_t i = 0; i < 3 && names[i] != NULL; i++)
        if (globs_match(counting->outside, names[i], folds_case, &found) != 0 ||
            globs_match(&counting->inside, names[i], folds_case, &found) != 0)
            counting->judging->has_failed = true;
    for (size_t i = 0; i < found.count; i++)
        rule = judge_more_specific(counting->judging, rule, found.items[i]);
    free(found.items);
    return rule;
}

static void count(struct counting *counting, uint32_t key, const char *const names[3], size_t item)
{
    uint32_t *position = tuple_map_at(&counting->index, key, 0, 0);
    struct counted *items = counting->items, *counted;

    if (*position == 0) {
        if ((items = array_with_room(items, counting->count, sizeof *items)) == NULL) {
            counting->judging->has_failed = true;
            return;
        }
        counting->items = items;
        items[counting->count++] =
            (struct counted){key, decider(counting, names), RECORDING_NONE, 0};
        *position = (uint32_t)counting->count;
    }
    counted = &counting->items[*position - 1];
    counted->count++;
    if (counted->rule != RECORDING_NONE && counted->beyond == RECORDING_NONE &&
        counted->count > counting->judging->rules->rules[counted->rule].most)
        counted->beyond = item;
}

void judge_add_limit(const struct rule *rule, struct buffer *out)
{
    buffer_add_text(out, "; the limit is ");
    if (rule->least > 0)
        buffer_format(out, "%" PRId64 "..", rule->least);
    buffer_format(out, "%" PRId64, rule->most);
}

static void add_times(int64_t times, struct buffer *out)
{
    if (times == 1)
        buffer_add_text(out, "once");
    else
        buffer_format(out, "%" PRId64 " times", times);
}

/* `describe` writes the message without the limit, the hint, and returns the load or none. */
static void report(struct counting *counting,
                   size_t (*describe)(const struct counting *, const struct counted *,
                                      struct buffer *, struct buffer *))
{
    struct judging *judging = counting->judging;

    for (size_t i = 0; i < counting->count; i++) {
        const struct counted *counted = &counting->items[i];
        struct buffer message = {0}, hint = {0};
        const struct rule *rule;
        struct verdict *verdict;
        size_t load;
        if (counted->rule == RECORDING_NONE)
            continue;
        rule = &judging->rules->rules[counted->rule];
        verdict = &judging->judgement->verdicts[counted->rule];
        verdict->judged++;
        verdict->worst = counted->count > verdict->worst ? counted->count : verdict->worst;
        if (counted->count >= rule->least && counted->count <= rule->most)
            continue;
        load = describe(counting, counted, &message, &hint);
        judge_add_limit(rule, &message);
        judge_add(judging, counted->rule, counting->scope, load, &message, &hint);
        judge_name_finding(judging, judge_text(judging, counted->key),
                           counting->scope->process != NULL ? counting->scope->process->pid : 0);
    }
}

static size_t describe_loads(const struct counting *counting, const struct counted *counted,
                             struct buffer *message, struct buffer *hint)
{
    buffer_add_text(message, judge_text(counting->judging, counted->key));
    buffer_add_text(message, " was loaded ");
    add_times(counted->count, message);
    judge_add_process(counting->judging, message, counting->scope);
    if (counted->beyond != RECORDING_NONE) {
        buffer_add_text(hint, "the first beyond: ");
        judge_add_where(counting->judging, hint, counting->scope, counted->beyond);
    }
    return counted->beyond;
}

static size_t describe_exceptions(const struct counting *counting, const struct counted *counted,
                                  struct buffer *message, struct buffer *hint)
{
    buffer_add_text(message, judge_text(counting->judging, counted->key));
    buffer_add_text(message, " came ");
    add_times(counted->count, message);
    judge_add_process(counting->judging, message, counting->scope);
    if (counted->beyond != RECORDING_NONE) {
        const struct recorded_exception *beyond =
            &counting->scope->run->exceptions[counted->beyond];
        buffer_add_text(hint, "the first beyond: ");
        human_ms(hint, beyond->net_ns);
        buffer_format(hint, " ms, seq %" PRId64, beyond->seq);
    }
    return RECORDING_NONE;
}

static size_t describe_processes(const struct counting *counting, const struct counted *counted,
                                 struct buffer *message, struct buffer *hint)
{
    buffer_add_text(message, judge_text(counting->judging, counted->key));
    buffer_add_text(message, " ran ");
    add_times(counted->count, message);
    if (counted->beyond != RECORDING_NONE) {
        const struct recorded_process *beyond = &counting->scope->run->processes[counted->beyond];
        buffer_format(hint, "the first beyond has pid %" PRId64 ": ", beyond->pid);
        buffer_add_text(hint, judge_text(counting->judging, beyond->command_line));
    }
    return RECORDING_NONE;
}

static void release(struct counting *counting)
{
    counting->judging->has_failed |= counting->index.failed;
    free(counting->items);
    names_release(&counting->inside.plain);
    names_release(&counting->inside.globs);
    tuple_map_release(&counting->index);
}

static bool are_any(const struct counting *counting)
{
    return counting->outside->plain.count + counting->outside->globs.count +
               counting->inside.plain.count + counting->inside.globs.count >
           0;
}

static void count_loads(struct counting *counting)
{
    const struct scope *scope = counting->scope;

    for (size_t i = 0; are_any(counting) && i < scope->loads.count; i++) {
        const struct recorded_load *load = &scope->run->loads[part_at(&scope->loads, i)];
        const struct recorded_module *module =
            &counting->judging->recordings->modules[load->module];
        const char *const names[] = {judge_text(counting->judging, load->key),
                                     judge_text(counting->judging, module->key),
                                     judge_text(counting->judging, load->name)};
        if (!load->is_synthetic)
            count(counting, load->key, names, part_at(&scope->loads, i));
    }
}

static void count_exceptions(struct counting *counting)
{
    const struct scope *scope = counting->scope;

    for (size_t i = 0; are_any(counting) && i < scope->exceptions.count; i++) {
        size_t at = part_at(&scope->exceptions, i);
        uint32_t key = scope->index->exception_keys[at];
        const char *const names[3] = {judge_text(counting->judging, key)};
        if (key != TEXT_NONE)
            count(counting, key, names, at);
    }
}

void judge_counts(struct judging *judging, const struct scope *scope,
                  const struct number_list *rules)
{
    static const enum rule_measure measures[] = {MEASURE_LOADS, MEASURE_EXCEPTIONS};

    for (size_t i = 0; i < 2; i++) {
        struct counting counting = {
            .judging = judging, .scope = scope, .outside = &judging->sections.limits[measures[i]]};
        add_inside(&counting, rules, measures[i]);
        if (measures[i] == MEASURE_LOADS)
            count_loads(&counting);
        else
            count_exceptions(&counting);
        report(&counting, measures[i] == MEASURE_LOADS ? describe_loads : describe_exceptions);
        release(&counting);
    }
}

void judge_process_counts(struct judging *judging, const struct scope *scope)
{
    struct counting counting = {.judging = judging,
                                .scope = scope,
                                .outside = &judging->sections.limits[MEASURE_PROCESSES]};

    for (size_t i = 0; are_any(&counting) && i < scope->run->process_count; i++) {
        const struct recorded_process *process = &scope->run->processes[i];
        const char *const names[3] = {judge_text(judging, process->key),
                                      judge_text(judging, process->name)};
        count(&counting, process->key, names, i);
    }
    report(&counting, describe_processes);
    tuple_map_clear(&judging->too_many);
    for (size_t i = 0; i < counting.count; i++)
        if (counting.items[i].beyond != RECORDING_NONE)
            *tuple_map_at(&judging->too_many, counting.items[i].key, 0, 0) = 1;
    judging->has_failed |= judging->too_many.failed;
    release(&counting);
}
