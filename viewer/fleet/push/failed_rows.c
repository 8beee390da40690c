/* See failed_rows.h. */
#include "failed_rows.h"

#include "sql.h"
#include "viewer_sql.h"

#include <string.h>

static int begin(struct row_source *source, struct pushed_run *run, struct trail_error *error)
{
    struct failed_rows *failed = (struct failed_rows *)source;

    failed->row = statements_get(&failed->statements, failed->db, sql_push_failed, error);
    if (failed->row == NULL)
        return -1;
    sqlite3_reset(failed->row);
    sqlite3_bind_int64(failed->row, 1, run->run);
    return 0;
}

static int next(struct row_source *source, struct buffer *row, struct trail_error *error)
{
    struct failed_rows *failed = (struct failed_rows *)source;
    int step = sqlite3_step(failed->row), columns = sqlite3_column_count(failed->row);

    if (step == SQLITE_DONE)
        sqlite3_reset(failed->row);
    if (step != SQLITE_ROW)
        return step == SQLITE_DONE ? 0 : sql_error(failed->db, error);
    for (int i = 0; i < columns; i++)
        row_add_column(row, failed->row, i, i < 4 ? ROW_INTEGER : ROW_TEXT,
                       i >= 2 && i + 1 < columns);
    return 1;
}

void failed_rows_open(struct failed_rows *failed, sqlite3 *db)
{
    failed->db = db;
    failed->source = (struct row_source){
        "failed_load",
        "seq, t_ns, pid, tid, what, name, words, needed_by, asked_by, object, request, load_phase, "
        "status, source",
        begin, next};
}

void failed_rows_release(struct failed_rows *failed)
{
    statements_release(&failed->statements);
    memset(failed, 0, sizeof *failed);
}
