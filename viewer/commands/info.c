/* trailview info: facts about the file itself, or about a run and what it ran in. */
#include "command.h"
#include "query.h"
#include "selector.h"
#include "viewer_sql.h"
#include "sql.h"

/* For people: a fact a line. */
static int print_facts(struct viewer *viewer, sqlite3_stmt *row, struct trail_error *error)
{
    static const struct column columns[] = {{.name = "fact", .style = STYLE_TITLE},
                                            {.name = "value"}};
    int result = output_begin(&viewer->output, columns, 2, error);

    for (int i = 0; result == 0 && i < sqlite3_column_count(row); i++) {
        const char *name = sqlite3_column_name(row, i);
        struct cell cells[2] = {cell_text(name), cell_of(row, i)};
        result = output_row(&viewer->output, cells, error);
    }
    return output_end(&viewer->output, result == 0 ? error : NULL) != 0 ? -1 : result;
}

static int print_info(struct viewer *viewer, const struct database *database,
                      struct trail_error *error)
{
    sqlite3_stmt *row = sql_prepare(database->db, sql_info, error);
    int result = -1;

    if (row == NULL)
        return -1;
    sqlite3_bind_text(row, sqlite3_bind_parameter_index(row, ":path"), database->path, -1,
                      SQLITE_STATIC);
    if (!viewer_prints_table(viewer))
        result = query_print_statement(viewer, row, error);
    else if (sqlite3_step(row) == SQLITE_ROW)
        result = print_facts(viewer, row, error);
    else
        sql_error(database->db, error);
    sqlite3_finalize(row);
    return result;
}

static int print_run(struct viewer *viewer, const struct run_reference *run,
                     struct trail_error *error)
{
    sqlite3_stmt *rows = sql_prepare(run->database->db, sql_info_run, error);
    int result;

    if (rows == NULL)
        return -1;
    sqlite3_bind_int64(rows, 1, run->run);
    result = query_print_statement(viewer, rows, error);
    sqlite3_finalize(rows);
    return result;
}

static int print_runs(struct viewer *viewer, struct trail_error *error)
{
    int result = selector_add_runs(viewer, viewer->arguments[0], error);

    if (result == 0 && viewer->run_count != 1)
        return error_set(error, TRAIL_FAILED, 0, "'info' takes one run, but '%s' are %zu",
                         viewer->arguments[0], viewer->run_count);
    return result == 0 ? print_run(viewer, &viewer->runs[0], error) : -1;
}

/* A bare FILE means the file here. */
static bool is_run(const char *text)
{
    struct selector selector;

    return selector_parse(text, &selector) || selector_split(text, NULL) != NULL;
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    const char *path = viewer->argument_count > 0 ? viewer->arguments[0] : viewer->path;
    struct database *database;

    if (viewer->argument_count > 1)
        return error_set(error, TRAIL_FAILED, 0,
                         "'info' takes one file or run, but there is also '%s'",
                         viewer->arguments[1]);
    if (viewer->argument_count == 1 && is_run(viewer->arguments[0]))
        return print_runs(viewer, error);
    if ((database = viewer_open(viewer, path, error)) == NULL)
        return -1;
    return print_info(viewer, database, error) == 0
               ? 0
               : error_context(error, "cannot read '%s'", path);
}

const struct command command_info = {
    .name = "info",
    .summary = "facts about the file, or about a run: machine, environment",
    .arguments = "[FILE|RUN]",
    .details = "Of variables that do not steer loading or locale only a check value was kept, "
               "which shows most changes.\n",
    .options = 0,
    .flags = COMMAND_TAKES_ARGUMENTS,
    .run = run,
};
