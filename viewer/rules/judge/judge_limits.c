/*
 * See scope.h: limits of counts, judged run by run, and of times, judged by the median of all runs.
 */
#include "scope.h"

#include "array.h"
#include "human.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int64_t count_loads(const struct scope *scope)
{
    int64_t count = 0;

    for (size_t i = 0; i < scope->loads.count; i++)
        count += !scope->run->loads[part_at(&scope->loads, i)].is_synthetic;
    return count;
}

static bool counts(const struct recorded_exception *exception)
{
    return !exception->is_loader && !exception->is_synthetic;
}

static int64_t count_exceptions(const struct scope *scope)
{
    int64_t count = 0;

    for (size_t i = 0; i < scope->exceptions.count; i++)
        count += counts(&scope->run->exceptions[part_at(&scope->exceptions, i)]);
    return count;
}

static int64_t count_threads(const struct scope *scope)
{
    return (int64_t)scope->threads.count;
}

static int64_t count_processes(const struct scope *scope)
{
    return (int64_t)scope->run->process_count;
}

/* Where counting went over the limit: the first event beyond it. */
static size_t load_beyond(const struct scope *scope, int64_t most)
{
    for (size_t i = 0; i < scope->loads.count; i++)
        if (!scope->run->loads[part_at(&scope->loads, i)].is_synthetic && most-- == 0)
            return part_at(&scope->loads, i);
    return RECORDING_NONE;
}

static void explain_count(const struct judging *judging, const struct rule *rule,
                          const struct scope *scope, size_t load, struct buffer *hint)
{
    int64_t most = rule->most;

    if (load != RECORDING_NONE) {
        buffer_add_text(hint, "the first beyond is ");
        buffer_add_text(hint, recordings_text(judging->recordings, scope->run->loads[load].name));
        buffer_add_text(hint, ": ");
        judge_add_where(judging, hint, scope, load);
    }
    for (size_t i = 0; rule->measure == MEASURE_EXCEPTIONS && i < scope->exceptions.count; i++) {
        const struct recorded_exception *exception =
            &scope->run->exceptions[part_at(&scope->exceptions, i)];
        if (!counts(exception) || most-- > 0)
            continue;
        buffer_add_text(hint, "the first beyond is ");
        buffer_add_text(hint, recordings_text(judging->recordings, exception->what));
        if (exception->module != TEXT_NONE) {
            buffer_add_text(hint, " in ");
            buffer_add_text(hint, recordings_text(judging->recordings, exception->module));
        }
        buffer_add_text(hint, ": ");
        human_ms(hint, exception->net_ns);
        buffer_format(hint, " ms, seq %" PRId64, exception->seq);
        return;
    }
}

static int64_t process_start(const struct scope *scope)
{
    return scope->process != NULL ? scope->process->start_net_ns : 0;
}

/* The first mark whose name matches. */
static bool find_mark(struct judging *judging, const struct scope *scope, const char *name,
                      int64_t *ns)
{
    const struct recorded_mark *marks = scope->run->marks;
    struct number_list found = {0};
    bool is_there = false;

    for (size_t i = 0; subject_is_glob(name) && i < scope->marks.count && !is_there; i++) {
        const struct recorded_mark *mark = &marks[part_at(&scope->marks, i)];
        is_there = text_glob(name, judge_text(judging, mark->name), false);
        *ns = is_there ? mark->net_ns : *ns;
    }
    if (!subject_is_glob(name) && names_find(&scope->index->mark_names, name, false, &found) != 0)
        judging->has_failed = true;
    number_list_sort(&found);
    for (size_t i = 0; i < found.count && !is_there; i++) {
        const struct recorded_mark *mark = &marks[found.items[i]];
        is_there = scope->process == NULL || mark->process == scope->process_index;
        *ns = is_there ? mark->net_ns : *ns;
    }
    free(found.items);
    return is_there;
}

/*
 * The first load that matches a name (NULL: any), or the last; replayed ones were before the
 * recording.
 */
static bool find_load(const struct judging *judging, const struct scope *scope, const char *name,
                      bool is_last, int64_t *ns)
{
    bool found = false;

    for (size_t i = 0; i < scope->loads.count && (is_last || !found); i++) {
        size_t at = part_at(&scope->loads, i);
        const struct recorded_load *load = &scope->run->loads[at];
        if (load->is_synthetic ||
            (name != NULL &&
             !subject_matches(&judging->subjects, name, scope_subject(judging, scope, at))))
            continue;
        if (!found || load->net_ns > *ns)
            *ns = load->net_ns;
        found = true;
    }
    return found;
}

static bool find_point(struct judging *judging, const struct scope *scope,
                       const struct rule_point *point, int64_t *ns)
{
    const struct recorded_process *process;

    switch (point->kind) {
    case POINT_START:
        *ns = process_start(scope);
        return true;
    case POINT_END:
        *ns = scope->process != NULL ? scope->process->end_net_ns : scope->run->net_wall_ns;
        return *ns != RECORDING_UNKNOWN;
    case POINT_ENTRY:
        process = scope->process != NULL          ? scope->process
                  : scope->run->process_count > 0 ? scope->run->processes
                                                  : NULL;
        *ns = process != NULL ? process->entry_net_ns : RECORDING_UNKNOWN;
        return *ns != RECORDING_UNKNOWN;
    case POINT_MARK:
        return find_mark(judging, scope, point->name, ns);
    default:
        return find_load(judging, scope, point->name, point->kind == POINT_LAST_LOAD, ns);
    }
}

static void add_never_reached(struct judging *judging, size_t rule, const struct scope *scope,
                              const struct rule_point *point)
{
    struct buffer message = {0}, hint = {0};

    if (point->kind == POINT_MARK || point->kind == POINT_LOAD) {
        buffer_add_text(&message, rule_point_word(point->kind));
        buffer_add_text(&message, point->name);
        buffer_add_text(&message, " was never reached");
    } else {
        buffer_add_text(&message, point->kind == POINT_END     ? "no end was seen"
                                  : point->kind == POINT_ENTRY ? "the program's entry was not seen"
                                                               : "nothing was loaded");
    }
    judge_add_process(judging, &message, scope);
    judge_add(judging, rule, scope, RECORDING_NONE, &message, &hint);
}

static void note_time(struct judging *judging, size_t rule, const struct scope *scope)
{
    const struct rule *of = &judging->rules->rules[rule];
    struct time_value *values = judging->times[rule];
    size_t count = judging->time_counts[rule];
    int64_t from, to;

    if (!find_point(judging, scope, &of->from, &from)) {
        add_never_reached(judging, rule, scope, &of->from);
        return;
    }
    if (!find_point(judging, scope, &of->to, &to)) {
        add_never_reached(judging, rule, scope, &of->to);
        return;
    }
    if ((values = array_with_room(values, count, sizeof *values)) == NULL) {
        judging->has_failed = true;
        return;
    }
    values[count] = (struct time_value){scope->run_index, to - from};
    judging->times[rule] = values;
    judging->time_counts[rule]++;
}

void judge_limit(struct judging *judging, size_t rule, const struct scope *scope)
{
    static int64_t (*const counters[MEASURES])(const struct scope *) = {
        [MEASURE_LOADS] = count_loads,
        [MEASURE_EXCEPTIONS] = count_exceptions,
        [MEASURE_THREADS] = count_threads,
        [MEASURE_PROCESSES] = count_processes};
    const struct rule *of = &judging->rules->rules[rule];
    struct verdict *verdict = &judging->judgement->verdicts[rule];
    struct buffer message = {0}, hint = {0};
    size_t load;
    int64_t count;

    if (rule_is_named_limit(of))
        return; /* judge_counts.c */
    verdict->judged++;
    if (of->measure == MEASURE_TIME) {
        note_time(judging, rule, scope);
        return;
    }
    count = counters[of->measure](scope);
    if (count > verdict->worst)
        verdict->worst = count;
    if (count <= of->most && count >= of->least)
        return;
    load = of->measure == MEASURE_LOADS ? load_beyond(scope, of->most) : RECORDING_NONE;
    buffer_format(&message, "%" PRId64 " %s", count, rule_measure_word(of->measure));
    judge_add_process(judging, &message, scope);
    judge_add_limit(of, &message);
    explain_count(judging, of, scope, load, &hint);
    judge_add(judging, rule, scope, load, &message, &hint);
    /* it is about the count, not what came beyond it */
    judge_name_finding(judging, "", scope->process != NULL ? scope->process->pid : 0);
}

static int compare_times(const void *left, const void *right)
{
    const struct time_value *a = left, *b = right;

    return a->ns < b->ns ? -1 : a->ns > b->ns;
}

static void judge_time(struct judging *judging, size_t rule)
{
    static const struct scope all = {.process = NULL};
    const struct rule *of = &judging->rules->rules[rule];
    struct time_value *values = judging->times[rule];
    size_t count = judging->time_counts[rule];
    struct buffer message = {0}, hint = {0};
    struct scope one = {.process = NULL};
    int64_t median,
        most = count >= RULES_RUNS_FOR_MEDIAN && of->most_median > 0 ? of->most_median : of->most;

    qsort(values, count, sizeof *values, compare_times);
    median = values[count / 2].ns -
             (count % 2 == 0 ? (values[count / 2].ns - values[count / 2 - 1].ns) / 2 : 0);
    judging->judgement->verdicts[rule].worst = median;
    if (median <= most)
        return;
    human_duration(&message, median);
    if (count > 1)
        buffer_format(&message, " is the median of %zu", count);
    buffer_add_text(&message,
                    most == of->most ? "; the limit is " : "; the limit for a median is ");
    human_duration(&message, most);
    if (count > 1) {
        buffer_add_text(&hint, "from ");
        human_duration(&hint, values[0].ns);
        buffer_add_text(&hint, " to ");
        human_duration(&hint, values[count - 1].ns);
        buffer_add_text(&hint, "; without the time that the recorder held the program");
    } else {
        buffer_add_text(&hint,
                        "one run tells little about times; with several, their median is judged");
        one.run = &judging->recordings->items[values[0].run];
        one.run_index = values[0].run;
    }
    judge_add(judging, rule, count > 1 ? &all : &one, RECORDING_NONE, &message, &hint);
}

void judge_times(struct judging *judging)
{
    for (size_t i = 0; i < judging->rules->count; i++)
        if (judging->time_counts[i] > 0)
            judge_time(judging, i);
}
