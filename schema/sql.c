/* See sql.h. */
#include "sql.h"

#include <stddef.h>

int sql_error(sqlite3 *db, struct trail_error *error)
{
    int code = sqlite3_errcode(db);
    int extended = sqlite3_extended_errcode(db);

    switch (code) {
    case SQLITE_NOTADB:
        return error_set(error, TRAIL_NOT_A_TRAIL, code, "not a trail file");
    case SQLITE_CORRUPT:
        return error_set(error, TRAIL_DAMAGED, code,
                         "the file is damaged (%s); run 'trailview verify' on it",
                         sqlite3_errmsg(db));
    case SQLITE_TOOBIG:
        return error_set(error, TRAIL_DAMAGED, code,
                         "the file is damaged (a value is larger than any that Trail writes)");
    case SQLITE_NOMEM:
        return error_set(error, TRAIL_FAILED, code,
                         "out of memory, or a value is larger than any that Trail writes");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return error_set(error, TRAIL_LOCKED, extended,
                         "the file is locked by another program; close it or try again later");
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return error_set(error, TRAIL_READ_ONLY, extended, "the file or its folder is read-only");
    case SQLITE_FULL:
        return error_set(error, TRAIL_NO_SPACE, extended, "no space is left on the medium");
    case SQLITE_CANTOPEN:
        return error_set(error, TRAIL_FAILED, extended, "the file or its folder cannot be opened");
    default:
        return error_set(error, TRAIL_FAILED, extended, "%s", sqlite3_errmsg(db));
    }
}

int sql_run(sqlite3 *db, const char *sql, struct trail_error *error)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : sql_error(db, error);
}

sqlite3_stmt *sql_prepare(sqlite3 *db, const char *sql, struct trail_error *error)
{
    sqlite3_stmt *statement;

    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) == SQLITE_OK)
        return statement;
    sql_error(db, error);
    return NULL;
}

int sql_finish(sqlite3 *db, sqlite3_stmt *statement, struct trail_error *error)
{
    int result;

    if (statement == NULL)
        return -1;
    result = sqlite3_step(statement);
    if (result != SQLITE_DONE)
        sql_error(db, error);
    sqlite3_finalize(statement);
    return result == SQLITE_DONE ? 0 : -1;
}

int sql_integer(sqlite3 *db, const char *sql, sqlite3_int64 *value, struct trail_error *error)
{
    sqlite3_stmt *statement = sql_prepare(db, sql, error);
    int result;

    if (statement == NULL)
        return -1;
    result = sqlite3_step(statement);
    if (result == SQLITE_ROW)
        *value = sqlite3_column_int64(statement, 0);
    else
        sql_error(db, error);
    sqlite3_finalize(statement);
    return result == SQLITE_ROW ? 0 : -1;
}

enum { ALLOCATION_BYTES_MAX = 48 * 1024 * 1024 };

static sqlite3_mem_methods plain;

static void *allocate(int bytes)
{
    return bytes <= ALLOCATION_BYTES_MAX ? plain.xMalloc(bytes) : NULL;
}

static void *reallocate(void *memory, int bytes)
{
    return bytes <= ALLOCATION_BYTES_MAX ? plain.xRealloc(memory, bytes) : NULL;
}

void sql_bound_allocations(void)
{
    sqlite3_mem_methods bounded;

    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain) != SQLITE_OK)
        return;
    bounded = plain;
    bounded.xMalloc = allocate;
    bounded.xRealloc = reallocate;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &bounded);
}
