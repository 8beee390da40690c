/* trailview summary: a run at a glance. */
#include "command.h"
#include "event_kinds.h"
#include "human.h"
#include "query.h"
#include "viewer_sql.h"
#include "sql.h"
#include "summary/page.h"
#include "summary/page_processes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* with that many processes the longest gaps are those in which they wait for one another */
enum { PROCESSES_MANY = 10, PHASES_MAX = 50, LOADS_MAX = 10000 /* as in summary.sql */ };

static void add_end_reason(struct page *page)
{
    static const struct {
        const char *reason, *meaning;
    } meanings[] = {{"timeout", "the time given to it ran out"},
                    {"until", "an event met a stop condition"},
                    {"request", "the recording was ended by request"},
                    {"failure", "the recording failed"}};
    const char *reason =
        (const char *)sqlite3_column_text(page->row, page_column(page, "end_reason"));

    for (size_t i = 0; reason != NULL && i < sizeof meanings / sizeof meanings[0]; i++)
        if (strcmp(reason, meanings[i].reason) == 0)
            buffer_format(&page->text, "; %s", meanings[i].meaning);
}

static void add_ending(struct page *page)
{
    page_begin_line(page, "ended");
    if (page_has(page, "exit_signal")) {
        buffer_add_text(&page->text, "killed by ");
        page_add(page, "exit_signal");
    } else if (page_has(page, "exit_code")) {
        int64_t code = page_number(page, "exit_code");
        char text[EVENT_EXIT_CODE_CAPACITY];
        if (code >= 0 && code <= UINT32_MAX)
            event_exit_code((uint32_t)code, text);
        else
            snprintf(text, sizeof text, "%" PRId64, code);
        buffer_format(&page->text, "exit code %s", text);
    } else {
        buffer_add_text(&page->text, "no exit was seen");
    }
    add_end_reason(page);
    page_end_line(page);
}

static void add_stalls(struct page *page)
{
    if (page_number(page, "stalls") == 0)
        return;
    page_begin_line(page, "stalled");
    human_count(&page->text, page_number(page, "stalls"));
    buffer_add_text(&page->text, " times the recorder had to wait for room, ");
    human_duration(&page->text, page_number(page, "stall_ns"));
    buffer_add_text(&page->text, " in all\n");
}

static void add_times(struct page *page)
{
    int64_t wall = page_number(page, "wall_ns"), hold = page_number(page, "hold_ns");

    page_begin_line(page, "took");
    if (page_has(page, "wall_ns"))
        human_duration(&page->text, wall);
    else
        buffer_add_text(&page->text, "unknown");
    buffer_add_text(&page->text, "; the recorder held it for ");
    human_duration(&page->text, hold);
    buffer_add_text(&page->text, wall > 0 ? " of that" : "");
    if (wall > 0)
        buffer_format(&page->text, " (%.1f%%)", 100.0 * (double)hold / (double)wall);
    if (page_number(page, "quiet_stops") > 0) {
        buffer_add_text(&page->text, ", ");
        human_count(&page->text, page_number(page, "quiet_stops"));
        buffer_add_text(&page->text, page_number(page, "quiet_stops") == 1
                                         ? " stop without an event included"
                                         : " stops without an event included");
    }
    page_end_line(page);
}

/* What the processes used whose end was seen. */
static void add_used(struct page *page)
{
    if (!page_has(page, "cpu_ns"))
        return;
    page_begin_line(page, "used");
    human_duration(&page->text, page_number(page, "cpu_ns"));
    buffer_add_text(&page->text, " of CPU time");
    if (page_has(page, "peak_bytes")) {
        buffer_add_text(&page->text,
                        page_number(page, "used_processes") > 1 ? ", each at most " : ", at most ");
        human_bytes(&page->text, page_number(page, "peak_bytes"));
        buffer_add_text(&page->text, " of memory");
    }
    if (page_number(page, "used_processes") < page_number(page, "ended_processes")) {
        buffer_add_text(&page->text, "; known of ");
        human_count(&page->text, page_number(page, "used_processes"));
        buffer_add_text(&page->text, " of ");
        human_count(&page->text, page_number(page, "ended_processes"));
        buffer_add_text(&page->text, " processes");
    }
    page_end_line(page);
}

static void add_head(struct page *page)
{
    struct buffer title = {0};

    buffer_format(&title, "run %" PRId64, page_number(page, "run"));
    page_add_bold(page, buffer_text(&title));
    buffer_release(&title);
    buffer_add_text(&page->text, ", ");
    page_add(page, "state");
    buffer_add_text(&page->text, ", ");
    page_add(page, "start");
    buffer_add_text(&page->text, "\n\n");
}

static void add_command(struct page *page)
{
    sqlite3_stmt *labels = page_elements(page, "labels", "SELECT " QUERY_PAIRS("?1"));

    page_begin_line(page, page_has(page, "attached_to") ? "attached to" : "command");
    page_add(page, page_has(page, "attached_to") ? "attached_to" : "command_line");
    page_end_line(page);
    page_begin_line(page, "directory");
    page_add(page, "directory");
    page_end_line(page);
    if (labels != NULL && sqlite3_column_bytes(labels, 0) > 0) {
        page_begin_line(page, "labels");
        page_add_cell(page, labels, 0);
        page_end_line(page);
    }
    sqlite3_finalize(labels);
}

static void add_machine(struct page *page)
{
    page_begin_line(page, "machine");
    page_add(page, "host");
    buffer_add_text(&page->text, page_is_empty(page, "host") ? "" : ", ");
    page_add(page, "os");
    buffer_add_text(&page->text, ", ");
    page_add(page, "arch");
    if (!page_is_empty(page, "wine")) {
        buffer_add_text(&page->text, ", Wine ");
        page_add(page, "wine");
    }
    page_end_line(page);
    page_begin_line(page, "recorder");
    buffer_add_text(&page->text, "trailrec ");
    page_add(page, "recorder");
    buffer_add_text(&page->text, ", ");
    page_add(page, "mode");
    buffer_add_text(&page->text,
                    page_number(page, "follow") ? ", with child processes; waits: " : "; waits: ");
    page_add(page, "wait_function");
    buffer_add_text(&page->text, "; loads: ");
    page_add(page, "load_detection");
    page_end_line(page);
}

static void add_kinds(struct page *page)
{
    sqlite3_stmt *kind = page_elements(page, "kinds",
                                       "SELECT json_extract(value, '$.kind'), json_extract(value, "
                                       "'$.events'), json_extract(value, '$.hold_ns'), "
                                       "json_extract(value, '$.p50_hold_ns'), json_extract(value, "
                                       "'$.p99_hold_ns') FROM json_each(?1)");
    page_begin_line(page, "events");
    page_add_right(page, 10, human_count, page_number(page, "events"));
    buffer_add_text(&page->text, kind != NULL ? "         held          p50          p99\n" : "\n");
    if (kind == NULL)
        return;
    do {
        size_t start = page->text.length;
        buffer_add_text(&page->text, "    ");
        page_add_cell(page, kind, 0);
        while (!page->text.failed && page->text.length - start < 4 + 18)
            buffer_add_char(&page->text, ' ');
        page_add_right(page, 2 + PAGE_LABEL_WIDTH + 10 - 22, human_count,
                       sqlite3_column_int64(kind, 1));
        for (int i = 2; i < 5 && sqlite3_column_type(kind, i) != SQLITE_NULL; i++)
            page_add_right(page, 13, human_duration, sqlite3_column_int64(kind, i));
        page_end_line(page);
    } while (sqlite3_step(kind) == SQLITE_ROW);
    sqlite3_finalize(kind);
}

/* The time between marks, in the words with which rules and comparisons speak of it. */
static void add_phases(struct page *page)
{
    sqlite3_stmt *phase = page_elements(
        page, "phases",
        "SELECT json_extract(value, '$.ns'), json_extract(value, '$.from'), "
        "json_extract(value, '$.to'), json_extract(value, '$.t_ns') FROM json_each(?1)");

    if (phase == NULL)
        return;
    buffer_add_text(&page->text, "\n  ");
    page_add_bold(page, "phases");
    if (page_number(page, "marks") > PHASES_MAX) {
        buffer_format(&page->text, " (to the first %d of ", PHASES_MAX);
        human_count(&page->text, page_number(page, "marks"));
        buffer_add_text(&page->text, " marks)");
    }
    page_end_line(page);
    do {
        page_add_right(page, 12, human_duration, sqlite3_column_int64(phase, 0));
        buffer_add_text(&page->text, "  ");
        page_add_cell(page, phase, 1);
        buffer_add_text(&page->text, "..");
        page_add_cell(page, phase, 2);
        buffer_add_text(&page->text, " at ");
        human_ms(&page->text, sqlite3_column_int64(phase, 3));
        buffer_add_text(&page->text, " ms\n");
    } while (sqlite3_step(phase) == SQLITE_ROW);
    sqlite3_finalize(phase);
}

/* A heading over what is known of the first loads only. */
static void add_loads_heading(struct page *page, const char *text)
{
    sqlite3_stmt *counts = page_elements(page, "counts", "SELECT json_extract(?1, '$.LoadDll')");

    buffer_add_text(&page->text, "\n  ");
    page_add_bold(page, text);
    if (counts != NULL && sqlite3_column_int64(counts, 0) > LOADS_MAX) {
        buffer_add_text(&page->text, " (of the first ");
        human_count(&page->text, LOADS_MAX);
        buffer_add_text(&page->text, " of ");
        human_count(&page->text, sqlite3_column_int64(counts, 0));
        buffer_add_text(&page->text, " loads)");
    }
    sqlite3_finalize(counts);
    page_end_line(page);
}

static void add_gaps(struct page *page)
{
    bool is_big = page_number(page, "process_count") >= PROCESSES_MANY;
    sqlite3_stmt *gap =
        page_elements(page, is_big ? "process_gaps" : "gaps",
                      "SELECT json_extract(value, '$.gap_ns'), json_extract(value, '$.from'), "
                      "json_extract(value, '$.to'), json_extract(value, '$.t_ns'), "
                      "iif((SELECT count(*) > 1 FROM (SELECT DISTINCT json_extract(e.value, "
                      "'$.pid') FROM json_each(?1) e)), ' of ' || coalesce(json_extract(value, "
                      "'$.process'), 'process') || ' (' "
                      "|| json_extract(value, '$.pid') || ')', ''), json_extract(value, '$.looks') "
                      "FROM json_each(?1)");

    if (gap == NULL)
        return;
    add_loads_heading(page, is_big ? "longest gaps, each of a process that started no other"
                                   : "longest gaps");
    do {
        page_add_right(page, 12, human_duration, sqlite3_column_int64(gap, 0));
        buffer_add_text(&page->text, "  ");
        page_add_cell(page, gap, 1);
        buffer_add_text(&page->text, " -> ");
        page_add_cell(page, gap, 2);
        page_add_cell(page, gap, 4);
        buffer_add_text(&page->text, " at ");
        human_ms(&page->text, sqlite3_column_int64(gap, 3));
        buffer_add_text(&page->text, " ms\n");
        if (sqlite3_column_type(gap, 5) != SQLITE_NULL) {
            buffer_add_text(&page->text, "                ");
            page_add_cell(page, gap, 5);
            page_end_line(page);
        }
    } while (sqlite3_step(gap) == SQLITE_ROW);
    sqlite3_finalize(gap);
}

static void add_repeated(struct page *page)
{
    sqlite3_stmt *module =
        page_elements(page, "repeated_modules",
                      "SELECT json_extract(value, '$.times'), json_extract(value, '$.name'), "
                      "json_extract(value, '$.pid') FROM json_each(?1)");

    if (module == NULL)
        return;
    add_loads_heading(page, "loaded more than once");
    do {
        buffer_format(&page->text, "%6" PRId64 " times  ",
                      (int64_t)sqlite3_column_int64(module, 0));
        page_add_cell(page, module, 1);
        buffer_add_text(&page->text, " in process ");
        page_add_cell(page, module, 2);
        page_end_line(page);
    } while (sqlite3_step(module) == SQLITE_ROW);
    sqlite3_finalize(module);
}

static void add_exceptions(struct page *page)
{
    sqlite3_stmt *first = page_elements(
        page, "first_exception",
        "SELECT coalesce(json_extract(?1, '$.name') || ' (' || json_extract(?1, '$.code') || ')', "
        "json_extract(?1, '$.code')) || coalesce(': ' || json_extract(?1, '$.access'), '') || "
        "coalesce(' at ' || json_extract(?1, '$.module') || '+' || "
        "json_extract(?1, '$.offset'), ' at ' || json_extract(?1, '$.address'), ''), "
        "json_extract(?1, '$.t_ns'), json_extract(?1, '$.tid')");

    if (first == NULL && page_number(page, "loader_breakpoints") == 0)
        return;
    page_end_line(page);
    page_begin_line(page, "exceptions");
    if (first == NULL) {
        buffer_add_text(&page->text, "loader breakpoint only\n");
        return;
    }
    human_count(&page->text, page_number(page, "exceptions"));
    buffer_add_text(&page->text, "; the first: ");
    page_add_cell(page, first, 0);
    buffer_add_text(&page->text, ", ");
    human_ms(&page->text, sqlite3_column_int64(first, 1));
    buffer_add_text(&page->text, " ms, thread ");
    page_add_cell(page, first, 2);
    page_end_line(page);
    sqlite3_finalize(first);
}

/* Signals and exceptions that tell of no error. */
static void add_notices(struct page *page)
{
    sqlite3_stmt *notice =
        page_elements(page, "notices",
                      "SELECT json_extract(value, '$.name'), json_extract(value, "
                      "'$.times') FROM json_each(?1)");
    const char *separator = "";

    if (notice == NULL)
        return;
    if (page_number(page, "exceptions") == 0 && page_number(page, "loader_breakpoints") == 0)
        page_end_line(page);
    page_begin_line(page, "notices");
    do {
        buffer_add_text(&page->text, separator);
        human_count(&page->text, sqlite3_column_int64(notice, 1));
        buffer_add_char(&page->text, ' ');
        page_add_cell(page, notice, 0);
        separator = ", ";
    } while (sqlite3_step(notice) == SQLITE_ROW);
    page_end_line(page);
    sqlite3_finalize(notice);
}

static void add_not_observed(struct page *page)
{
    sqlite3_stmt *process = page_elements(page, "not_observed",
                                          "SELECT coalesce(json_extract(value, '$.name'), '?'), "
                                          "json_extract(value, '$.pid') FROM json_each(?1)");
    const char *separator = "";

    if (process == NULL)
        return;
    page_end_line(page);
    page_begin_line(page, "unseen");
    buffer_add_text(&page->text, "loads were not observed in ");
    do {
        buffer_add_text(&page->text, separator);
        page_add_cell(page, process, 0);
        buffer_add_text(&page->text, " (process ");
        page_add_cell(page, process, 1);
        buffer_add_char(&page->text, ')');
        separator = ", ";
    } while (sqlite3_step(process) == SQLITE_ROW);
    page_end_line(page);
    sqlite3_finalize(process);
}

/* What was not loaded; what is a conclusion of ours says so. */
static void add_failed(struct page *page)
{
    sqlite3_stmt *failed = page_elements(
        page, "failed_loads",
        "SELECT iif(json_extract(value, '$.what') = 'symbol', 'symbol ', '') || "
        "coalesce(json_extract(value, '$.name'), '?') || coalesce(', needed by ' || "
        "json_extract(value, '$.needed_by'), '') || coalesce(': ' || json_extract(value, "
        "'$.words'), '') || iif(json_extract(value, '$.times') > 1, ' (' || json_extract(value, "
        "'$.times') || ' times)', '') || iif(json_extract(value, '$.source') = 'conclusion', ' "
        "(concluded from "
        "the imports)', '') || iif(json_extract(value, '$.load_phase') = 'startup', ', at the "
        "start', ''), json_extract(value, '$.times') FROM json_each(?1)");
    const char *label = "failed";
    int64_t left = page_number(page, "failed");

    if (failed == NULL)
        return;
    page_end_line(page);
    do {
        page_begin_line(page, label);
        page_add_cell(page, failed, 0);
        page_end_line(page);
        label = "";
        left -= sqlite3_column_int64(failed, 1);
    } while (sqlite3_step(failed) == SQLITE_ROW);
    if (left > 0) {
        page_begin_line(page, label);
        buffer_add_text(&page->text, "and ");
        human_count(&page->text, left);
        buffer_add_text(&page->text, " more\n");
    }
    sqlite3_finalize(failed);
}

/* What is one line each: the page's upper half. */
static void add_facts(struct page *page)
{
    add_command(page);
    add_machine(page);
    page_end_line(page);
    add_ending(page);
    add_times(page);
    add_used(page);
    add_stalls(page);
}

/* A part of the page as a table, for formats that are a document: rows of json_each(?1). */
struct part {
    const char *heading, *json, *sql;
    size_t column_count;
    struct column columns[5];
};

#define OF(member) "json_extract(value, '$." member "')"

#define CHAIN(heading_, json_)                                                    \
    {                                                                             \
        .heading = heading_, .json = json_,                                       \
        .sql = "SELECT " OF("name") ", " OF("pid") ", " OF("start_t_ns") ", " OF( \
            "lived_ns") ", " OF("command_line") " FROM json_each(?1)",            \
        .column_count = 5, .columns = {                                           \
            {.name = "process"},                                                  \
            {.name = "pid"},                                                      \
            {.name = "start ms", .style = STYLE_MS},                              \
            {.name = "lived", .style = STYLE_DURATION},                           \
            {.name = "command line"}                                              \
        }                                                                         \
    }

static const struct part parts[] = {
    {.heading = "events",
     .json = "kinds",
     .sql = "SELECT " OF("kind") ", " OF("events") ", " OF("hold_ns") ", " OF(
         "p50_hold_ns") ", " OF("p99_hold_ns") " FROM json_each(?1)",
     .column_count = 5,
     .columns = {{.name = "kind", .style = STYLE_KIND},
                 {.name = "events", .style = STYLE_COUNT},
                 {.name = "held", .style = STYLE_DURATION},
                 {.name = "p50", .style = STYLE_DURATION},
                 {.name = "p99", .style = STYLE_DURATION}}},
    {.heading = "phases",
     .json = "phases",
     .sql = "SELECT " OF("from") ", " OF("to") ", " OF("ns") ", " OF("t_ns") " FROM json_each(?1)",
     .column_count = 4,
     .columns = {{.name = "from"},
                 {.name = "to"},
                 {.name = "took", .style = STYLE_DURATION},
                 {.name = "at ms", .style = STYLE_MS}}},
    {.heading = "processes",
     .json = "programs",
     .sql = "SELECT json_extract(value, '$.name'), json_extract(value, '$.processes'), "
            "json_extract(value, '$.lived_ns'), json_extract(value, '$.cpu_ns'), "
            "json_extract(value, '$.failed') FROM json_each(?1) "
            "WHERE json_array_length(?1) > 1 OR json_extract(value, '$.processes') > 1",
     .column_count = 5,
     .columns = {{.name = "program", .style = STYLE_TITLE},
                 {.name = "processes", .style = STYLE_COUNT},
                 {.name = "lived", .style = STYLE_DURATION},
                 {.name = "cpu", .style = STYLE_DURATION},
                 {.name = "failed", .style = STYLE_COUNT}}},
    CHAIN("critical chain", "critical_chain"),
    CHAIN("longest chain", "longest_chain"),
    {.heading = "exec chains",
     .json = "exec_chains",
     .sql = "SELECT " OF("images") ", " OF("processes") " FROM json_each(?1)",
     .column_count = 2,
     .columns = {{.name = "programs", .style = STYLE_TITLE},
                 {.name = "processes", .style = STYLE_COUNT}}},
    {.heading = "longest gaps",
     .json = "gaps",
     .sql = "SELECT " OF("from") ", " OF("to") ", " OF("gap_ns") ", " OF("t_ns") ", " OF(
         "pid") " FROM json_each(?1)",
     .column_count = 5,
     .columns = {{.name = "from"},
                 {.name = "to"},
                 {.name = "gap", .style = STYLE_DURATION},
                 {.name = "at ms", .style = STYLE_MS},
                 {.name = "pid"}}},
    {.heading = "loaded more than once",
     .json = "repeated_modules",
     .sql = "SELECT " OF("name") ", " OF("times") ", " OF("pid") " FROM json_each(?1)",
     .column_count = 3,
     .columns = {{.name = "module"}, {.name = "times", .style = STYLE_COUNT}, {.name = "pid"}}},
    {.heading = "not loaded",
     .json = "failed_loads",
     .sql = "SELECT " OF("what") ", " OF("name") ", " OF("needed_by") ", " OF("words") ", " OF(
         "source") " FROM json_each(?1)",
     .column_count = 5,
     .columns = {{.name = "what"},
                 {.name = "name", .style = STYLE_TITLE},
                 {.name = "needed by"},
                 {.name = "words"},
                 {.name = "said by"}}},
    {.heading = "loads were not observed in",
     .json = "not_observed",
     .sql = "SELECT coalesce(" OF("name") ", '?'), " OF("pid") " FROM json_each(?1)",
     .column_count = 2,
     .columns = {{.name = "process"}, {.name = "pid"}}},
};

enum { PARTS = sizeof parts / sizeof parts[0] };

static int print_part(struct page *page, const struct part *part, struct trail_error *error)
{
    struct output *output = &page->viewer->output;
    sqlite3_stmt *row = page_elements(page, part->json, part->sql);
    int result, step = row != NULL ? SQLITE_ROW : SQLITE_DONE;

    output->heading = part->heading;
    result = output_begin(output, part->columns, part->column_count, error);
    for (; result == 0 && step == SQLITE_ROW; step = sqlite3_step(row)) {
        for (size_t i = 0; i < part->column_count; i++)
            output->cells[i] = cell_of(row, (int)i);
        result = output_row(output, output->cells, error);
    }
    sqlite3_finalize(row);
    return output_end(output, result == 0 ? error : NULL) != 0 ? -1 : result;
}

/* The lines "  label       value" of the page's text as rows. */
static int print_facts(struct page *page, struct trail_error *error)
{
    static const struct column columns[] = {{.name = "what", .style = STYLE_TITLE},
                                            {.name = "value"}};
    struct output *output = &page->viewer->output;
    char *line = page->text.data;
    int result = output_begin(output, columns, 2, error);

    for (char *end; result == 0 && (end = strchr(line, '\n')) != NULL; line = end + 1) {
        size_t label = strcspn(line + 2, " ");
        *end = '\0';
        if (end - line <= 2 + PAGE_LABEL_WIDTH)
            continue;
        line[2 + label] = '\0';
        output->cells[0] = cell_text(line + 2);
        output->cells[1] = cell_text(line + 2 + PAGE_LABEL_WIDTH);
        result = output_row(output, output->cells, error);
    }
    return output_end(output, result == 0 ? error : NULL) != 0 ? -1 : result;
}

/* The same as tables, one below the other: a document of all runs. */
static int print_tables(struct page *page, bool is_last, struct trail_error *error)
{
    struct output *output = &page->viewer->output;
    char heading[64];
    int result;

    snprintf(heading, sizeof heading, "run %" PRId64, page_number(page, "run"));
    output->heading = heading;
    output->is_followed = true;
    output->color = false;
    page_begin_line(page, "state");
    page_add(page, "state");
    page_end_line(page);
    page_begin_line(page, "start");
    page_add(page, "start");
    page_end_line(page);
    add_facts(page);
    add_exceptions(page);
    add_notices(page);
    if (page->text.failed)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    result = print_facts(page, error);
    output->follows_another = true;
    for (size_t i = 0; i < PARTS && result == 0; i++) {
        output->is_followed = !is_last || i + 1 < PARTS;
        result = print_part(page, &parts[i], error);
    }
    return result;
}

static int print_page(struct page *page, struct trail_error *error)
{
    add_head(page);
    add_facts(page);
    add_kinds(page);
    add_phases(page);
    page_add_processes(page);
    add_gaps(page);
    add_repeated(page);
    add_exceptions(page);
    add_notices(page);
    add_failed(page);
    add_not_observed(page);
    if (page->text.failed)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    fwrite(page->text.data, 1, page->text.length, stdout);
    return 0;
}

static int print_run(struct viewer *viewer, size_t i, struct trail_error *error)
{
    const struct run_reference *run = &viewer->runs[i];
    struct page page = {viewer, run->database->db, NULL, {0}};
    int result = -1;

    if ((page.row = sql_prepare(page.db, sql_summary, error)) != NULL) {
        sqlite3_bind_int64(page.row, sqlite3_bind_parameter_index(page.row, ":run"), run->run);
        if (sqlite3_step(page.row) != SQLITE_ROW)
            result = sql_error(page.db, error);
        else if (viewer_prints_table(viewer))
            result = print_page(&page, error);
        else
            result = print_tables(&page, i + 1 == viewer->run_count, error);
    }
    sqlite3_finalize(page.row);
    buffer_release(&page.text);
    return result == 0 ? 0
                       : error_context(error, "cannot read run %" PRId64 " of '%s'",
                                       (int64_t)run->run, run->database->path);
}

static const struct query query = {.sql = sql_summary, .order = "run"};

static int run(struct viewer *viewer, struct trail_error *error)
{
    if (!viewer->output.format->is_for_people)
        return query_print(viewer, &query, error);
    for (size_t i = 0; i < viewer->run_count; i++) {
        if (i > 0 && viewer_prints_table(viewer))
            fputs("\n", stdout);
        if (print_run(viewer, i, error) != 0)
            return -1;
    }
    return 0;
}

const struct command command_summary = {
    .name = "summary",
    .summary = "a run at a glance: what ran, how it ended, how long it took, what stands out",
    .arguments = "[RUN...]",
    .details = "p50 and p99 are of the stops, of which one can bring several events.\n",
    .options = 0,
    .flags = COMMAND_TAKES_RUNS,
    .run = run,
};
