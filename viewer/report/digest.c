/* See digest.h. */
#include "digest.h"

#include "answer.h"
#include "human.h"
#include "row.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void begin_number(struct page *page, const char *what)
{
    page_markup(page, "<div><dt>");
    page_markup(page, what);
    page_markup(page, "</dt><dd>");
}

static void add_duration(struct page *page, sqlite3_stmt *facts, const char *what,
                         const char *column)
{
    begin_number(page, what);
    if (row_has(facts, column))
        page_duration(page, row_number(facts, column));
    else
        page_markup(page, "unknown");
    page_markup(page, "</dd></div>\n");
}

static void add_count(struct page *page, sqlite3_stmt *facts, const char *what, const char *column)
{
    begin_number(page, what);
    buffer_format(&page->line, "%" PRId64 "</dd></div>\n", row_number(facts, column));
}

static void add_numbers(struct page *page, sqlite3_stmt *facts)
{
    page_markup(page, "<dl class=\"numbers\">\n");
    add_duration(page, facts, "took", "wall_ns");
    if (row_has(facts, "cpu_ns"))
        add_duration(page, facts, "CPU time", "cpu_ns");
    add_duration(page, facts, "held by the recorder", "hold_ns");
    add_count(page, facts, "processes", "processes");
    add_count(page, facts, "threads", "threads");
    add_count(page, facts, "loads", "loads");
    add_count(page, facts, "failed loads", "failed");
    add_count(page, facts, "exceptions", "exceptions");
    add_count(page, facts, "debug strings", "strings");
    if (row_has(facts, "peak_bytes")) {
        begin_number(page, "memory at most");
        human_bytes(&page->line, row_number(facts, "peak_bytes"));
        page_markup(page, "</dd></div>\n");
    }
    page_markup(page, "</dl>\n");
}

static void add_fact(struct page *page, const char *what, const char *value)
{
    if (*value == '\0')
        return;
    begin_number(page, what);
    page_text(page, value);
    page_markup(page, "</dd></div>\n");
}

/* Those of the columns that there are, with commas between. */
static void add_list(struct page *page, sqlite3_stmt *facts, const char *what,
                     const char *const *columns)
{
    const char *separator = "";

    begin_number(page, what);
    for (; *columns != NULL; columns++) {
        if (*row_text(facts, *columns) == '\0')
            continue;
        page_markup(page, separator);
        page_text(page, row_text(facts, *columns));
        separator = ", ";
    }
    page_markup(page, "</dd></div>\n");
}

/* What the machine was doing beside: what tells that times are not to be believed. */
static void add_machine_load(struct page *page, sqlite3_stmt *facts)
{
    if (!row_has(facts, "load_start") && !row_has(facts, "idle_share"))
        return;
    begin_number(page, "machine load");
    if (row_has(facts, "load_start")) {
        page_markup(page, "load average ");
        page_text(page, row_text(facts, "load_start"));
        page_markup(page, " at the start");
    }
    if (row_has(facts, "idle_share")) {
        char share[32];
        snprintf(share, sizeof share, "idle %.1f %%",
                 strtod(row_text(facts, "idle_share"), NULL) * 100);
        page_markup(page, row_has(facts, "load_start") ? ", " : "");
        page_text(page, share);
    }
    page_markup(page, "</dd></div>\n");
}

static void add_facts(struct page *page, sqlite3_stmt *facts)
{
    static const char *const machine[] = {"host", "os", "arch", NULL}, *const recorder[] = {
                                                                           "recorder", "mode",
                                                                           "wait_function",
                                                                           "load_detection", NULL};
    struct buffer ending = {0};

    answer_ending(&ending, facts);
    page_markup(page, "<dl class=\"facts\">\n");
    add_fact(page, row_has(facts, "attached_to") ? "attached to" : "command",
             row_text(facts, row_has(facts, "attached_to") ? "attached_to" : "command_line"));
    add_fact(page, "directory", row_text(facts, "directory"));
    add_fact(page, "labels", row_text(facts, "label_words"));
    add_fact(page, "started", row_text(facts, "start"));
    add_fact(page, "ended", buffer_text(&ending));
    add_fact(page, "state", row_text(facts, "state"));
    add_list(page, facts, "machine", machine);
    add_fact(page, "Wine", row_text(facts, "wine"));
    add_machine_load(page, facts);
    add_list(page, facts, "recorder", recorder);
    add_fact(page, "run", row_text(facts, "uuid"));
    page_markup(page, "</dl>\n");
    page->line.failed |= ending.failed;
    buffer_release(&ending);
}

void digest_write(struct page *page, sqlite3_stmt *facts)
{
    page_begin_section(page, "digest");
    page_heading(page, "At a glance", SIZE_MAX);
    add_numbers(page, facts);
    add_facts(page, facts);
    page_end_section(page);
}
