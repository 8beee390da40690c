/* trailview info: facts about the file itself, or about a run and what it ran in. */
#include "command.h"
#include "query.h"
#include "selector.h"
#include "viewer_sql.h"
#include "sql.h"

/* For people: a fact a line; the last column is the tables. */
static int print_facts(struct viewer *viewer, sqlite3_stmt *row, struct trail_error *error)
{
    static const struct column columns[] = {{.name = "fact", .style = STYLE_TITLE},
                                            {.name = "value"}};
    int result = output_begin(&viewer->output, columns, 2, error);

    for (int i = 0; result == 0 && i + 1 < sqlite3_column_count(row); i++) {
        const char *name = sqlite3_column_name(row, i);
        struct cell cells[2] = {cell_text(name), cell_of(row, i)};
        result = output_row(&viewer->output, cells, error);
    }
    return output_end(&viewer->output, result == 0 ? error : NULL) != 0 ? -1 : result;
}

/* The one text of a statement that was prepared, NULL if there is none; to be freed by SQLite. */
static char *only_text(sqlite3_stmt *statement)
{
    char *text = NULL;

    if (statement != NULL && sqlite3_step(statement) == SQLITE_ROW &&
        sqlite3_column_type(statement, 0) == SQLITE_TEXT)
        text = sqlite3_mprintf("%s", sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return text;
}

/*
 * How large each table is, as JSON; only how many rows it has where SQLite lacks dbstat. NULL where
 * the file is too damaged for that: 'verify' says it.
 */
static char *measure_tables(sqlite3 *db)
{
    char *tables = NULL;

    for (int with_bytes = 1; with_bytes >= 0 && tables == NULL; with_bytes--) {
        sqlite3_stmt *how = sql_prepare(db, sql_info_tables, NULL);
        char *sql;
        if (how != NULL)
            sqlite3_bind_int(how, 1, with_bytes);
        sql = only_text(how);
        tables = sql != NULL ? only_text(sql_prepare(db, sql, NULL)) : NULL;
        sqlite3_free(sql);
    }
    return tables;
}

static int print_tables(struct viewer *viewer, sqlite3 *db, const char *tables,
                        struct trail_error *error)
{
    static const struct column columns[] = {
        {.name = "table", .style = STYLE_TITLE},
        {.name = "rows", .style = STYLE_COUNT},
        {.name = "size", .style = STYLE_BYTES, .flags = COLUMN_HIDE_EMPTY},
        {.name = "share", .style = STYLE_PERCENT, .flags = COLUMN_HIDE_EMPTY}};
    sqlite3_stmt *rows = sql_prepare(
        db,
        "SELECT json_extract(value, '$.table'), json_extract(value, '$.rows'), "
        "json_extract(value, '$.bytes') AS bytes, 100.0 * json_extract(value, '$.bytes') / "
        "((SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)) "
        "FROM json_each(?1)",
        error);
    struct output *output = &viewer->output;
    int result = rows != NULL ? 0 : -1;

    if (result != 0)
        return -1;
    sqlite3_bind_text(rows, 1, tables, -1, SQLITE_STATIC);
    output->follows_another = true;
    output->heading = "what takes the space";
    result = output_begin(output, columns, 4, error);
    while (result == 0 && sqlite3_step(rows) == SQLITE_ROW) {
        struct cell cells[4];
        for (int i = 0; i < 4; i++)
            cells[i] = cell_of(rows, i);
        result = output_row(output, cells, error);
    }
    if (output_end(output, result == 0 ? error : NULL) != 0)
        result = -1;
    sqlite3_finalize(rows);
    return result;
}

static int print_for_people(struct viewer *viewer, sqlite3_stmt *row, const char *tables,
                            struct trail_error *error)
{
    if (sqlite3_step(row) != SQLITE_ROW)
        return sql_error(sqlite3_db_handle(row), error);
    viewer->output.is_followed = tables != NULL;
    if (print_facts(viewer, row, error) != 0)
        return -1;
    viewer->output.is_followed = false;
    return tables == NULL ? 0 : print_tables(viewer, sqlite3_db_handle(row), tables, error);
}

static int print_info(struct viewer *viewer, const struct database *database,
                      struct trail_error *error)
{
    sqlite3_stmt *row = sql_prepare(database->db, sql_info, error);
    char *tables;
    int result;

    if (row == NULL)
        return -1;
    tables = measure_tables(database->db);
    sqlite3_bind_text(row, sqlite3_bind_parameter_index(row, ":path"), database->path, -1,
                      SQLITE_STATIC);
    sqlite3_bind_text(row, sqlite3_bind_parameter_index(row, ":tables"), tables, -1, SQLITE_STATIC);
    result = viewer->output.format->is_for_people ? print_for_people(viewer, row, tables, error)
                                                  : query_print_statement(viewer, row, error);
    sqlite3_finalize(row);
    sqlite3_free(tables);
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
    .summary =
        "facts about the file and what takes its space, or about a run: machine, environment",
    .arguments = "[FILE|RUN]",
    .details = "Of variables that do not steer loading or locale only a check value was kept, "
               "which shows most changes.\n",
    .options = 0,
    .flags = COMMAND_TAKES_ARGUMENTS,
    .run = run,
};
