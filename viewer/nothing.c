/* See nothing.h. */
#include "nothing.h"

#include "sql.h"
#include "viewer_sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_NAMED = 4 };

/* The options that narrow the query, as they were given: empty if none was. */
static void add_filters(struct buffer *text, const struct viewer *viewer, const struct query *query)
{
    for (int i = 0; i < OPTIONS; i++) {
        if (query->conditions[i] == NULL || !viewer->options.given[i])
            continue;
        buffer_format(text, " --%s %s", options_list[i].name, viewer->options.argument[i]);
    }
}

static bool has_rows(const struct query *query, const struct run_reference *run)
{
    struct buffer sql = {0};
    struct trail_error error;
    sqlite3_stmt *statement;
    bool has = false;

    if (query->view == NULL)
        return false;
    buffer_format(&sql, "SELECT 1 FROM temp.%s WHERE run = :run LIMIT 1", query->view);
    statement = sql_prepare(run->database->db, buffer_text(&sql), &error);
    if (statement != NULL) {
        sqlite3_bind_int64(statement, sqlite3_bind_parameter_index(statement, ":run"), run->run);
        has = sqlite3_step(statement) == SQLITE_ROW;
        sqlite3_finalize(statement);
    }
    buffer_release(&sql);
    return has;
}

static const char *text_of(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);

    return text != NULL ? text : "?";
}

/* The number of --pid, which the query has read before. */
static void bind_process(const struct viewer *viewer, sqlite3_stmt *reasons)
{
    const char *pid = viewer->options.argument[OPTION_PID];

    if (pid != NULL)
        sqlite3_bind_int64(reasons, sqlite3_bind_parameter_index(reasons, ":pid"),
                           strtoll(pid, NULL, 0));
}

/* "not observed (no dynamic loader)" of a process, and how many more there are. */
static void add_unobserved(struct buffer *text, sqlite3_stmt *reasons)
{
    int64_t more = sqlite3_column_int64(reasons, 1) - 1;

    buffer_format(text, "those of %s (process %s) were %s", text_of(reasons, 2),
                  text_of(reasons, 3), text_of(reasons, 4));
    if (more > 0)
        buffer_format(text, ", nor were those of %" PRId64 " more", more);
}

static void add_reason(struct buffer *text, const struct viewer *viewer, const struct query *query,
                       const struct run_reference *run)
{
    struct trail_error error;
    sqlite3_stmt *reasons = sql_prepare(run->database->db, sql_nothing, &error);
    bool found = false;

    if (reasons != NULL) {
        sqlite3_bind_int64(reasons, sqlite3_bind_parameter_index(reasons, ":run"), run->run);
        bind_process(viewer, reasons);
        found = sqlite3_step(reasons) == SQLITE_ROW;
    }
    if (found && query->is_of_loader && sqlite3_column_int64(reasons, 1) > 0)
        add_unobserved(text, reasons);
    else if (found && sqlite3_column_int64(reasons, 0) != 0)
        buffer_add_text(text, "none has come yet, it is being recorded");
    else
        buffer_add_text(text, query->nothing);
    sqlite3_finalize(reasons);
}

static void say_of_run(const struct viewer *viewer, const struct query *query,
                       const struct run_reference *run, const char *filters)
{
    struct buffer text = {0};

    if (filters[0] != '\0' && has_rows(query, run)) {
        buffer_format(&text, "none of the %s of run %" PRId64 " fit%s", query->rows,
                      (int64_t)run->run, filters);
        if (query->is_of_loader && viewer->options.given[OPTION_PID]) {
            buffer_add_text(&text, "; ");
            add_reason(&text, viewer, query, run);
        }
    } else if (viewer->options.given[OPTION_LIMIT] && has_rows(query, run)) {
        buffer_format(&text, "--limit %s shows none of the %s of run %" PRId64,
                      viewer->options.argument[OPTION_LIMIT], query->rows, (int64_t)run->run);
    } else {
        buffer_format(&text, "run %" PRId64 " has no %s: ", (int64_t)run->run, query->rows);
        add_reason(&text, viewer, query, run);
    }
    viewer_say(buffer_text(&text));
    buffer_release(&text);
}

void nothing_say(const struct viewer *viewer, const struct query *query)
{
    struct buffer filters = {0};
    char more[64];

    add_filters(&filters, viewer, query);
    for (size_t i = 0; i < viewer->run_count && i < RUNS_NAMED; i++)
        say_of_run(viewer, query, &viewer->runs[i], buffer_text(&filters));
    if (viewer->run_count > RUNS_NAMED) {
        snprintf(more, sizeof more, "nor have %zu more runs", viewer->run_count - RUNS_NAMED);
        viewer_say(more);
    }
    buffer_release(&filters);
}
