/* See statements.h. */
#include "statements.h"

#include "array.h"
#include "sql.h"

#include <stdlib.h>
#include <string.h>

sqlite3_stmt *statements_get(struct statements *statements, sqlite3 *db, const char *sql,
                             struct trail_error *error)
{
    struct statement *items;
    sqlite3_stmt *prepared;

    if (statements->db != db)
        statements_release(statements);
    statements->db = db;
    for (size_t i = 0; i < statements->count; i++)
        if (statements->items[i].sql == sql)
            return statements->items[i].prepared;
    if ((prepared = sql_prepare(db, sql, error)) == NULL)
        return NULL;
    if ((items = array_with_room(statements->items, statements->count, sizeof *items)) == NULL) {
        sqlite3_finalize(prepared);
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    statements->items = items;
    items[statements->count++] = (struct statement){sql, prepared};
    return prepared;
}

void statements_release(struct statements *statements)
{
    for (size_t i = 0; i < statements->count; i++)
        sqlite3_finalize(statements->items[i].prepared);
    free(statements->items);
    memset(statements, 0, sizeof *statements);
}
