/* See run_tables.h. */
#include "run_tables.h"

#include "array.h"
#include "sql.h"

#include <stdlib.h>
#include <string.h>

static int add(struct run_tables *tables, const char *name, struct trail_error *error)
{
    char **names = array_with_room(tables->names, tables->count, sizeof *names);

    if (names != NULL) {
        tables->names = names;
        names[tables->count] = sqlite3_mprintf("%s", name);
    }
    if (names == NULL || names[tables->count] == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    tables->count++;
    return 0;
}

int run_tables_find(struct run_tables *tables, sqlite3 *db, struct trail_error *error)
{
    sqlite3_stmt *row = sql_prepare(db,
                                    "SELECT m.name FROM main.sqlite_schema m JOIN "
                                    "pragma_table_info(m.name) c ON c.name = 'run_id' "
                                    "WHERE m.type = 'table' ORDER BY m.rowid",
                                    error);
    int result = 0, step = SQLITE_DONE;

    if (row == NULL)
        return -1;
    while (result == 0 && (step = sqlite3_step(row)) == SQLITE_ROW)
        result = add(tables, (const char *)sqlite3_column_text(row, 0), error);
    if (result == 0 && step != SQLITE_DONE)
        result = sql_error(db, error);
    sqlite3_finalize(row);
    return result;
}

void run_tables_release(struct run_tables *tables)
{
    for (size_t i = 0; i < tables->count; i++)
        sqlite3_free(tables->names[i]);
    free(tables->names);
    memset(tables, 0, sizeof *tables);
}
