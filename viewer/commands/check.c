/* trailview check: whether runs are as a rules file says. */
#include "command.h"
#include "compare/match/load_runs.h"
#include "compare/trend/history.h"
#include "human.h"
#include "rules/judge/weight.h"
#include "rules/report/renamed_modules.h"
#include "rules/report/report.h"
#include "selector.h"
#include "sql.h"

#include <inttypes.h>
#include <string.h>

static int add_runs(struct viewer *viewer, struct trail_error *error)
{
    if (viewer->argument_count == 0)
        return error_set(error, TRAIL_FAILED, 0,
                         "'check' needs a rules file: trailview check FILE.rules [RUN...]; "
                         "'trailview baseline' writes one");
    for (int i = 1; i < viewer->argument_count; i++)
        if (selector_add_runs(viewer, viewer->arguments[i], error) != 0)
            return -1;
    return viewer->argument_count > 1 ? 0 : selector_add_runs(viewer, "last", error);
}

static void warn_of_states(const struct recordings *recordings)
{
    char sentence[120];

    for (size_t i = 0; i < recordings->count; i++) {
        const char *state = recordings_text(recordings, recordings->items[i].state);
        if (strcmp(state, "complete") == 0)
            continue;
        snprintf(sentence, sizeof sentence,
                 "run %" PRId64 " is %.20s: what it did later is not known",
                 recordings->items[i].run, state);
        viewer_say(sentence);
    }
}

/*
 * When and where the first run was: ?1 is the run. To be finalized by the caller; NULL and error on
 * failure.
 */
static sqlite3_stmt *look_up_first_run(const struct viewer *viewer, struct report *report,
                                       struct trail_error *error)
{
    sqlite3_stmt *row = sql_prepare(viewer->runs[0].database->db,
                                    "SELECT start, host FROM temp.runs WHERE run = ?1", error);
    const char *start, *host;

    if (row == NULL)
        return NULL;
    sqlite3_bind_int64(row, 1, viewer->runs[0].run);
    if (sqlite3_step(row) == SQLITE_ROW) {
        start = (const char *)sqlite3_column_text(row, 0);
        host = (const char *)sqlite3_column_text(row, 1);
        report->start = start != NULL ? start : "";
        report->host = host != NULL ? host : "";
    }
    return row;
}

static int print_whole(struct viewer *viewer, const struct report *report,
                       struct trail_error *error)
{
    struct buffer text = {0};

    report_format(viewer->own_format != NULL ? viewer->own_format : "table")(report, &text);
    if (text.failed) {
        buffer_release(&text);
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    }
    fwrite(buffer_text(&text), 1, text.length, stdout);
    buffer_release(&text);
    return 0;
}

/*
 * A rule's result, for the formats that have rows. For people, the message says what the columns
 * that they are not shown say.
 */
static const struct column columns[] = {
    {.name = "file", .flags = COLUMN_FOR_PROGRAMS},
    {.name = "line", .style = STYLE_COUNT},
    {.name = "rule", .style = STYLE_TITLE},
    {.name = "result", .style = STYLE_KIND},
    {.name = "run", .style = STYLE_COUNT, .flags = COLUMN_HIDE_EMPTY},
    {.name = "seq", .style = STYLE_COUNT, .flags = COLUMN_FOR_PROGRAMS},
    {.name = "t_ns", .style = STYLE_MS, .flags = COLUMN_FOR_PROGRAMS},
    {.name = "pid", .flags = COLUMN_FOR_PROGRAMS},
    {.name = "tid", .flags = COLUMN_FOR_PROGRAMS},
    {.name = "module", .flags = COLUMN_FOR_PROGRAMS},
    {.name = "path", .flags = COLUMN_FOR_PROGRAMS},
    {.name = "message", .title = "what was seen"},
    {.name = "hint", .flags = COLUMN_HIDE_EMPTY},
};

/* `finding` is NULL for a rule that holds. */
static int print_row(struct viewer *viewer, const struct report *report, size_t index,
                     const struct finding *finding, struct trail_error *error)
{
    const struct judgement *judgement = report->judgement;
    const struct rule *rule = &judgement->rules->rules[index];
    const struct finding none = {.run = RECORDING_NONE, .subject = "", .path = ""};
    struct buffer name = {0}, meaning = {0};
    int result;

    report_add_rule(rule, &name);
    if (finding == NULL) {
        report_add_meaning(report, index, &meaning);
        finding = &none;
    }
    const struct cell cells[] = {
        cell_text(judgement->rules->name),
        cell_integer(rule->line),
        cell_text(buffer_text(&name)),
        cell_text(finding == &none     ? "holds"
                  : finding->is_notice ? "notice"
                                       : "violated"),
        finding->run != RECORDING_NONE
            ? cell_integer(judgement->recordings->items[finding->run].run)
            : cell_text(NULL),
        cell_if(finding->seq > 0, finding->seq),
        cell_if(finding->seq > 0, finding->t_ns),
        cell_if(finding->pid != 0, finding->pid),
        cell_if(finding->tid != 0, finding->tid),
        cell_text(finding->subject),
        cell_text(finding->path),
        cell_text(finding == &none ? buffer_text(&meaning) : finding->message),
        cell_text(finding->hint),
    };
    result = output_row(&viewer->output, cells, error);
    buffer_release(&name);
    buffer_release(&meaning);
    return result;
}

static int print_rows(struct viewer *viewer, const struct report *report, struct trail_error *error)
{
    const struct judgement *judgement = report->judgement;
    size_t at = 0;
    int result;

    viewer->output.title = viewer_title(viewer);
    result = output_begin(&viewer->output, columns, sizeof columns / sizeof columns[0], error);
    for (size_t rule = 0; result == 0 && rule < judgement->rules->count; rule++) {
        if (report->explains &&
            (at == judgement->finding_count || judgement->findings[at].rule != rule))
            result = print_row(viewer, report, rule, NULL, error);
        for (; result == 0 && at < judgement->finding_count && judgement->findings[at].rule == rule;
             at++)
            result = print_row(viewer, report, rule, &judgement->findings[at], error);
    }
    if (output_end(&viewer->output, result == 0 ? error : NULL) != 0)
        result = -1;
    viewer->output.title = NULL;
    return result;
}

static int print_report(struct viewer *viewer, const struct judgement *judgement,
                        struct trail_error *error)
{
    struct report report;
    sqlite3_stmt *first_run = NULL;
    int result = -1;

    if (report_init(&report, judgement, error) == 0 &&
        (first_run = look_up_first_run(viewer, &report, error)) != NULL) {
        report.color = viewer->output.color && viewer->own_format == NULL;
        report.explains = viewer->options.given[OPTION_EXPLAIN];
        if (viewer->own_format != NULL || viewer_prints_table(viewer))
            result = print_whole(viewer, &report, error);
        else
            result = print_rows(viewer, &report, error);
    }
    sqlite3_finalize(first_run);
    report_release(&report);
    return result;
}

static int check(struct viewer *viewer, const struct rules *rules, struct trail_error *error)
{
    struct recordings *recordings = load_runs(viewer, LOAD_ALL, error);
    const char *argument = viewer->options.argument[OPTION_AT_LEAST];
    struct judgement judgement = {0};
    int64_t at_least = 0;
    int result = -1;

    if (recordings == NULL)
        return -1;
    if (argument != NULL && (human_parse_number(argument, &at_least) != 0 || at_least == 0 ||
                             (uint64_t)at_least > recordings->count)) {
        result = error_set(error, TRAIL_FAILED, 0,
                           "'--at-least %.20s' is no number from 1 to that of the runs, %zu",
                           argument, recordings->count);
        recordings_free(recordings);
        return result;
    }
    if (judge(rules, recordings, &judgement, error) == 0 &&
        renamed_modules_join(&judgement, error) == 0 &&
        judgement_weigh(&judgement, (size_t)at_least, error) == 0) {
        warn_of_states(recordings);
        result = print_report(viewer, &judgement, error);
    }
    if (result == 0)
        result = judgement.violated > 0;
    judgement_release(&judgement);
    recordings_free(recordings);
    return result;
}

/* No rules: whether a quantity changed in the last builds. */
static int check_history(struct viewer *viewer, struct trail_error *error)
{
    const char *argument = viewer->options.argument[OPTION_HISTORY];
    int64_t last;

    if (human_parse_number(argument, &last) != 0 || last == 0)
        return error_set(error, TRAIL_FAILED, 0, "'--history %.20s' is no number of builds",
                         argument);
    if (viewer->own_format != NULL)
        return error_set(error, TRAIL_FAILED, 0, "--history has no format '%s'",
                         viewer->own_format);
    return history_print(viewer, (size_t)last, error);
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    struct rules rules = {0};
    int result = -1;

    if (viewer->options.given[OPTION_HISTORY])
        return check_history(viewer, error);
    if (viewer->argument_count == 0)
        return add_runs(viewer, error);
    if (rules_read(viewer->arguments[0], &rules, error) == 0 && add_runs(viewer, error) == 0)
        result = check(viewer, &rules, error);
    rules_release(&rules);
    return result;
}

const struct command command_check = {
    .name = "check",
    .summary = "whether runs are as a rules file says: which modules, in which order, from where, "
               "how many, how long",
    .arguments = "FILE.rules [RUN...]",
    .details =
        "Exit status 0 if all rules hold, 1 if one is violated, 2 if the rules or runs "
        "cannot be read. Each run is judged by itself, but limits\n"
        "of time by the median of all. What breaks a soft rule in one run or two is a notice: "
        "it is shown, and the exit status stays 0. Of three\n"
        "runs or more, a rule that 'baseline' learned is violated if so many break it in one "
        "way that good runs would not (--at-least: that many),\n"
        "but paths and identities by one. Besides the formats below there are junit (JUnit "
        "XML, a test case for each rule), sarif (SARIF 2.1.0)\n"
        "and github (annotations of GitHub Actions).\n"
        "Without a file, --history K --by KEY says whether a quantity changed in the last K "
        "builds: see 'trailview help history'.\n"
        "\n"
        "A rules file begins with the line 'trail-rules 1'. A line is a rule; # begins a "
        "comment; a name with blanks stands in quotes.\n"
        "  require NAME              it is loaded; a NAME is a file's name, with or without "
        "its version, or a glob: * ? [a-z]\n"
        "  allow NAME                it may be loaded\n"
        "  forbid NAME               it is not; of require, allow and forbid, the rule with "
        "the most characters besides * and ? decides\n"
        "  order NAME < NAME         where both are loaded, their first loads come in this "
        "order; more may follow: A < B < C;\n"
        "                            with '# asked for by one thread' behind it, where one "
        "thread asks for both\n"
        "  path NAME GLOB...         it comes from one of these folders or files: {system} "
        "{app} {temp} {home} {uuid} {n}; ** is any folders\n"
        "  cause NAME by NAME...     its first load is because one of these needs it or "
        "asked for it\n"
        "  identity NAME KEY=GLOB...  it, a module or the program itself, is one of these "
        "builds; KEY is version, build-id, pdb or size (in bytes)\n"
        "  arguments NAME GLOB...    each process of that program is run with one of these, in "
        "quotes: \"--port 80 {any}\"\n"
        "  limit loads N             at most so many, or N..M; also exceptions, threads, "
        "processes\n"
        "  limit loads NAME N        of each that it matches; also exceptions (\"SIGSEGV in "
        "a.so\") "
        "and processes\n"
        "  limit time FROM..TO TIME  it takes at most so long; a point is start, end, "
        "entry, first-load, last-load, mark:NAME or load:NAME;\n"
        "                            'median TIME' may follow, a closer limit for the "
        "median of ten runs or more\n"
        "  require process NAME      such a process runs (with 'trailrec -f'); also allow "
        "and forbid\n"
        "  forbid failed NAME        nobody asks the loader for it in vain; also allow\n"
        "  environment NAME GLOB...  the variable has one of these values; 'allow environment "
        "NAME', 'forbid environment NAME'\n"
        "  soft RULE                 good runs break that rule now and then\n"
        "  budget ...                how often good runs break the learned rules: 'baseline' "
        "writes it\n"
        "  [process NAME]            the rules below are about each process of that "
        "program; [run] leads back\n",
    .options = OPTION_BIT(OPTION_EXPLAIN) | OPTION_BIT(OPTION_AT_LEAST) |
               OPTION_BIT(OPTION_HISTORY) | OPTION_BIT(OPTION_BY) | OPTION_BIT(OPTION_OF) |
               OPTION_BIT(OPTION_SORT) | OPTION_BIT(OPTION_THRESHOLD),
    .flags = COMMAND_TAKES_ARGUMENTS,
    .formats = report_formats,
    .run = run,
};
