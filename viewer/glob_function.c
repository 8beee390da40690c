/* See glob_function.h. */
#include "glob_function.h"

#include "text.h"
#include "sql.h"

#include <string.h>

static void trail_glob(sqlite3_context *context, int count, sqlite3_value **values)
{
    const char *glob = (const char *)sqlite3_value_text(values[0]);
    bool is_path = glob != NULL && strpbrk(glob, "/\\") != NULL;
    const char *text = (const char *)sqlite3_value_text(values[is_path ? 2 : 1]);

    (void)count;
    if (text != NULL && !is_path)
        text = text_base_name(text); /* what was asked for may have been a path */
    sqlite3_result_int(context, glob != NULL && text != NULL && text_glob(glob, text, true));
}

int glob_function_add(sqlite3 *db, struct trail_error *error)
{
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;

    return sqlite3_create_function(db, "trail_glob", 3, flags, NULL, trail_glob, NULL, NULL) ==
                   SQLITE_OK
               ? 0
               : sql_error(db, error);
}
