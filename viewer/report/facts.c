/* See facts.h. */
#include "facts.h"

#include "buffer.h"
#include "sql.h"
#include "viewer_sql.h"

sqlite3_stmt *facts_find(const struct run_reference *run, struct trail_error *error)
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
