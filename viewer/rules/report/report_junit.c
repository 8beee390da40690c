/*
 * A judgement as JUnit XML: a test suite, with a test case for each rule. There is no one
 * definition; this is what the schemas of Ant's JUnit task (Windy Road) and of Jenkins both accept.
 * Names have no line numbers, so that a case keeps its history when lines move.
 */
#include "report.h"

#include "escape.h"
#include "xml.h"

#include <inttypes.h>
#include <string.h>

static void add_attribute(struct buffer *out, const char *name, const char *value)
{
    struct buffer harmless = {0};

    escape_for_terminal(&harmless, value, strlen(value));
    buffer_format(out, " %s=\"", name);
    xml_add(out, buffer_text(&harmless));
    buffer_add_char(out, '"');
    out->failed |= harmless.failed;
    buffer_release(&harmless);
}

/* The rule's violations, or its notices, each as a line with its hint. */
static void add_groups(const struct report *report, size_t rule, bool of_notices,
                       struct buffer *text)
{
    for (size_t i = report->groups_of[rule]; i < report->groups_of[rule + 1]; i++) {
        const struct finding *finding = &report->judgement->findings[report->groups[i].first];
        if (finding->is_notice != of_notices)
            continue;
        buffer_add_char(text, '\n');
        report_add_message(report, &report->groups[i], text);
        if (finding->hint == NULL)
            continue;
        buffer_add_text(text, "\n-> ");
        escape_for_terminal(text, finding->hint, strlen(finding->hint));
    }
}

static void add_place(const struct rules *rules, size_t rule, struct buffer *text)
{
    escape_for_terminal(text, rules->name, strlen(rules->name));
    buffer_format(text, ":%u:", rules->rules[rule].line);
}

static void add_failure(const struct report *report, size_t rule, struct buffer *out)
{
    const struct rules *rules = report->judgement->rules;
    size_t first = report->groups_of[rule];
    struct buffer text = {0};

    while (report->judgement->findings[report->groups[first].first].is_notice)
        first++; /* one is none, since the rule is violated */
    report_add_message(report, &report->groups[first], &text);
    buffer_add_text(out, "\n      <failure");
    add_attribute(out, "message", buffer_text(&text));
    add_attribute(out, "type", rule_kind_word(rules->rules[rule].kind));
    buffer_clear(&text);
    add_place(rules, rule, &text);
    add_groups(report, rule, false, &text);
    buffer_add_char(out, '>');
    xml_add(out, buffer_text(&text));
    buffer_add_text(out, "</failure>\n    ");
    out->failed |= text.failed;
    buffer_release(&text);
}

/* Of the suite, since the schemas know no output of a test case. */
static void add_notices(const struct report *report, struct buffer *out)
{
    const struct rules *rules = report->judgement->rules;
    struct buffer text = {0}, notices = {0};

    for (size_t rule = 0; rule < rules->count; rule++) {
        buffer_clear(&notices);
        add_groups(report, rule, true, &notices);
        if (notices.length == 0)
            continue;
        add_place(rules, rule, &text);
        buffer_add_text(&text, " notice: ");
        report_add_rule(&rules->rules[rule], &text);
        buffer_add_text(&text, buffer_text(&notices));
        buffer_add_char(&text, '\n');
    }
    if (text.length == 0) {
        buffer_add_text(out, "    <system-out/>\n");
    } else {
        buffer_add_text(out, "    <system-out>");
        xml_add(out, buffer_text(&text));
        buffer_add_text(out, "</system-out>\n");
    }
    out->failed |= text.failed || notices.failed;
    buffer_release(&text);
    buffer_release(&notices);
}

static void add_case(const struct report *report, size_t rule, struct buffer *out)
{
    struct buffer name = {0};

    report_add_rule(&report->judgement->rules->rules[rule], &name);
    buffer_add_text(out, "    <testcase");
    add_attribute(out, "name", buffer_text(&name));
    add_attribute(out, "classname", report->judgement->rules->name);
    buffer_add_text(out, " time=\"0\">");
    if (report->judgement->verdicts[rule].is_violated)
        add_failure(report, rule, out);
    buffer_add_text(out, "</testcase>\n");
    out->failed |= name.failed;
    buffer_release(&name);
}

static void add_suite(const struct report *report, struct buffer *out)
{
    const struct judgement *judgement = report->judgement;
    char timestamp[20] = "1970-01-01T00:00:00"; /* the schema wants no fraction and no zone */
    double seconds = 0;

    if (strlen(report->start) >= sizeof timestamp - 1)
        memcpy(timestamp, report->start, sizeof timestamp - 1);
    for (size_t i = 0; i < judgement->recordings->count; i++)
        seconds += (double)judgement->recordings->items[i].wall_ns / 1e9;
    buffer_add_text(out, "  <testsuite package=\"trail\" id=\"0\"");
    add_attribute(out, "name", judgement->rules->name);
    add_attribute(out, "timestamp", timestamp);
    add_attribute(out, "hostname", report->host[0] != '\0' ? report->host : "localhost");
    buffer_format(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" time=\"%.3f\">\n",
                  judgement->rules->count, judgement->violated, seconds);
    buffer_add_text(out, "    <properties>\n");
    for (size_t i = 0; i < judgement->recordings->count; i++) {
        struct buffer run = {0};
        buffer_add_text(&run, judgement->recordings->items[i].path);
        buffer_format(&run, ":%" PRId64, judgement->recordings->items[i].run);
        buffer_add_text(out, "      <property name=\"run\"");
        add_attribute(out, "value", buffer_text(&run));
        buffer_add_text(out, "/>\n");
        buffer_release(&run);
    }
    buffer_add_text(out, "    </properties>\n");
}

void report_junit(const struct report *report, struct buffer *out)
{
    buffer_add_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    add_suite(report, out);
    for (size_t i = 0; i < report->judgement->rules->count; i++)
        add_case(report, i, out);
    add_notices(report, out);
    buffer_add_text(out, "    <system-err/>\n  </testsuite>\n</testsuites>\n");
}
