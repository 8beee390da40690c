/* See row.h. */
#include "row.h"

#include "buffer.h"
#include "sql.h"
#include "viewer_sql.h"

#include <string.h>

static int find(sqlite3_stmt *row, const char *name)
{
    int count = sqlite3_column_count(row), column = 0;

    while (column < count && strcmp(sqlite3_column_name(row, column), name) != 0)
        column++;
    return column; /* SQLite takes one that is not there for NULL */
}

const char *row_text(sqlite3_stmt *row, const char *name)
{
    const char *text = (const char *)sqlite3_column_text(row, find(row, name));

    return text != NULL ? text : "";
}

int64_t row_number(sqlite3_stmt *row, const char *name)
{
    return sqlite3_column_int64(row, find(row, name));
}

bool row_has(sqlite3_stmt *row, const char *name)
{
    return sqlite3_column_type(row, find(row, name)) != SQLITE_NULL;
}

sqlite3_stmt *row_find_facts(const struct run_reference *run, struct trail_error *error)
{
    sqlite3 *db = run->database->db;
    struct buffer sql = {0};
    sqlite3_stmt *row = NULL;

    buffer_add_text(&sql, "WITH s AS MATERIALIZED (");
    buffer_add_text(&sql, sql_summary);
    buffer_add_text(&sql, ") ");
    buffer_add_text(&sql, sql_report_facts);
    if (sql.failed)
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    else
        row = sql_prepare(db, buffer_text(&sql), error);
    buffer_release(&sql);
    if (row == NULL)
        return NULL;
    sqlite3_bind_int64(row, sqlite3_bind_parameter_index(row, ":run"), run->run);
    if (sqlite3_step(row) == SQLITE_ROW)
        return row;
    sql_error(db, error);
    sqlite3_finalize(row);
    return NULL;
}
