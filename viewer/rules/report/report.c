/* See report.h. */
#include "report.h"

#include "rules/write.h"

#include "escape.h"
#include "human.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A finding by its place, for sorting: findings of one rule and subject together. */
struct place {
    const struct judgement *judgement;
    size_t finding;
};

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    const struct finding *of_a = &a->judgement->findings[a->finding],
                         *of_b = &b->judgement->findings[b->finding];
    int order;

    if (of_a->rule != of_b->rule)
        return of_a->rule < of_b->rule ? -1 : 1;
    order = strcmp(of_a->subject, of_b->subject);
    return order != 0 ? order : a->finding < b->finding ? -1 : a->finding > b->finding;
}

static int compare_groups(const void *left, const void *right)
{
    const struct report_group *a = left, *b = right;

    return a->first < b->first ? -1 : a->first > b->first;
}

static void make_groups(struct report *report, const struct place *places)
{
    const struct finding *findings = report->judgement->findings, *before = NULL;

    for (size_t i = 0; i < report->judgement->finding_count; i++) {
        const struct finding *finding = &findings[places[i].finding];
        bool is_new = before == NULL || before->rule != finding->rule ||
                      strcmp(before->subject, finding->subject) != 0;
        if (is_new)
            report->groups[report->group_count++] = (struct report_group){places[i].finding, 0};
        report->groups[report->group_count - 1].runs += is_new || before->run != finding->run;
        before = finding;
    }
    if (report->group_count > 0)
        qsort(report->groups, report->group_count, sizeof *report->groups, compare_groups);
    for (size_t i = 0, group = 0; i <= report->judgement->rules->count; i++) {
        while (group < report->group_count && findings[report->groups[group].first].rule < i)
            group++;
        report->groups_of[i] = group;
    }
}

int report_init(struct report *report, const struct judgement *judgement, struct trail_error *error)
{
    size_t count = judgement->finding_count;
    struct place *places = malloc((count + 1) * sizeof *places);

    memset(report, 0, sizeof *report);
    report->judgement = judgement;
    report->start = report->host = "";
    report->groups = malloc((count + 1) * sizeof *report->groups);
    report->groups_of = malloc((judgement->rules->count + 1) * sizeof *report->groups_of);
    if (places == NULL || report->groups == NULL || report->groups_of == NULL) {
        free(places);
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    }
    for (size_t i = 0; i < count; i++)
        places[i] = (struct place){judgement, i};
    if (count > 0)
        qsort(places, count, sizeof *places, compare_places);
    make_groups(report, places);
    free(places);
    return 0;
}

void report_release(struct report *report)
{
    free(report->groups);
    free(report->groups_of);
    memset(report, 0, sizeof *report);
}

void report_add_runs(const struct report *report, struct buffer *out)
{
    const struct recordings *recordings = report->judgement->recordings;

    if (recordings->count == 1)
        buffer_format(out, "run %" PRId64, recordings->items[0].run);
    else
        buffer_format(out, "the %zu runs", recordings->count);
}

void report_add_result(const struct report *report, struct buffer *out)
{
    size_t violated = report->judgement->violated, count = report->judgement->rules->count,
           noticed = report->judgement->noticed;
    bool is_one = report->judgement->recordings->count == 1;

    if (violated > 0) {
        buffer_format(out, "%zu of %zu rules %s violated in ", violated, count,
                      violated == 1 ? "is" : "are");
        if (!is_one)
            buffer_add_text(out, "at least one of ");
    } else if (noticed > 0) {
        buffer_format(out, "none of %zu rules is violated in ", count);
    } else if (count == 1) {
        buffer_add_text(out, "the rule holds in ");
    } else {
        buffer_format(out, "all %zu rules hold in ", count);
    }
    report_add_runs(report, out);
    if (noticed > 0)
        buffer_format(out, "; %zu notice%s", noticed, noticed == 1 ? "" : "s");
}

void report_add_rule(const struct rule *rule, struct buffer *out)
{
    struct buffer raw = {0};

    if (rule->process != NULL) {
        buffer_add_text(&raw, "[process ");
        rule_write_word(&raw, rule->process);
        buffer_add_text(&raw, "] ");
    }
    buffer_add_text(&raw, rule->text);
    escape_for_terminal(out, buffer_text(&raw), raw.length);
    out->failed |= raw.failed;
    buffer_release(&raw);
}

void report_add_message(const struct report *report, const struct report_group *group,
                        struct buffer *out)
{
    const struct finding *finding = &report->judgement->findings[group->first];
    const struct recordings *recordings = report->judgement->recordings;

    if (recordings->count > 1 && finding->run != RECORDING_NONE) {
        const struct recording *run = &recordings->items[finding->run];
        buffer_format(out, "in %zu of %zu runs, first in run %" PRId64, group->runs,
                      recordings->count, run->run);
        if (strcmp(run->path, recordings->items[0].path) != 0) {
            buffer_add_text(out, " of ");
            escape_for_terminal(out, run->path, strlen(run->path));
        }
        buffer_add_text(out, ": ");
    }
    if (finding->message != NULL)
        escape_for_terminal(out, finding->message, strlen(finding->message));
}

static void add_judged(const struct verdict *verdict, struct buffer *out, const char *what)
{
    buffer_format(out, "judged %zu %s%s", verdict->judged, what,
                  verdict->judged == 1            ? ""
                  : what[strlen(what) - 1] == 's' ? "es"
                                                  : "s");
}

static void add_limit_judged(const struct report *report, const struct rule *rule,
                             const struct verdict *verdict, struct buffer *out)
{
    if (verdict->worst == INT64_MIN) {
        buffer_add_text(out, "there was nothing to judge");
    } else if (rule->measure == MEASURE_TIME) {
        buffer_add_text(out,
                        report->judgement->recordings->count == 1 ? "it took " : "the median was ");
        human_duration(out, verdict->worst);
    } else {
        buffer_format(out, "the most was %" PRId64, verdict->worst);
    }
}

static const char *const meanings[RULE_KINDS] = {
    [RULE_REQUIRE] = "it is loaded at least once",
    [RULE_ALLOW] = "it may be loaded",
    [RULE_FORBID] = "it is not loaded, unless a more specific rule requires or allows it",
    [RULE_ORDER] = "of those that a process loads, the first loads come in this order",
    [RULE_CAUSE] = "its first load is because one of these needs it or asked for it",
    [RULE_PATH] = "wherever it is loaded, its file is in one of these places",
    [RULE_ARGUMENTS] = "it is run with one of these lists of arguments",
    [RULE_IDENTITY] = "for each key, the loaded file has one of the values",
    [RULE_LIMIT] = "there are no more of them",
    [RULE_ENVIRONMENT] = "the variable has one of these values",
};

/* How the rule was judged. */
static void add_how_judged(const struct report *report, size_t rule, struct buffer *out)
{
    const struct rule *of = &report->judgement->rules->rules[rule];
    const struct verdict *verdict = &report->judgement->verdicts[rule];

    if (of->kind == RULE_LIMIT)
        add_limit_judged(report, of, verdict, out);
    else if (of->kind == RULE_FORBID)
        buffer_format(out, "found %zu", verdict->findings);
    else if (verdict->judged == 0)
        buffer_add_text(out, of->kind != RULE_ALLOW         ? "there was nothing to judge"
                             : of->about == ABOUT_PROCESSES ? "none did"
                                                            : "it was not");
    else
        add_judged(verdict, out,
                   of->kind == RULE_REQUIRE                                       ? "time"
                   : of->kind == RULE_ORDER                                       ? "pair"
                   : of->kind == RULE_ENVIRONMENT || of->about == ABOUT_VARIABLES ? "variable"
                   : of->kind == RULE_ARGUMENTS || of->about == ABOUT_PROCESSES   ? "process"
                                                                                  : "load");
    if (of->kind == RULE_ORDER && verdict->worst != INT64_MIN) {
        buffer_add_text(out, ", the nearest ");
        human_ms(out, verdict->worst);
        buffer_add_text(out, " ms apart");
    }
    if (verdict->at_least > report->judgement->recordings->count)
        buffer_add_text(out, "; soft, so that it takes more runs to violate it");
    else if (verdict->at_least > 1)
        buffer_format(out, "; it takes %zu of %zu runs to violate it", verdict->at_least,
                      report->judgement->recordings->count);
}

void report_add_meaning(const struct report *report, size_t rule, struct buffer *out)
{
    static const char *const about[][RULE_FORBID + 1] = {
        [ABOUT_PROCESSES] = {"such a process runs", "such a process may run",
                             "no such process runs, unless a more specific rule requires or "
                             "allows it"},
        [ABOUT_FAILURES] = {"", "it may be asked for in vain",
                            "it is not asked for in vain, unless a more specific rule allows it"},
        [ABOUT_VARIABLES] = {"", "it may be set, to whatever value",
                             "it is not set, unless a more specific rule allows it"},
    };
    const struct rule *of = &report->judgement->rules->rules[rule];

    if (of->about != ABOUT_MODULES)
        buffer_add_text(out, about[of->about][of->kind]);
    else if (of->kind == RULE_LIMIT && of->measure == MEASURE_TIME)
        buffer_add_text(out, "it takes no longer, net of the recorder's own holds; of several runs "
                             "the median counts");
    else
        buffer_add_text(out, of->least > 0 ? "there are so many of them"
                             : of->is_asked
                                 ? "where one thread asks for them, the first loads come "
                                   "in this order"
                                 : meanings[of->kind]);
    buffer_add_text(out, "; ");
    add_how_judged(report, rule, out);
}
