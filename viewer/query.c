/* See query.h. */
#include "query.h"

#include "command.h"
#include "filter.h"
#include "follow.h"
#include "nearest.h"
#include "nothing.h"
#include "sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { TABLE_COLUMNS_AT_MOST = 32 };

/* A query while it prints. */
struct printing {
    struct viewer *viewer;
    const struct query *query;
    struct filter filter;
    struct column table_columns[TABLE_COLUMNS_AT_MOST];
    /* the statement's, with their names behind them; freed at the end */
    struct column *own_columns;
    struct buffer sql;
    size_t most; /* rows of a table on a terminal */
    bool has_begun, has_more;
};

static int has_several_processes(const struct viewer *viewer, bool *several,
                                 struct trail_error *error)
{
    *several = false;
    for (size_t i = 0; i < viewer->run_count && !*several; i++) {
        sqlite3 *db = viewer->runs[i].database->db;
        sqlite3_stmt *count =
            sql_prepare(db, "SELECT 1 FROM main.process WHERE run_id = ?1 LIMIT 1 OFFSET 1", error);
        if (count == NULL)
            return -1;
        sqlite3_bind_int64(count, 1, viewer->runs[i].run);
        *several = sqlite3_step(count) == SQLITE_ROW;
        sqlite3_finalize(count);
    }
    return 0;
}

/* Chooses a table's columns; puts their expressions into the SQL. */
static int add_table_columns(struct printing *printing, size_t *count, struct trail_error *error)
{
    bool several_runs = printing->viewer->run_count > 1, several_processes;

    if (has_several_processes(printing->viewer, &several_processes, error) != 0)
        return -1;
    *count = 0;
    for (const struct table_column *column = printing->query->table; column->title != NULL;
         column++) {
        struct column *shown = &printing->table_columns[*count];
        if (((column->flags & TABLE_SEVERAL_RUNS) && !several_runs) ||
            ((column->flags & TABLE_SEVERAL_PROCESSES) && !several_processes))
            continue;
        shown->name = column->title;
        shown->style = column->style;
        shown->flags = column->flags;
        buffer_add_text(&printing->sql, *count > 0 ? ", " : "");
        buffer_add_text(&printing->sql, column->expression);
        ++*count;
    }
    return 0;
}

static int add_order(struct printing *printing, struct trail_error *error)
{
    const struct query *query = printing->query;
    const struct sort_key *key = query->sort_keys;
    const char *nearest, *direction = printing->filter.is_reversed ? " DESC" : "";
    size_t count = 0;

    buffer_add_text(&printing->sql, " ORDER BY ");
    if (printing->filter.sort == NULL) {
        buffer_add_text(&printing->sql, query->order);
        buffer_add_text(&printing->sql, direction);
        return 0;
    }
    for (; key[count].name != NULL; count++) {
        if (strcmp(key[count].name, printing->filter.sort) == 0) {
            buffer_add_text(&printing->sql, key[count].expression);
            buffer_add_text(&printing->sql, direction);
            buffer_add_text(&printing->sql, ", ");
            buffer_add_text(&printing->sql, query->order);
            return 0;
        }
    }
    nearest = nearest_name(printing->filter.sort, &key[0].name, count, sizeof key[0]);
    return error_set(error, TRAIL_FAILED, 0, "cannot sort by '%s'; did you mean '%s'?",
                     printing->filter.sort, nearest != NULL ? nearest : key[0].name);
}

/* By which SQLite finds the rows. */
static bool stands_alone(const char *condition)
{
    return strncmp(condition, "seq IN", 6) == 0;
}

/*
 * AND CASE WHEN a THEN CASE WHEN b THEN 1 END END: unlike with a AND b, SQLite looks at b only
 * where a is true. What the index must see stands before that, by itself.
 */
static void add_conditions(struct printing *printing)
{
    const char *const *conditions = printing->query->conditions;
    const bool *given = printing->viewer->options.given;
    size_t count = 0;

    buffer_add_text(&printing->sql, " WHERE run = :run");
    if (given[OPTION_FOLLOW])
        buffer_format(&printing->sql, " AND %s > :after", printing->query->order);
    for (int i = 0; i < OPTIONS; i++) {
        if (conditions[i] == NULL || !given[i] || !stands_alone(conditions[i]))
            continue;
        buffer_add_text(&printing->sql, " AND ");
        buffer_add_text(&printing->sql, conditions[i]);
    }
    for (int i = 0; i < OPTIONS; i++) {
        if (conditions[i] == NULL || !given[i] || stands_alone(conditions[i]))
            continue;
        buffer_add_text(&printing->sql, count++ == 0 ? " AND CASE WHEN " : " CASE WHEN ");
        buffer_add_text(&printing->sql, conditions[i]);
        buffer_add_text(&printing->sql, " THEN");
    }
    buffer_add_text(&printing->sql, count > 0 ? " 1" : "");
    while (count-- > 0)
        buffer_add_text(&printing->sql, " END");
}

static void add_source(struct printing *printing)
{
    const struct query *query = printing->query;

    buffer_add_text(&printing->sql, query->sql != NULL ? "(" : "temp.");
    buffer_add_text(&printing->sql, query->sql != NULL ? query->sql : query->view);
    buffer_add_text(&printing->sql, query->sql != NULL ? ")" : "");
    add_conditions(printing);
}

/*
 * Of a view that numbers its rows, and so hands them out in that order, a screenful needs no other
 * rows. MATERIALIZED: else SQLite sorts all of them first.
 */
static int put_sql_together(struct printing *printing, size_t *column_count,
                            struct trail_error *error)
{
    const struct query *query = printing->query;
    bool is_for_people = printing->viewer->output.format->is_for_people,
         is_in_order =
             query->is_numbered && printing->filter.sort == NULL && !printing->filter.is_reversed,
         has_screenful = is_in_order && is_for_people && printing->filter.limit >= 0;

    if (has_screenful) {
        buffer_add_text(&printing->sql, "WITH shown AS MATERIALIZED (SELECT * FROM ");
        add_source(printing);
        buffer_add_text(&printing->sql, " LIMIT :limit) ");
    }
    buffer_add_text(&printing->sql, "SELECT ");
    *column_count = 0;
    if (!is_for_people)
        buffer_add_text(&printing->sql, query->data_columns != NULL ? query->data_columns : "*");
    else if (add_table_columns(printing, column_count, error) != 0)
        return -1;
    buffer_add_text(&printing->sql, has_screenful ? " FROM shown" : " FROM ");
    if (!has_screenful)
        add_source(printing);
    if ((is_for_people || !is_in_order) && add_order(printing, error) != 0)
        return -1;
    buffer_add_text(&printing->sql, " LIMIT :limit");
    return printing->sql.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
}

/* Prints until the result has `most` rows; returns 1 if there are more. */
static int print_rows(struct output *output, sqlite3_stmt *statement, size_t most,
                      struct trail_error *error)
{
    int step;

    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        if (output->row_count == most)
            return 1;
        for (size_t i = 0; i < output->column_count; i++)
            output->cells[i] = cell_of(statement, (int)i);
        if (output_row(output, output->cells, error) != 0)
            return -1;
    }
    return step == SQLITE_DONE ? 0 : sql_error(sqlite3_db_handle(statement), error);
}

/*
 * Columns as the statement names them, in one piece of memory with copies of the names: SQLite's
 * own last only until it prepares the statement anew. NULL and error without memory.
 */
static struct column *name_columns(sqlite3_stmt *statement, size_t *count,
                                   struct trail_error *error)
{
    size_t bytes = 1; /* also where there is no column */
    struct column *columns;
    char *names;

    *count = (size_t)sqlite3_column_count(statement);
    for (size_t i = 0; i < *count; i++) {
        const char *name = sqlite3_column_name(statement, (int)i);
        bytes += sizeof *columns + (name != NULL ? strlen(name) : 0) + 1;
    }
    if ((columns = calloc(1, bytes)) == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    names = (char *)(columns + *count);
    for (size_t i = 0; i < *count; i++) {
        const char *name = sqlite3_column_name(statement, (int)i);
        columns[i].name = names;
        strcpy(names, name != NULL ? name : "");
        names += strlen(names) + 1;
    }
    return columns;
}

static int print_run(struct printing *printing, const struct run_reference *run,
                     sqlite3_stmt *statement, struct trail_error *error)
{
    struct viewer *viewer = printing->viewer;
    int64_t limit = printing->filter.limit,
            left = limit < 0 ? -1 : limit - (int64_t)viewer->output.row_count;
    int more;

    sqlite3_bind_int64(statement, sqlite3_bind_parameter_index(statement, ":run"), run->run);
    sqlite3_bind_int64(statement, sqlite3_bind_parameter_index(statement, ":limit"), left);
    if ((more = print_rows(&viewer->output, statement, printing->most, error)) < 0)
        return error_context(error, "cannot read run %" PRId64 " of '%s'", (int64_t)run->run,
                             run->database->path);
    printing->has_more |= more > 0;
    sqlite3_reset(statement);
    return 0;
}

/*
 * Whether there is a module for --module, loaded, asked for in vain or imported; if not, no row
 * needs to be looked at.
 */
static int may_have_rows(struct printing *printing, sqlite3 *db, bool *may,
                         struct trail_error *error)
{
    sqlite3_stmt *modules;

    *may = true;
    if (!printing->viewer->options.given[OPTION_MODULE])
        return 0;
    modules = sql_prepare(
        db,
        "SELECT 1 FROM main.module WHERE trail_glob(:module, name, path) UNION ALL "
        "SELECT 1 FROM main.event_load_failed WHERE trail_glob(:module, name, name) UNION ALL "
        "SELECT 1 FROM main.import WHERE trail_glob(:module, name, name) LIMIT 1",
        error);
    if (modules == NULL)
        return -1;
    filter_bind(&printing->filter, modules);
    *may = sqlite3_step(modules) != SQLITE_DONE;
    sqlite3_finalize(modules);
    return 0;
}

/*
 * Prints the rows of the runs from `first` on that are in the same file; returns how far it came in
 * *next.
 */
static int print_file(struct printing *printing, struct database *database, size_t first,
                      size_t *next, sqlite3_stmt *statement, struct trail_error *error)
{
    struct viewer *viewer = printing->viewer;
    bool may;

    if (may_have_rows(printing, database->db, &may, error) != 0)
        return -1;
    for (*next = first; *next < viewer->run_count && viewer->runs[*next].database == database;
         ++*next)
        if (may && print_run(printing, &viewer->runs[*next], statement, error) != 0)
            return -1;
    return 0;
}

/* Starts the output with the table's columns, or with those of the first statement. */
static int begin_output(struct printing *printing, sqlite3_stmt *statement, size_t table_columns,
                        struct trail_error *error)
{
    const struct column *columns = printing->table_columns;
    size_t count = table_columns;

    if (count == 0) {
        if ((printing->own_columns = name_columns(statement, &count, error)) == NULL)
            return -1;
        columns = printing->own_columns;
    }
    printing->has_begun = true;
    return output_begin(&printing->viewer->output, columns, count, error);
}

static int print_files(struct printing *printing, size_t table_columns, struct trail_error *error)
{
    struct viewer *viewer = printing->viewer;
    size_t next = 0;
    int result;

    do {
        struct database *database =
            viewer->run_count > 0 ? viewer->runs[next].database : viewer->database;
        sqlite3_stmt *statement = sql_prepare(database->db, buffer_text(&printing->sql), error);
        if (statement == NULL)
            return error_context(error, "cannot read '%s'", database->path);
        filter_bind(&printing->filter, statement);
        result = printing->has_begun ? 0 : begin_output(printing, statement, table_columns, error);
        if (result == 0)
            result = print_file(printing, database, next, &next, statement, error);
        sqlite3_finalize(statement);
    } while (result == 0 && next < viewer->run_count);
    return result;
}

static bool has_printed_enough(const struct printing *printing)
{
    return printing->filter.limit >= 0 &&
           printing->viewer->output.row_count >= (size_t)printing->filter.limit;
}

/* Prints the rows of the one run, and those that come, until it is no longer recorded. */
static int print_following(struct printing *printing, size_t table_columns,
                           struct trail_error *error)
{
    struct viewer *viewer = printing->viewer;
    const struct run_reference *run = viewer->runs;
    sqlite3_stmt *statement = sql_prepare(run->database->db, buffer_text(&printing->sql), error);
    struct follow follow;
    int result;

    if (statement == NULL)
        return error_context(error, "cannot read '%s'", run->database->path);
    filter_bind(&printing->filter, statement);
    result = follow_init(&follow, run, error) != 0
                 ? -1
                 : begin_output(printing, statement, table_columns, error);
    while (result == 0) {
        if (follow_look(&follow, statement, error) != 0 ||
            print_run(printing, run, statement, error) != 0)
            result = -1;
        else if (!follow.is_recording || has_printed_enough(printing))
            break;
        else if (output_flush(&viewer->output, error) != 0 || follow_wait(&follow, error) != 0)
            result = -1;
    }
    sqlite3_finalize(statement);
    follow_release(&follow);
    return result;
}

/* Where somebody reads along and did not say how many rows, some are enough. */
static void limit_for_terminal(struct printing *printing)
{
    const struct viewer *viewer = printing->viewer;

    printing->most = SIZE_MAX;
    if (printing->query->most_on_terminal == 0 || !viewer->output.is_terminal ||
        !viewer_prints_table(viewer) || viewer->options.given[OPTION_FOLLOW] ||
        printing->filter.limit >= 0)
        return;
    printing->most = printing->query->most_on_terminal;
    printing->filter.limit = (int64_t)printing->most + 1;
}

static void say_more(const struct printing *printing)
{
    char line[80];

    snprintf(line, sizeof line, "... the first %zu; -n N shows the first N", printing->most);
    if (printing->has_more)
        output_lines(&printing->viewer->output, line);
}

int query_print(struct viewer *viewer, const struct query *query, struct trail_error *error)
{
    struct printing printing = {.viewer = viewer, .query = query};
    bool follows = viewer->options.given[OPTION_FOLLOW];
    size_t table_columns;
    int result = -1;

    if (follows && follow_check(viewer, error) != 0)
        return -1;
    if (filter_parse(&viewer->options, &printing.filter, error) == 0) {
        limit_for_terminal(&printing);
        if (put_sql_together(&printing, &table_columns, error) == 0)
            result = follows ? print_following(&printing, table_columns, error)
                             : print_files(&printing, table_columns, error);
    }
    if (printing.has_begun && output_end(&viewer->output, result == 0 ? error : NULL) != 0)
        result = -1;
    if (result == 0 && viewer->output.row_count == 0 && query->rows != NULL)
        nothing_say(viewer, query);
    if (result == 0)
        say_more(&printing);
    free(printing.own_columns);
    buffer_release(&printing.sql);
    return result;
}

int query_print_statement(struct viewer *viewer, sqlite3_stmt *statement, struct trail_error *error)
{
    size_t count;
    struct column *columns = name_columns(statement, &count, error);
    int result;

    if (columns == NULL)
        return -1;
    result = output_begin(&viewer->output, columns, count, error);
    if (result == 0)
        result = print_rows(&viewer->output, statement, SIZE_MAX, error);
    if (output_end(&viewer->output, result == 0 ? error : NULL) != 0)
        result = -1;
    free(columns);
    return result;
}
