/* See merge.h. Rows are copied as they are, but for the numbers of what they refer to. */
#include "merge.h"

#include "array.h"
#include "copied_ids.h"
#include "run_tables.h"
#include "sql.h"
#include "text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 64 };

/* What a column holds: a value, or the number of something that has another one over there. */
enum column_role { COLUMN_VALUE, COLUMN_RUN, COLUMN_MODULE, COLUMN_FRAME, COLUMN_STACK };

struct merging {
    sqlite3 *from, *to;
    struct copied_ids ids;
    struct trail_error *error;
};

/* A table while its rows are copied. */
struct table_copy {
    sqlite3_stmt *read, *write;
    enum column_role roles[COLUMNS_MAX];
    int count;
};

static enum column_role role_of(const char *column)
{
    return strcmp(column, "run_id") == 0         ? COLUMN_RUN
           : text_ends_with(column, "module_id") ? COLUMN_MODULE
           : text_ends_with(column, "frame_id")  ? COLUMN_FRAME
           : strcmp(column, "stack_id") == 0     ? COLUMN_STACK
                                                 : COLUMN_VALUE;
}

static void release_copy(struct table_copy *copy)
{
    sqlite3_finalize(copy->read);
    sqlite3_finalize(copy->write);
}

/* "INSERT INTO t (a, b) VALUES (?, ?)" for the columns that the other file's table has. */
static sqlite3_stmt *prepare_write(struct merging *merging, const char *table,
                                   struct table_copy *copy)
{
    sqlite3_str *sql = sqlite3_str_new(NULL), *values = sqlite3_str_new(NULL);
    sqlite3_stmt *write = NULL;
    char *text, *marks;

    sqlite3_str_appendf(sql, "INSERT INTO main.\"%w\" (", table);
    for (int i = 0; i < copy->count; i++) {
        sqlite3_str_appendf(sql, "%s\"%w\"", i > 0 ? ", " : "", sqlite3_column_name(copy->read, i));
        sqlite3_str_appendall(values, i > 0 ? ", ?" : "?");
    }
    marks = sqlite3_str_finish(values);
    sqlite3_str_appendf(sql, ") VALUES (%s)", marks != NULL ? marks : "");
    sqlite3_free(marks);
    text = sqlite3_str_finish(sql);
    if (text == NULL)
        error_set(merging->error, TRAIL_FAILED, 0, "out of memory");
    else
        write = sql_prepare(merging->to, text, merging->error);
    sqlite3_free(text);
    return write;
}

/* `condition` chooses the rows of run ?1. Returns 0, or -1 and error; release_copy in either case.
 */
static int prepare_copy(struct merging *merging, const char *table, const char *columns,
                        const char *condition, struct table_copy *copy)
{
    char *sql = sqlite3_mprintf("SELECT %s FROM main.\"%w\" WHERE %s", columns, table, condition);

    memset(copy, 0, sizeof *copy);
    if (sql == NULL)
        return error_set(merging->error, TRAIL_FAILED, 0, "out of memory");
    copy->read = sql_prepare(merging->from, sql, merging->error);
    sqlite3_free(sql);
    if (copy->read == NULL)
        return -1;
    copy->count = sqlite3_column_count(copy->read);
    if (copy->count > COLUMNS_MAX)
        return error_set(merging->error, TRAIL_DAMAGED, 0, "the table %s has too many columns",
                         table);
    for (int i = 0; i < copy->count; i++)
        copy->roles[i] = role_of(sqlite3_column_name(copy->read, i));
    copy->write = prepare_write(merging, table, copy);
    return copy->write != NULL ? 0 : -1;
}

static int bind_column(struct merging *merging, const struct table_copy *copy, int column,
                       sqlite3_int64 run)
{
    static const enum copied_kind kinds[] = {[COLUMN_MODULE] = COPIED_MODULE,
                                             [COLUMN_FRAME] = COPIED_FRAME,
                                             [COLUMN_STACK] = COPIED_STACK};
    enum column_role role = copy->roles[column];
    sqlite3_int64 there;

    if (role == COLUMN_RUN)
        return sqlite3_bind_int64(copy->write, column + 1, run);
    if (role == COLUMN_VALUE || sqlite3_column_type(copy->read, column) == SQLITE_NULL)
        return sqlite3_bind_value(copy->write, column + 1,
                                  sqlite3_column_value(copy->read, column));
    if (copied_id(&merging->ids, kinds[role], sqlite3_column_int64(copy->read, column), &there,
                  merging->error) != 0)
        return -1;
    return there != 0 ? sqlite3_bind_int64(copy->write, column + 1, there)
                      : sqlite3_bind_null(copy->write, column + 1);
}

/* Copies the rows of a run; `there` is what the run is called over there. */
static int copy_rows(struct merging *merging, struct table_copy *copy, sqlite3_int64 run,
                     sqlite3_int64 there)
{
    int result = 0, step = SQLITE_DONE;

    sqlite3_bind_int64(copy->read, 1, run);
    while (result == 0 && (step = sqlite3_step(copy->read)) == SQLITE_ROW) {
        for (int i = 0; i < copy->count && result == 0; i++)
            result = bind_column(merging, copy, i, there);
        if (result == 0 && sqlite3_step(copy->write) != SQLITE_DONE)
            result = sql_error(merging->to, merging->error);
        sqlite3_reset(copy->write);
    }
    if (result == 0 && step != SQLITE_DONE)
        result = sql_error(merging->from, merging->error);
    sqlite3_reset(copy->read);
    return result;
}

/* The columns of `run` but for its number, which is a new one over there; sqlite3_free. */
static char *run_columns(struct merging *merging)
{
    sqlite3_stmt *row = sql_prepare(merging->to,
                                    "SELECT group_concat('\"' || name || '\"') FROM "
                                    "pragma_table_info('run') WHERE name <> 'id'",
                                    merging->error);
    char *columns = NULL;

    if (row != NULL && sqlite3_step(row) == SQLITE_ROW)
        columns = sqlite3_mprintf("%s", (const char *)sqlite3_column_text(row, 0));
    if (row != NULL && columns == NULL)
        error_set(merging->error, TRAIL_FAILED, 0, "out of memory");
    sqlite3_finalize(row);
    return columns;
}

/* The runs that are copied: pairs of numbers, here and there. */
struct pairs {
    sqlite3_int64 *numbers;
    size_t count;
};

static int add_pair(struct merging *merging, struct pairs *pairs, sqlite3_int64 run)
{
    sqlite3_int64 *numbers =
        array_with_room(pairs->numbers, pairs->count, 2 * sizeof *pairs->numbers);

    if (numbers == NULL)
        return error_set(merging->error, TRAIL_FAILED, 0, "out of memory");
    pairs->numbers = numbers;
    numbers[2 * pairs->count] = run;
    numbers[2 * pairs->count++ + 1] = sqlite3_last_insert_rowid(merging->to);
    return 0;
}

static int copy_table(struct merging *merging, const char *table, const struct pairs *pairs)
{
    struct table_copy copy;
    int result = prepare_copy(merging, table, "*", "run_id = ?1", &copy);

    for (size_t i = 0; result == 0 && i < pairs->count; i++)
        result = copy_rows(merging, &copy, pairs->numbers[2 * i], pairs->numbers[2 * i + 1]);
    release_copy(&copy);
    return result;
}

static int copy_tables(struct merging *merging, const struct pairs *pairs)
{
    struct run_tables tables = {0};
    int result = run_tables_find(&tables, merging->to, merging->error);

    for (size_t i = 0; result == 0 && i < tables.count; i++)
        result = copy_table(merging, tables.names[i], pairs);
    run_tables_release(&tables);
    return result;
}

/* The number over there of the run in this row; 0 if it is not there. */
static sqlite3_int64 find_run(sqlite3_stmt *find, sqlite3_stmt *run)
{
    sqlite3_int64 there = 0;

    sqlite3_bind_value(find, 1, sqlite3_column_value(run, 1));
    if (sqlite3_step(find) == SQLITE_ROW)
        there = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return there;
}

struct run_copy {
    sqlite3_stmt *each, *find;
    struct table_copy row;
    struct pairs new;
    merge_report report;
    void *context;
};

/* The rows of `run` themselves. */
static int copy_runs(struct merging *merging, struct run_copy *copy)
{
    int result = 0, step = SQLITE_DONE;

    while (result == 0 && (step = sqlite3_step(copy->each)) == SQLITE_ROW) {
        sqlite3_int64 run = sqlite3_column_int64(copy->each, 0),
                      there = find_run(copy->find, copy->each);
        const char *state = (const char *)sqlite3_column_text(copy->each, 2);
        if (state != NULL && strcmp(state, "recording") == 0)
            return error_set(merging->error, TRAIL_FAILED, 0,
                             "run %" PRId64 " is still being recorded", (int64_t)run);
        if (there == 0)
            result = copy_rows(merging, &copy->row, run, 0) != 0
                         ? -1
                         : add_pair(merging, &copy->new, run);
        if (result == 0)
            result = copy->report(copy->context, run,
                                  there != 0 ? there : sqlite3_last_insert_rowid(merging->to),
                                  there == 0, merging->error);
    }
    if (result == 0 && step != SQLITE_DONE)
        result = sql_error(merging->from, merging->error);
    return result;
}

static int merge(struct merging *merging, struct run_copy *copy)
{
    char *columns = run_columns(merging);
    int result =
        columns != NULL && prepare_copy(merging, "run", columns, "id = ?1", &copy->row) == 0 ? 0
                                                                                             : -1;

    sqlite3_free(columns);
    if (result == 0 &&
        ((copy->each =
              sql_prepare(merging->from, "SELECT id, uuid, state FROM main.run ORDER BY id",
                          merging->error)) == NULL ||
         (copy->find = sql_prepare(merging->to, "SELECT id FROM main.run WHERE uuid = ?1",
                                   merging->error)) == NULL))
        result = -1;
    if (result == 0)
        result = copy_runs(merging, copy);
    return result == 0 && copy->new.count > 0 ? copy_tables(merging, &copy->new) : result;
}

int merge_runs(sqlite3 *from, sqlite3 *to, merge_report report, void *context,
               struct trail_error *error)
{
    struct merging merging = {from, to, {.from = from, .to = to}, error};
    struct run_copy copy = {.report = report, .context = context};
    int result = sql_run(to, "BEGIN IMMEDIATE", error);

    if (result != 0)
        return -1;
    result = merge(&merging, &copy);
    sqlite3_finalize(copy.each);
    sqlite3_finalize(copy.find);
    release_copy(&copy.row);
    free(copy.new.numbers);
    copied_ids_release(&merging.ids);
    if (result == 0 && sql_run(to, "COMMIT", error) == 0)
        return 0;
    sqlite3_exec(to, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}
