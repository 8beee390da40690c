/* See prune.h. */
#include "prune.h"

#include "file.h"
#include "recovery.h"
#include "run_tables.h"
#include "sql.h"

#include <stdio.h>

enum { PAGES_AT_ONCE = 4096 };

bool prune_has_ring(sqlite3 *db, sqlite3_int64 run)
{
    char *path = recovery_ring_path(db, run);
    bool has = path == NULL || file_look(path, NULL, NULL) != 0;

    sqlite3_free(path);
    return has;
}

/* SQL that was put together with sqlite3_mprintf, which this frees. */
static int run_sql(sqlite3 *db, char *sql, struct trail_error *error)
{
    int result =
        sql == NULL ? error_set(error, TRAIL_FAILED, 0, "out of memory") : sql_run(db, sql, error);

    sqlite3_free(sql);
    return result;
}

/* Inside a transaction. */
static int may_go(sqlite3 *db, sqlite3_int64 run, bool *may, struct trail_error *error)
{
    sqlite3_stmt *row =
        sql_prepare(db, "SELECT 1 FROM main.run WHERE id = ?1 AND state <> 'recording'", error);

    if (row == NULL)
        return -1;
    sqlite3_bind_int64(row, 1, run);
    *may = sqlite3_step(row) == SQLITE_ROW && !prune_has_ring(db, run);
    return sqlite3_finalize(row) == SQLITE_OK ? 0 : sql_error(db, error);
}

static int delete_run(sqlite3 *db, sqlite3_int64 run, struct trail_error *error)
{
    struct run_tables tables = {0};
    int result = run_tables_find(&tables, db, error);

    for (size_t i = 0; result == 0 && i < tables.count; i++)
        result = run_sql(db,
                         sqlite3_mprintf("DELETE FROM main.\"%w\" WHERE run_id = %lld",
                                         tables.names[i], (long long)run),
                         error);
    run_tables_release(&tables);
    return result != 0
               ? -1
               : run_sql(db,
                         sqlite3_mprintf("DELETE FROM main.run WHERE id = %lld", (long long)run),
                         error);
}

static int end_transaction(sqlite3 *db, int result, struct trail_error *error)
{
    if (result == 0 && sql_run(db, "COMMIT", error) == 0)
        return 0;
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}

int prune_run(sqlite3 *db, sqlite3_int64 run, struct trail_error *error)
{
    bool may = false;
    int result = sql_run(db, "BEGIN IMMEDIATE", error);

    if (result != 0)
        return -1;
    result = may_go(db, run, &may, error);
    if (result == 0 && may)
        result = delete_run(db, run, error);
    return end_transaction(db, result, error) != 0 ? -1 : may;
}

/*
 * Deletes the rows of a table to whose id no column refers whose name ends so, but those of `but`,
 * which go with the row. SQLite puts the statement together: a new table needs no word here.
 */
static int delete_unused(sqlite3 *db, const char *table, const char *ending, const char *but,
                         struct trail_error *error)
{
    static const char text[] =
        "SELECT printf('DELETE FROM main.\"%%w\" WHERE id NOT IN (SELECT id FROM (%%s%%s) WHERE id "
        "IS NOT NULL)', %Q, group_concat(printf('SELECT \"%%w\" AS id FROM main.\"%%w\"', c.name, "
        "m.name), ' UNION ALL '), %Q) FROM main.sqlite_schema m JOIN pragma_table_info(m.name) c "
        "WHERE m.type = 'table' AND c.name LIKE '%%%q' AND m.name <> %Q";
    static const char of_stacks[] = " UNION ALL SELECT j.value FROM main.stack s, json_each(iif("
                                    "json_valid(s.frames), s.frames, '[]')) j";
    char *sql = sqlite3_mprintf(text, table, ending[0] == 'f' ? of_stacks : "", ending, but);
    sqlite3_stmt *row = sql != NULL ? sql_prepare(db, sql, error) : NULL;
    int result = -1;

    if (sql == NULL)
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    else if (row != NULL && sqlite3_step(row) == SQLITE_ROW &&
             sqlite3_column_type(row, 0) != SQLITE_NULL)
        result = sql_run(db, (const char *)sqlite3_column_text(row, 0), error);
    else if (row != NULL)
        sql_error(db, error);
    sqlite3_finalize(row);
    sqlite3_free(sql);
    return result;
}

static int delete_shared(sqlite3 *db, struct trail_error *error)
{
    sqlite3_int64 recording;

    if (sql_integer(db, "SELECT EXISTS (SELECT 1 FROM main.run WHERE state = 'recording')",
                    &recording, error) != 0)
        return -1;
    if (recording)
        return 0;
    return delete_unused(db, "stack", "stack_id", "", error) != 0 ||
                   delete_unused(db, "frame", "frame_id", "", error) != 0 ||
                   delete_unused(db, "module", "module_id", "import", error) != 0
               ? -1
               : sql_run(db,
                         "DELETE FROM main.import WHERE module_id NOT IN (SELECT id FROM "
                         "main.module)",
                         error);
}

int prune_shared(sqlite3 *db, struct trail_error *error)
{
    return sql_run(db, "BEGIN IMMEDIATE", error) != 0
               ? -1
               : end_transaction(db, delete_shared(db, error), error);
}

/*
 * A recorder waits only for a few pages. A file that cannot give pages back (none of trailrec's) is
 * written anew, if nobody has it open.
 */
int prune_give_back(sqlite3 *db, struct trail_error *error)
{
    sqlite3_int64 pages, before = -1, vacuum;
    char sql[64];

    if (sql_integer(db, "PRAGMA auto_vacuum", &vacuum, error) != 0)
        return -1;
    if (vacuum == 0)
        return sql_run(db, "VACUUM", error) == 0 || error->code == TRAIL_LOCKED ? 0 : -1;
    snprintf(sql, sizeof sql, "PRAGMA incremental_vacuum(%d)", PAGES_AT_ONCE);
    while (sql_integer(db, "PRAGMA freelist_count", &pages, error) == 0) {
        if (pages == 0 || pages == before) {
            sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
            return 0; /* who reads still keeps the file as long as it was */
        }
        before = pages;
        if (sql_run(db, sql, error) != 0)
            return -1;
    }
    return -1;
}
