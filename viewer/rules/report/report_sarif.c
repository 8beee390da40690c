/*
 * A judgement as SARIF 2.1.0 (OASIS): a rule of the file is where a result points to, its kind is
 * SARIF's rule. A result's fingerprint is made of what does not change when lines move, so that a
 * service can tell old from new ones.
 */
#include "report.h"

#include "escape.h"
#include "program.h"

#include <inttypes.h>
#include <string.h>

static void add_member(struct buffer *out, const char *name, const char *value)
{
    escape_json_string(out, name, strlen(name));
    buffer_add_char(out, ':');
    escape_json_string(out, value, strlen(value));
}

static void add_driver(struct buffer *out)
{
    static const char *const descriptions[RULE_KINDS] = {
        [RULE_REQUIRE] = "A module or process that must be there",
        [RULE_ALLOW] = "A module or process that may be there",
        [RULE_FORBID] = "A module or process that must not be there",
        [RULE_ORDER] = "The order in which modules are first loaded",
        [RULE_CAUSE] = "By whom a module is loaded",
        [RULE_PATH] = "Where a module is loaded from",
        [RULE_IDENTITY] = "Which build of a module is loaded",
        [RULE_ARGUMENTS] = "With which arguments a program is run",
        [RULE_LIMIT] = "How many, or how long",
        [RULE_ENVIRONMENT] = "What a variable of the environment is",
    };

    buffer_add_text(out, "\"tool\":{\"driver\":{");
    add_member(out, "name", "trailview");
    buffer_add_char(out, ',');
    add_member(out, "version", TRAIL_VERSION);
    buffer_add_text(out, ",\"rules\":[");
    for (int i = 0; i < RULE_KINDS; i++) {
        buffer_add_text(out, i > 0 ? ",\n{" : "\n{");
        add_member(out, "id", rule_kind_word((enum rule_kind)i));
        buffer_add_text(out, ",\"shortDescription\":{");
        add_member(out, "text", descriptions[i]);
        buffer_add_text(out, "}}");
    }
    buffer_add_text(out, "]}}");
}

/* A path as a URI reference: relative, or file:///C:/x for an absolute one. */
static void add_uri(struct buffer *out, const char *path)
{
    bool has_drive = ((path[0] >= 'A' && path[0] <= 'Z') || (path[0] >= 'a' && path[0] <= 'z')) &&
                     path[1] == ':';
    struct buffer uri = {0};

    if (path[0] == '.' && (path[1] == '/' || path[1] == '\\'))
        path += 2;
    buffer_add_text(&uri, has_drive ? "file:///" : path[0] == '/' ? "file://" : "");
    for (; *path != '\0'; path++) {
        if (*path == '\\')
            buffer_add_char(&uri, '/');
        else if ((*path >= '0' && *path <= '9') || (*path >= 'A' && *path <= 'Z') ||
                 (*path >= 'a' && *path <= 'z') || strchr("-._~/", *path) != NULL ||
                 (has_drive && *path == ':'))
            buffer_add_char(&uri, *path);
        else
            buffer_format(&uri, "%%%02X", (unsigned char)*path);
    }
    escape_json_string(out, buffer_text(&uri), uri.length);
    out->failed |= uri.failed;
    buffer_release(&uri);
}

static void add_location(const struct rules *rules, const struct rule *rule, const char *subject,
                         struct buffer *out)
{
    buffer_add_text(out, "\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
    add_uri(out, rules->name);
    buffer_format(out, "},\"region\":{\"startLine\":%u,\"startColumn\":%u,\"snippet\":{",
                  rule->line, rule->column);
    add_member(out, "text", rule->text);
    buffer_add_text(out, "}}}");
    if (subject[0] != '\0') {
        buffer_add_text(out, ",\"logicalLocations\":[{");
        add_member(out, "name", subject);
        buffer_add_char(out, ',');
        add_member(out, "kind", "module");
        buffer_add_text(out, "}]");
    }
    buffer_add_text(out, "}]");
}

static void add_evidence(const struct report *report, const struct report_group *group,
                         struct buffer *out)
{
    const struct finding *finding = &report->judgement->findings[group->first];

    buffer_format(out, "\"properties\":{\"runs\":%zu", group->runs);
    if (finding->run != RECORDING_NONE)
        buffer_format(out, ",\"run\":%" PRId64,
                      report->judgement->recordings->items[finding->run].run);
    if (finding->seq > 0)
        buffer_format(out, ",\"seq\":%" PRId64 ",\"t_ns\":%" PRId64, finding->seq, finding->t_ns);
    if (finding->pid != 0)
        buffer_format(out, ",\"pid\":%" PRId64, finding->pid);
    if (finding->tid != 0)
        buffer_format(out, ",\"tid\":%" PRId64, finding->tid);
    if (finding->path[0] != '\0') {
        buffer_add_char(out, ',');
        add_member(out, "path", finding->path);
    }
    buffer_add_char(out, '}');
}

static void add_fingerprint(const struct rule *rule, const char *subject, struct buffer *out)
{
    struct buffer text = {0};

    report_add_rule(rule, &text);
    buffer_add_text(&text, " | ");
    buffer_add_text(&text, subject);
    buffer_add_text(out, "\"partialFingerprints\":{");
    add_member(out, "trailRuleAndSubject/v1", buffer_text(&text));
    buffer_add_char(out, '}');
    out->failed |= text.failed;
    buffer_release(&text);
}

static void add_result_head(const struct rule *rule, const char *kind, const char *level,
                            const char *message, struct buffer *out)
{
    buffer_add_char(out, '{');
    add_member(out, "ruleId", rule_kind_word(rule->kind));
    buffer_format(out, ",\"ruleIndex\":%d,", (int)rule->kind);
    add_member(out, "kind", kind);
    buffer_add_char(out, ',');
    add_member(out, "level", level);
    buffer_add_text(out, ",\"message\":{");
    add_member(out, "text", message);
    buffer_add_text(out, "},\n ");
}

static void add_violation(const struct report *report, const struct report_group *group,
                          struct buffer *out)
{
    const struct finding *finding = &report->judgement->findings[group->first];
    const struct rules *rules = report->judgement->rules;
    const struct rule *rule = &rules->rules[finding->rule];
    struct buffer message = {0};

    report_add_rule(rule, &message);
    buffer_add_text(&message, ": ");
    report_add_message(report, group, &message);
    if (finding->hint != NULL) {
        buffer_add_text(&message, "; ");
        buffer_add_text(&message, finding->hint);
    }
    add_result_head(rule, "fail", finding->is_notice ? "note" : "error", buffer_text(&message),
                    out);
    add_location(rules, rule, finding->subject, out);
    buffer_add_text(out, ",\n ");
    add_fingerprint(rule, finding->subject, out);
    buffer_add_text(out, ",\n ");
    add_evidence(report, group, out);
    buffer_add_char(out, '}');
    out->failed |= message.failed;
    buffer_release(&message);
}

static void add_pass(const struct report *report, size_t index, struct buffer *out)
{
    const struct rules *rules = report->judgement->rules;
    struct buffer message = {0};

    report_add_meaning(report, index, &message);
    add_result_head(&rules->rules[index], "pass", "none", buffer_text(&message), out);
    add_location(rules, &rules->rules[index], "", out);
    buffer_add_char(out, '}');
    out->failed |= message.failed;
    buffer_release(&message);
}

void report_sarif(const struct report *report, struct buffer *out)
{
    const char *separator = "\n";

    buffer_add_text(out, "{\"$schema\":\"https://json.schemastore.org/"
                         "sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{");
    add_driver(out);
    buffer_add_text(out, ",\n\"columnKind\":\"unicodeCodePoints\",\"results\":[");
    for (size_t rule = 0; rule < report->judgement->rules->count; rule++) {
        size_t first = report->groups_of[rule], end = report->groups_of[rule + 1];
        for (size_t i = first; i < end; i++, separator = ",\n") {
            buffer_add_text(out, separator);
            add_violation(report, &report->groups[i], out);
        }
        if (first < end || !report->explains)
            continue;
        buffer_add_text(out, separator);
        add_pass(report, rule, out);
        separator = ",\n";
    }
    buffer_add_text(out, "]}]}\n");
}
