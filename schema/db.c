/* See db.h. */
#include "db.h"

#include "migrate.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    BUSY_TIMEOUT_MS = 5000,
    LOCK_RETRY_MS = 10,
    QUICK_LOOKS = 250,
    QUICK_LOOK_MS = 2,
    LOOK_MS = 20
};

/*
 * Why SQLite could not open the file: it does not say so itself, so its view of the folder is
 * asked.
 */
static void explain_cannot_open(const char *path, struct trail_error *error)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    size_t end = strlen(path);
    int is_there = 0, is_writable = 0;
    char *folder;

    while (end > 0 && path[end - 1] != '/' && path[end - 1] != '\\')
        end--;
    folder = end == 0 ? sqlite3_mprintf(".") : sqlite3_mprintf("%.*s", (int)end, path);
    if (folder == NULL || vfs == NULL)
        return;
    vfs->xAccess(vfs, folder, SQLITE_ACCESS_EXISTS, &is_there);
    vfs->xAccess(vfs, folder, SQLITE_ACCESS_READWRITE, &is_writable);
    sqlite3_free(folder);
    if (!is_there)
        error_set(error, TRAIL_FAILED, SQLITE_CANTOPEN, "there is no such folder");
    else if (!is_writable)
        error_set(error, TRAIL_READ_ONLY, SQLITE_CANTOPEN, "the file or its folder is read-only");
}

int db_error(sqlite3 *db, struct trail_error *error)
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

int db_run(sqlite3 *db, const char *sql, struct trail_error *error)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_error(db, error);
}

sqlite3_stmt *db_prepare(sqlite3 *db, const char *sql, struct trail_error *error)
{
    sqlite3_stmt *statement;

    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) == SQLITE_OK)
        return statement;
    db_error(db, error);
    return NULL;
}

/* The first column of the first row of a query. */
static int query_integer(sqlite3 *db, const char *sql, sqlite3_int64 *value,
                         struct trail_error *error)
{
    sqlite3_stmt *statement = db_prepare(db, sql, error);
    int result;

    if (statement == NULL)
        return -1;
    result = sqlite3_step(statement);
    if (result == SQLITE_ROW)
        *value = sqlite3_column_int64(statement, 0);
    else
        db_error(db, error);
    sqlite3_finalize(statement);
    return result == SQLITE_ROW ? 0 : -1;
}

/*
 * Whether the file has no table yet (an empty or a new file), is one of ours, or neither. Inside a
 * transaction: what is read must be of one moment, since another recorder may be making the file.
 */
static int check_identity(sqlite3 *db, sqlite3_int64 *version, struct trail_error *error)
{
    sqlite3_int64 application_id, objects;

    if (query_integer(db, "SELECT count(*) FROM main.sqlite_master", &objects, error) != 0 ||
        query_integer(db, "PRAGMA application_id", &application_id, error) != 0 ||
        query_integer(db, "PRAGMA user_version", version, error) != 0)
        return -1;
    if (application_id == 0 && *version == 0 && objects == 0)
        return 0;
    if (application_id != DB_APPLICATION_ID)
        return error_set(error, TRAIL_NOT_A_TRAIL, 0,
                         "not a trail file (it is another program's SQLite database)");
    if (*version > DB_VERSION)
        return error_set(
            error, TRAIL_NEWER_VERSION, 0,
            "written by a newer Trail (format %d, this one reads up to %d); update Trail",
            (int)*version, DB_VERSION);
    if (*version < 1)
        return error_set(error, TRAIL_DAMAGED, 0, "the file is damaged (it has no format version)");
    return 0;
}

/* SQLite does not wait by itself for the lock that this switch needs. */
static int switch_to_wal(sqlite3 *db, struct trail_error *error)
{
    int waited_ms = 0;

    while (db_run(db, "PRAGMA journal_mode = WAL", error) != 0) {
        if (error->code != TRAIL_LOCKED || waited_ms >= BUSY_TIMEOUT_MS)
            return -1;
        waited_ms += sqlite3_sleep(LOCK_RETRY_MS);
    }
    return 0;
}

/* The same in a transaction of its own. */
static int check_identity_alone(sqlite3 *db, sqlite3_int64 *version, struct trail_error *error)
{
    int result;

    if (db_run(db, "BEGIN", error) != 0)
        return -1;
    result = check_identity(db, version, error);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return result;
}

/*
 * SQLite's own waiting soon looks only every 100 ms. A system whose clock is coarse waits longer:
 * there is nowhere to keep a start time.
 */
static int wait_for_lock(void *patience_ms, int looks)
{
    int waited_ms = looks < QUICK_LOOKS
                        ? looks * QUICK_LOOK_MS
                        : QUICK_LOOKS * QUICK_LOOK_MS + (looks - QUICK_LOOKS) * LOOK_MS;

    if (waited_ms >= (int)(intptr_t)patience_ms)
        return 0;
    sqlite3_sleep(looks < QUICK_LOOKS ? QUICK_LOOK_MS : LOOK_MS);
    return 1;
}

void db_set_patience(sqlite3 *db, int patience_ms)
{
    sqlite3_busy_handler(db, wait_for_lock, (void *)(intptr_t)patience_ms);
}

void db_distrust_schema(sqlite3 *db)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
}

/*
 * Has everything that is needed in the file, in one transaction. With `as_new` only if the file is
 * empty: else *version says what it is, and nothing was done.
 */
static int bring_up_to_date(sqlite3 *db, bool as_new, sqlite3_int64 *version,
                            struct trail_error *error)
{
    /*
     * The write lock shows whether the file can be written; and two recorders may meet on a new
     * file: look again once it is held.
     */
    if (db_run(db, "BEGIN IMMEDIATE", error) != 0)
        return -1;
    if (check_identity(db, version, error) == 0 &&
        (*version == DB_VERSION || (as_new && *version != 0) ||
         migrate_to_current(db, *version, error) == 0) &&
        db_run(db, "COMMIT", error) == 0)
        return 0;
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}

/*
 * An empty file has nothing that a power loss could take, so its tables are made without waiting
 * for the medium: that would be half of what a short recording costs. Inside of the transaction
 * nothing was there still; so the write-ahead log was new too, and its header needs no sync.
 */
static int make_new(sqlite3 *db, sqlite3_int64 *version, struct trail_error *error)
{
    return db_run(db, "PRAGMA synchronous = OFF", error) != 0 || switch_to_wal(db, error) != 0
               ? -1
               : bring_up_to_date(db, true, version, error);
}

static int prepare_for_recording(sqlite3 *db, struct trail_error *error)
{
    sqlite3_int64 version;
    bool is_new;

    db_set_patience(db, BUSY_TIMEOUT_MS);
    db_distrust_schema(db);
    if (check_identity_alone(db, &version, error) != 0 ||
        db_run(db, "PRAGMA temp_store = MEMORY", error) != 0)
        return -1;
    is_new = version == 0;
    if ((is_new && make_new(db, &version, error) != 0) ||
        db_run(db, "PRAGMA synchronous = NORMAL", error) != 0)
        return -1;
    if (is_new && version == 0) /* else another recorder was faster */
        return 0;
    return switch_to_wal(db, error) != 0 ? -1 : bring_up_to_date(db, false, &version, error);
}

int db_open_for_recording(const char *path, sqlite3 **db, struct trail_error *error)
{
    struct trail_error local;

    if (error == NULL)
        error = &local;
    *db = NULL;
    if (sqlite3_open_v2(path, db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK)
        db_error(*db, error);
    else if (sqlite3_db_readonly(*db, "main") == 1)
        error_set(error, TRAIL_READ_ONLY, SQLITE_READONLY, "the file or its folder is read-only");
    else if (prepare_for_recording(*db, error) == 0)
        return 0;
    if ((error->os_code & 0xFF) == SQLITE_CANTOPEN)
        explain_cannot_open(path, error);
    sqlite3_close(*db);
    *db = NULL;
    return error_context(error, "cannot record to '%s'", path);
}

/* Our views and name tables, as TEMP, over the tables of the file, which is of that version. */
static int lay_views(sqlite3 *db, sqlite3_int64 version, struct trail_error *error)
{
    db_distrust_schema(db);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    if (db_run(db,
               "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;"
               "CREATE TEMP TABLE kind (id INTEGER PRIMARY KEY, name TEXT);"
               "CREATE TEMP TABLE code (domain TEXT, value INTEGER, word TEXT, PRIMARY KEY "
               "(domain, value)) WITHOUT ROWID",
               error) != 0)
        return -1;
    return migrate_lay_views(db, version, error) != 0 ||
                   db_run(db, "PRAGMA query_only = ON", error) != 0
               ? -1
               : 0;
}

static int prepare_for_viewing(sqlite3 *db, struct trail_error *error)
{
    sqlite3_int64 version;

    sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
    if (check_identity_alone(db, &version, error) != 0)
        return -1;
    if (version == 0)
        return error_set(error, TRAIL_NOT_A_TRAIL, 0, "not a trail file (it is empty)");
    return lay_views(db, version, error);
}

static int file_is_there(const char *path)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        return 0;
    fclose(file);
    return 1;
}

/*
 * A file in WAL mode in a folder that cannot be written opens only as immutable, which is right
 * when it has no -wal beside it.
 */
static int open_immutable(const char *path, sqlite3 **db)
{
    char *uri, *wal = sqlite3_mprintf("%s-wal", path);
    sqlite3_str *builder;
    int there = wal != NULL && file_is_there(wal);

    sqlite3_free(wal);
    if (there)
        return -1;
    builder = sqlite3_str_new(NULL);
    sqlite3_str_appendall(builder, "file:");
    for (const char *c = path; *c != '\0'; c++) {
        if (strchr("%?#", *c) != NULL)
            sqlite3_str_appendf(builder, "%%%02X", (unsigned char)*c);
        else
            sqlite3_str_appendchar(builder, 1, *c == '\\' ? '/' : *c);
    }
    sqlite3_str_appendall(builder, "?immutable=1");
    uri = sqlite3_str_finish(builder);
    sqlite3_close(*db);
    *db = NULL;
    there = uri == NULL
                ? SQLITE_NOMEM
                : sqlite3_open_v2(
                      uri, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
    sqlite3_free(uri);
    return there == SQLITE_OK ? 0 : -1;
}

int db_open_for_viewing(const char *path, sqlite3 **db, struct trail_error *error)
{
    struct trail_error local;

    if (error == NULL)
        error = &local;
    *db = NULL;
    if (!file_is_there(path)) {
        error_set(error, TRAIL_NOT_FOUND, 0, "no such file, or it cannot be read");
        return error_context(error, "cannot open '%s'", path);
    }
    if (sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        db_error(*db, error);
        goto fail;
    }
    if (prepare_for_viewing(*db, error) == 0)
        return 0;
    if ((error->os_code & 0xFF) == SQLITE_CANTOPEN || error->code == TRAIL_READ_ONLY)
        if (open_immutable(path, db) == 0 && prepare_for_viewing(*db, error) == 0)
            return 0;
fail:
    sqlite3_close(*db);
    *db = NULL;
    return error_context(error, "cannot open '%s'", path);
}

void db_close(sqlite3 *db)
{
    /*
     * The last connection puts the write-ahead log into the file. The file stays in WAL mode: to
     * switch costs each recording 5 ms.
     */
    sqlite3_close(db);
}
