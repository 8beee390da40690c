/*
 * Statements of one database that are used again and again: each is prepared once, since that costs
 * more than reading a small run. Main thread.
 */
#ifndef TRAIL_STATEMENTS_H
#define TRAIL_STATEMENTS_H

#include "error.h"

#include <sqlite3.h>
#include <stddef.h>

struct statement {
    const char *sql;
    sqlite3_stmt *prepared;
};

/* All zero is none. Released before the database is closed. */
struct statements {
    sqlite3 *db; /* of all that are there */
    struct statement *items;
    size_t count;
};

/*
 * The statement; `sql` is known by its address and stays. Whoever used it has reset it, and does
 * not finalize it. NULL and error on failure. Those of another database are released.
 */
sqlite3_stmt *statements_get(struct statements *statements, sqlite3 *db, const char *sql,
                             struct trail_error *error);
void statements_release(struct statements *statements);

#endif
