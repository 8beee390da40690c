/* See learning.h: how many processes, and how long. The headroom is documented in learn.h. */
#include "learning.h"
#include "rules/write.h"

#include "compare/order/statistics.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_FOR_TIMES = 5 };

/*
 * Whether a hand-written rule already limits this: the same thing, for times between the same
 * points.
 */
static bool is_own_limit(const struct learn_options *options, enum rule_measure measure,
                         const char *text)
{
    for (size_t i = 0; options->own != NULL && i < options->own->count; i++) {
        const struct rule *rule = &options->own->rules[i];
        if (rule->kind == RULE_LIMIT && !rule->is_learned && rule->process == NULL &&
            rule->measure == measure &&
            (text == NULL || strncmp(rule->text, text, strlen(text)) == 0))
            return true;
    }
    return false;
}

/* A point as side.h names it, in the words of rules. */
static void add_point(struct buffer *out, const char *point)
{
    if (strcmp(point, "first load") == 0 || strcmp(point, "last load") == 0)
        buffer_add_text(out, rule_point_word(point[0] == 'f' ? POINT_FIRST_LOAD : POINT_LAST_LOAD));
    else
        rule_write_glob(out, point);
}

static bool is_worth_a_limit(const char *from, const char *to)
{
    bool is_load = strcmp(from, "first load") == 0 || strcmp(from, "last load") == 0 ||
                   strcmp(to, "first load") == 0 || strcmp(to, "last load") == 0;

    return !is_load; /* what the loader does between two marks is in the time between the marks */
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static void add_time_limit(const struct learned_scope *scope, const struct side_phase *phase,
                           struct line_list *list)
{
    const struct recordings *all = scope->side->all;
    struct buffer points = {0}, line = {0};
    double *samples = malloc((scope->side->count + 1) * sizeof *samples);
    struct sample_summary summary;

    if (samples == NULL) {
        list->has_failed = true;
        return;
    }
    summary = statistics_summary(samples, side_samples(phase->times, scope->side->count, samples));
    free(samples);
    if (summary.count < scope->side->count || summary.most > 2 * summary.median)
        return;
    add_point(&points, recordings_text(all, phase->from));
    buffer_add_text(&points, "..");
    add_point(&points, recordings_text(all, phase->to));
    buffer_add_text(&line, "limit time ");
    rule_write_word(&line, buffer_text(&points));
    buffer_add_char(&line, ' ');
    list->has_failed |= points.failed;
    buffer_release(&points);
    if (is_own_limit(scope->options, MEASURE_TIME, buffer_text(&line))) {
        buffer_release(&line);
        return;
    }
    rule_write_time(
        &line,
        (int64_t)(summary.most + larger(summary.median / 10, summary.most - summary.least)) + 1);
    buffer_add_text(&line, " median ");
    rule_write_time(&line, (int64_t)(summary.median + larger(summary.median / 20,
                                                             1.3 * (summary.high - summary.low))) +
                               1);
    line_list_take(list, &line);
}

int learn_limits(const struct learned_scope *scope, bool with_processes, struct buffer *out)
{
    struct line_list list = {0};

    if (with_processes) {
        learn_process_counts(scope, &list);
        learn_other_counts(scope, &list);
    }
    for (size_t i = 0; scope->options->with_time && scope->side->count >= RUNS_FOR_TIMES &&
                       i < scope->side->phase_count;
         i++) {
        const struct side_phase *phase = &scope->side->phases[i];
        if (is_worth_a_limit(recordings_text(scope->side->all, phase->from),
                             recordings_text(scope->side->all, phase->to)))
            add_time_limit(scope, phase, &list);
    }
    line_list_write(&list, out);
    return out->failed ? -1 : 0;
}
