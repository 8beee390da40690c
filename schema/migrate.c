/* See migrate.h. */
#include "migrate.h"

#include "db.h"
#include "event_kinds.h"
#include "schema_sql.h"

#include <stdio.h>
#include <string.h>

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
    if ((insert = db_prepare(db, sql, error)) == NULL)
        return -1;
    for (size_t i = 0; i < sizeof named_codes / sizeof named_codes[0]; i++)
        result |=
            insert_code(insert, named_codes[i].domain, named_codes[i].value, named_codes[i].word);
    for (size_t i = 0; i < sizeof coded_fields / sizeof coded_fields[0]; i++)
        result |= insert_code(insert, event_code_domain(coded_fields[i].type),
                              coded_fields[i].value, coded_fields[i].word);
    sqlite3_finalize(insert);

    snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO %s.kind VALUES (?2, ?3)", schema);
    if ((insert = db_prepare(db, sql, error)) == NULL)
        return -1;
    for (unsigned kind = 1; kind < EVENT_KINDS; kind++) {
        const struct kind_descriptor *descriptor = event_kind_descriptor(kind);
        sqlite3_bind_int(insert, 2, (int)kind);
        sqlite3_bind_text(insert, 3, descriptor->name, -1, SQLITE_STATIC);
        sqlite3_step(insert);
        result |= sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    return result == SQLITE_OK ? 0 : db_error(db, error);
}

/*
 * migrations[n] leads from version n to n + 1. The first is what Trail began with: no file needs
 * it, but a test does.
 */
static const char *const migrations[DB_VERSION] = {NULL, sql_migration_2, sql_migration_3};

static int drop_views(sqlite3 *db, struct trail_error *error)
{
    sqlite3_stmt *list = db_prepare(
        db,
        "SELECT group_concat('DROP VIEW \"' || replace(name, '\"', '\"\"') || '\"', ';') "
        "FROM main.sqlite_master WHERE type = 'view'",
        error);
    int result = -1;

    if (list == NULL)
        return -1;
    if (sqlite3_step(list) == SQLITE_ROW) {
        const char *sql = (const char *)sqlite3_column_text(list, 0);
        char *copy = sql == NULL ? NULL : sqlite3_mprintf("%s", sql);
        sqlite3_reset(list);
        result = copy == NULL ? 0 : db_run(db, copy, error);
        sqlite3_free(copy);
    }
    sqlite3_finalize(list);
    return result;
}

/* Adds one row to the file's schema: the text of a view up to `end`. */
static int add_view(sqlite3_stmt *insert, const char *text, const char *end)
{
    const char *name = text + strlen("CREATE VIEW ");

    sqlite3_bind_text(insert, 1, name, (int)strcspn(name, " "), SQLITE_STATIC);
    sqlite3_bind_text(insert, 2, text, (int)(end - text), SQLITE_STATIC);
    sqlite3_step(insert);
    return sqlite3_reset(insert);
}

/*
 * Puts the views into the file. CREATE VIEW would parse each of them twice, for a connection that
 * never uses them: half of the time that making a file takes. Their rows in the schema are all that
 * it is about; tests read through every view.
 */
static int add_views(sqlite3 *db, struct trail_error *error)
{
    sqlite3_stmt *insert;
    int result = SQLITE_OK;

    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, NULL);
    insert = db_prepare(db,
                        "INSERT INTO main.sqlite_master (type, name, tbl_name, rootpage, sql) "
                        "VALUES ('view', ?1, ?1, 0, ?2)",
                        error);
    for (const char *view = strstr(sql_views, "CREATE VIEW "), *end; insert != NULL && view != NULL;
         view = strstr(end, "CREATE VIEW ")) {
        end = strstr(view, ";\n");
        result |= add_view(insert, view, end);
    }
    sqlite3_finalize(insert);
    sqlite3_db_config(db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return insert != NULL && result == SQLITE_OK ? 0 : db_error(db, error);
}

/* Brings the tables from `version` to DB_VERSION; a new file gets them at once. */
static int migrate_tables(sqlite3 *db, sqlite3_int64 version, struct trail_error *error)
{
    if (version == 0)
        return db_run(db, sql_tables, error);
    if (drop_views(db, error) != 0)
        return -1;
    for (; version < DB_VERSION; version++)
        if (db_run(db, migrations[version], error) != 0)
            return -1;
    return 0;
}

int migrate_to_current(sqlite3 *db, sqlite3_int64 version, struct trail_error *error)
{
    char pragma[96];

    snprintf(pragma, sizeof pragma, "PRAGMA application_id = %d; PRAGMA user_version = %d",
             DB_APPLICATION_ID, DB_VERSION);
    return migrate_tables(db, version, error) != 0 || add_views(db, error) != 0 ||
                   fill_names(db, "main", error) != 0 || db_run(db, pragma, error) != 0
               ? -1
               : 0;
}

/* What the views need that files before version n + 1 have not, for those that are only viewed. */
static const char *const missing[DB_VERSION] = {NULL, sql_missing_1, sql_missing_2};

int migrate_lay_views(sqlite3 *db, sqlite3_int64 version, struct trail_error *error)
{
    for (; version < DB_VERSION; version++)
        if (missing[version] != NULL && db_run(db, missing[version], error) != 0)
            return -1;
    return fill_names(db, "temp", error) != 0 || db_run(db, sql_views_temp, error) != 0 ? -1 : 0;
}
