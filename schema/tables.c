/* See tables.h. */
#include "tables.h"

#include "event_kinds.h"
#include "schema_sql.h"
#include "sql.h"

#include <stdio.h>

static const struct {
    const char *domain;
    sqlite3_int64 value;
    const char *word;
} named_codes[] = {
#define TRAIL_EXCEPTION(code, name) {"exception", code, name},
#define TRAIL_SIGNAL(number, name) {"signal", number, name},
#include "exception_codes.def"
};

static const struct {
    enum field_type type;
    sqlite3_int64 value;
    const char *word;
} coded_fields[] = {
#define TRAIL_CODE(TYPE, CONSTANT, number, word) {FIELD_##TYPE, number, word},
#include "event_kinds.def"
};

static int insert_code(sqlite3_stmt *insert, const char *domain, sqlite3_int64 value,
                       const char *word)
{
    sqlite3_bind_text(insert, 1, domain, -1, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 2, value);
    sqlite3_bind_text(insert, 3, word, -1, SQLITE_STATIC);
    sqlite3_step(insert);
    return sqlite3_reset(insert);
}

static int fill_names(sqlite3 *db, const char *schema, struct trail_error *error)
{
    char sql[128];
    sqlite3_stmt *insert;
    int result = SQLITE_OK;

    snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO %s.code VALUES (?, ?, ?)", schema);
    if ((insert = sql_prepare(db, sql, error)) == NULL)
        return -1;
    for (size_t i = 0; i < sizeof named_codes / sizeof named_codes[0]; i++)
        result |=
            insert_code(insert, named_codes[i].domain, named_codes[i].value, named_codes[i].word);
    for (size_t i = 0; i < sizeof coded_fields / sizeof coded_fields[0]; i++)
        result |= insert_code(insert, event_code_domain(coded_fields[i].type),
                              coded_fields[i].value, coded_fields[i].word);
    sqlite3_finalize(insert);

    snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO %s.kind VALUES (?2, ?3)", schema);
    if ((insert = sql_prepare(db, sql, error)) == NULL)
        return -1;
    for (unsigned kind = 1; kind < EVENT_KINDS; kind++) {
        const struct kind_descriptor *descriptor = event_kind_descriptor(kind);
        sqlite3_bind_int(insert, 2, (int)kind);
        sqlite3_bind_text(insert, 3, descriptor->name, -1, SQLITE_STATIC);
        sqlite3_step(insert);
        result |= sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    return result == SQLITE_OK ? 0 : sql_error(db, error);
}

int tables_make(sqlite3 *db, struct trail_error *error)
{
    char pragma[96];

    snprintf(pragma, sizeof pragma, "PRAGMA application_id = %d; PRAGMA user_version = %d",
             TABLES_APPLICATION_ID, TABLES_VERSION);
    return sql_run(db, sql_tables, error) != 0 || fill_names(db, "main", error) != 0 ||
                   sql_run(db, pragma, error) != 0
               ? -1
               : 0;
}

bool tables_have_views(sqlite3 *db)
{
    sqlite3_int64 views;

    return sql_integer(db, "SELECT count(*) FROM main.sqlite_master WHERE type = 'view'", &views,
                       NULL) == 0 &&
           views > 0;
}

int tables_make_views(sqlite3 *db, struct trail_error *error)
{
    return tables_have_views(db) ? 0 : sql_run(db, sql_views, error);
}

int tables_lay_views(sqlite3 *db, struct trail_error *error)
{
    static const char name_tables[] =
        "CREATE TEMP TABLE kind (id INTEGER PRIMARY KEY, name TEXT);"
        "CREATE TEMP TABLE code (domain TEXT, value INTEGER, word TEXT, "
        "PRIMARY KEY (domain, value)) WITHOUT ROWID";

    return sql_run(db, name_tables, error) != 0 || fill_names(db, "temp", error) != 0 ||
                   sql_run(db, sql_views_temp, error) != 0
               ? -1
               : 0;
}
