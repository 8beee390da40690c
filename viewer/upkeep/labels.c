/* See labels.h. */
#include "labels.h"

#include "sql.h"

#include <stdbool.h>
#include <string.h>

static const char find_sql[] = "SELECT value = ?3 FROM main.label WHERE run_id = ?1 AND key = ?2";
static const char set_sql[] = "INSERT OR REPLACE INTO main.label (run_id, key, value) SELECT id, "
                              "?2, ?3 FROM main.run WHERE id = ?1";
static const char remove_sql[] =
    "DELETE FROM main.label WHERE run_id = ?1 AND key = ?2 AND '' = ?3";

/* A statement about the label; NULL and error. */
static sqlite3_stmt *prepare(sqlite3 *db, const char *sql, sqlite3_int64 run, const char *text,
                             struct trail_error *error)
{
    sqlite3_stmt *statement = sql_prepare(db, sql, error);
    const char *equals = strchr(text, '=');

    if (statement == NULL)
        return NULL;
    sqlite3_bind_int64(statement, 1, run);
    sqlite3_bind_text(statement, 2, text, (int)(equals - text), SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, equals + 1, -1, SQLITE_STATIC);
    return statement;
}

const char *labels_set(sqlite3 *db, sqlite3_int64 run, const char *text, struct trail_error *error)
{
    sqlite3_stmt *find = prepare(db, find_sql, run, text, error);
    bool is_there = find != NULL && sqlite3_step(find) == SQLITE_ROW,
         is_same = is_there && sqlite3_column_int(find, 0) == 1,
         removes = strchr(text, '=')[1] == '\0';
    const char *sql = removes ? remove_sql : set_sql;

    if (find == NULL)
        return NULL;
    sqlite3_finalize(find);
    if (!is_there && removes)
        return "was not there";
    if (is_same && !removes)
        return "was so already";
    if (sql_finish(db, prepare(db, sql, run, text, error), error) != 0)
        return NULL;
    return removes ? "removed" : is_there ? "changed" : "added";
}
