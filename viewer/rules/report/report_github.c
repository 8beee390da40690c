/*
 * A judgement as workflow commands of GitHub Actions, which become annotations of the rules file:
 * `::error file=NAME,line=N,title=RULE::MESSAGE`, `::notice` for notices. % and line breaks are
 * written %25, %0D and %0A, in a property : and , too (%3A, %2C): docs.github.com, "Workflow
 * commands for GitHub Actions", and actions/toolkit's command.ts.
 */
#include "report.h"

#include "escape.h"

#include <string.h>

static void add_escaped(struct buffer *out, const char *text, bool is_property)
{
    for (; *text != '\0'; text++) {
        if (*text == '%' || *text == '\r' || *text == '\n' ||
            (is_property && (*text == ':' || *text == ',')))
            buffer_format(out, "%%%02X", (unsigned char)*text);
        else
            buffer_add_char(out, *text);
    }
}

/*
 * Annotations are attached to files as the repository names them: forward slashes, no ./ in front.
 */
static void add_file(struct buffer *out, const char *path)
{
    struct buffer name = {0};

    if (path[0] == '.' && (path[1] == '/' || path[1] == '\\'))
        path += 2;
    for (; *path != '\0'; path++)
        buffer_add_char(&name, *path == '\\' ? '/' : *path);
    add_escaped(out, buffer_text(&name), true);
    out->failed |= name.failed;
    buffer_release(&name);
}

static void add_annotation(const struct report *report, const struct report_group *group,
                           struct buffer *out)
{
    const struct finding *finding = &report->judgement->findings[group->first];
    const struct rules *rules = report->judgement->rules;
    const struct rule *rule = &rules->rules[finding->rule];
    struct buffer text = {0};

    buffer_add_text(out, finding->is_notice ? "::notice file=" : "::error file=");
    add_file(out, rules->name);
    buffer_format(out, ",line=%u,title=", rule->line);
    report_add_rule(rule, &text);
    add_escaped(out, buffer_text(&text), true);
    buffer_add_text(out, "::");
    buffer_clear(&text);
    report_add_message(report, group, &text);
    if (finding->hint != NULL) {
        buffer_add_char(&text, '\n');
        escape_for_terminal(&text, finding->hint, strlen(finding->hint));
    }
    add_escaped(out, buffer_text(&text), false);
    buffer_add_char(out, '\n');
    out->failed |= text.failed;
    buffer_release(&text);
}

void report_github(const struct report *report, struct buffer *out)
{
    for (size_t i = 0; i < report->group_count; i++)
        add_annotation(report, &report->groups[i], out);
    if (report->group_count > 0)
        return;
    add_file(out, report->judgement->rules->name); /* no command, just a line of the log */
    buffer_add_text(out, ": ");
    report_add_result(report, out);
    buffer_add_char(out, '\n');
}
