/* See row.h. */
#include "row.h"

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
