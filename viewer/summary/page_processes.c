/* See page_processes.h. */
#include "summary/page_processes.h"

#include "human.h"

#include <string.h>

enum { CHAIN_MOST = 10 }; /* summary.sql gives one more */

static const char programs_sql[] =
    "SELECT json_extract(value, '$.processes'), json_extract(value, '$.lived_ns'), "
    "json_extract(value, '$.cpu_ns'), json_extract(value, '$.failed'), "
    "json_extract(value, '$.name') FROM json_each(?1)";
static const char chain_sql[] =
    "SELECT json_extract(value, '$.lived_ns'), json_extract(value, '$.start_t_ns'), "
    "json_extract(value, '$.name'), json_extract(value, '$.pid'), "
    "coalesce(': ' || substr(line, 1, 60) || iif(length(line) > 60, '...', ''), '') "
    "FROM (SELECT value, json_extract(value, '$.command_line') AS line FROM json_each(?1))";
static const char exec_chains_sql[] =
    "SELECT json_extract(value, '$.processes'), json_extract(value, '$.images') "
    "FROM json_each(?1)";

/* A bold heading, and what the counted lines below are a part of. */
static void begin_part(struct page *page, const char *heading, const char *more)
{
    buffer_add_text(&page->text, "\n  ");
    page_add_bold(page, heading);
    buffer_add_text(&page->text, more);
    page_end_line(page);
}

static void add_if_known(struct page *page, size_t width, sqlite3_stmt *row, int column,
                         void (*add)(struct buffer *, int64_t))
{
    if (sqlite3_column_type(row, column) != SQLITE_NULL)
        page_add_right(page, width, add, sqlite3_column_int64(row, column));
    else
        buffer_format(&page->text, "%*s", (int)width, "");
}

static void add_programs(struct page *page)
{
    sqlite3_stmt *program = page_elements(page, "programs", programs_sql);
    int64_t left = page_number(page, "process_count");

    if (program == NULL)
        return;
    begin_part(page, "processes", "          lived          CPU     failed");
    do {
        page_add_right(page, PAGE_LABEL_WIDTH, human_count, sqlite3_column_int64(program, 0));
        for (int i = 1; i < 3; i++)
            add_if_known(page, 13, program, i, human_duration);
        if (sqlite3_column_int64(program, 3) > 0)
            page_add_right(page, 11, human_count, sqlite3_column_int64(program, 3));
        else
            buffer_format(&page->text, "%11s", "");
        buffer_add_text(&page->text, "  ");
        page_add_cell(page, program, 4);
        page_end_line(page);
        left -= sqlite3_column_int64(program, 0);
    } while (sqlite3_step(program) == SQLITE_ROW);
    if (left > 0) {
        page_add_right(page, PAGE_LABEL_WIDTH, human_count, left);
        buffer_add_text(&page->text, "  of other programs\n");
    }
    sqlite3_finalize(program);
}

static void add_chain(struct page *page, const char *name, const char *heading, const char *of)
{
    sqlite3_stmt *process = page_elements(page, name, chain_sql);
    int depth = 0;

    if (process == NULL)
        return;
    begin_part(page, heading, of);
    do {
        add_if_known(page, 12, process, 0, human_duration);
        buffer_add_text(&page->text, " from ");
        add_if_known(page, 10, process, 1, human_ms);
        buffer_format(&page->text, " ms  %*s", 2 * depth++, "");
        page_add_cell(page, process, 2);
        buffer_add_text(&page->text, " (");
        page_add_cell(page, process, 3);
        buffer_add_char(&page->text, ')');
        page_add_cell(page, process, 4);
        page_end_line(page);
    } while (sqlite3_step(process) == SQLITE_ROW && depth < CHAIN_MOST);
    if (depth == CHAIN_MOST)
        buffer_add_text(&page->text, "         ...\n");
    sqlite3_finalize(process);
}

/* Two, or one if they are the same. */
static void add_chains(struct page *page)
{
    const char *last = (const char *)sqlite3_column_text(page->row,
                                                         page_column(page, "critical_chain")),
               *longest =
                   (const char *)sqlite3_column_text(page->row, page_column(page, "longest_chain"));
    bool is_same = last != NULL && longest != NULL && strcmp(last, longest) == 0;

    add_chain(page, "critical_chain", "critical chain",
              is_same ? ": each with its child that ended last and lived longest"
                      : ": each with its child that ended last");
    if (!is_same)
        add_chain(page, "longest_chain", "longest chain",
                  ": each with its child that lived longest");
}

static void add_exec_chains(struct page *page)
{
    sqlite3_stmt *chain = page_elements(page, "exec_chains", exec_chains_sql);

    if (chain == NULL)
        return;
    begin_part(page, "exec chains", "");
    do {
        page_add_right(page, PAGE_LABEL_WIDTH, human_count, sqlite3_column_int64(chain, 0));
        buffer_add_text(&page->text, "  ");
        page_add_cell(page, chain, 1);
        page_end_line(page);
    } while (sqlite3_step(chain) == SQLITE_ROW);
    sqlite3_finalize(chain);
}

static void add_unfollowed(struct page *page)
{
    int64_t ends = page_number(page, "unfollowed");

    if (ends == 0)
        return;
    page_end_line(page);
    page_begin_line(page, "children");
    buffer_add_text(&page->text, "not followed, the ends of ");
    human_count(&page->text, ends);
    buffer_add_text(&page->text, " or more were told by SIGCHLD; trailrec -f records them\n");
}

void page_add_processes(struct page *page)
{
    add_unfollowed(page);
    if (page_number(page, "process_count") < 2)
        return;
    add_programs(page);
    add_chains(page);
    add_exec_chains(page);
}
