/* A judgement for people. */
#include "report.h"

#include "escape.h"

#include <string.h>

static void add_colored(const struct report *report, struct buffer *out, const char *color,
                        const char *text)
{
    if (report->color)
        buffer_add_text(out, color);
    buffer_add_text(out, text);
    if (report->color)
        buffer_add_text(out, "\x1B[0m");
}

static bool is_notice(const struct report *report, const struct report_group *group)
{
    return report->judgement->findings[group->first].is_notice;
}

static void add_head(const struct report *report, size_t rule, struct buffer *out)
{
    const struct rules *rules = report->judgement->rules;
    const struct verdict *verdict = &report->judgement->verdicts[rule];
    struct buffer line = {0};

    escape_for_terminal(&line, rules->name, strlen(rules->name));
    buffer_format(&line, ":%u: ", rules->rules[rule].line);
    buffer_add_text(out, buffer_text(&line));
    buffer_clear(&line);
    buffer_add_text(&line, rules->rules[rule].is_soft ? "soft " : "");
    report_add_rule(&rules->rules[rule], &line);
    add_colored(report, out,
                verdict->is_violated    ? "\x1B[1;31m"
                : verdict->findings > 0 ? "\x1B[33m"
                                        : "\x1B[32m",
                buffer_text(&line));
    buffer_add_char(out, '\n');
    out->failed |= line.failed;
    buffer_release(&line);
}

static void add_group(const struct report *report, const struct report_group *group,
                      struct buffer *out)
{
    const char *hint = report->judgement->findings[group->first].hint;

    buffer_add_text(out, is_notice(report, group) ? "    notice: " : "    ");
    report_add_message(report, group, out);
    buffer_add_char(out, '\n');
    if (hint == NULL)
        return;
    buffer_add_text(out, "    -> ");
    escape_for_terminal(out, hint, strlen(hint));
    buffer_add_char(out, '\n');
}

static void add_rule(const struct report *report, size_t rule, struct buffer *out)
{
    size_t first = report->groups_of[rule], end = report->groups_of[rule + 1];
    struct buffer meaning = {0};

    if (first == end && !report->explains)
        return;
    add_head(report, rule, out);
    for (size_t i = first; i < end; i++)
        add_group(report, &report->groups[i], out);
    if (report->explains) {
        buffer_add_text(out, report->judgement->verdicts[rule].is_violated ? "    violated: "
                             : first < end                                 ? "    notice: "
                                                                           : "    holds: ");
        report_add_meaning(report, rule, &meaning);
        escape_for_terminal(out, buffer_text(&meaning), meaning.length);
        buffer_add_char(out, '\n');
    }
    buffer_release(&meaning);
    buffer_add_char(out, '\n');
}

void report_text(const struct report *report, struct buffer *out)
{
    const struct rules *rules = report->judgement->rules;
    struct buffer result = {0};

    for (size_t i = 0; i < rules->count; i++)
        add_rule(report, i, out);
    escape_for_terminal(out, rules->name, strlen(rules->name));
    buffer_add_text(out, ": ");
    report_add_result(report, &result);
    add_colored(report, out, report->judgement->violated > 0 ? "\x1B[1;31m" : "\x1B[1;32m",
                buffer_text(&result));
    buffer_add_char(out, '\n');
    buffer_release(&result);
}
