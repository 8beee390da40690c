/* See db.h. */
#include "db.h"

#include "file.h"
#include "sql.h"
#include "tables.h"
#include "text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    BUSY_TIMEOUT_MS = 5000,
    LOCK_RETRY_MS = 10,
    QUICK_LOOKS = 250,
    QUICK_LOOK_MS = 2,
    LOOK_MS = 20,
    VALUE_BYTES_MAX = 8 * 1024 * 1024, /* more than the longest command line of Linux has */
    COLUMNS_MAX = 250,
    LOADING_STEPS_MAX = 100000, /* of SQLite's machine: some 20 for each table, column or view */
    LOADING_BYTES_MAX = 64 * 1024 * 1024
};

/*
 * Why SQLite could not open the file: it does not say so itself, so its view of the folder is
 * asked.
 */
static void explain_cannot_open(const char *path, struct trail_error *error)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    size_t end = text_folder_bytes(path, strlen(path));
    int is_there = 0, is_writable = 0;
    char *folder;

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

/*
 * What SQLite opens beside the file, and waits for if it is a FIFO. A link at the file's own name
 * is followed, so they lie beside what it means.
 */
static int look_beside(const char *path, struct trail_error *error)
{
    static const char *const suffixes[] = {"-wal", "-shm", "-journal"};
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    char *full = vfs != NULL ? sqlite3_malloc(vfs->mxPathname + 1) : NULL;
    int result = 0;

    if (full == NULL || (vfs->xFullPathname(vfs, path, vfs->mxPathname, full) & 0xFF) != SQLITE_OK)
        result = error_set(error, TRAIL_FAILED, 0, "its whole path cannot be told");
    for (unsigned i = 0; i < sizeof suffixes / sizeof suffixes[0] && result == 0; i++) {
        char *name = sqlite3_mprintf("%s%s", full, suffixes[i]);
        if (name == NULL)
            result = error_set(error, TRAIL_FAILED, 0, "out of memory");
        else if ((result = file_check_own(name, error)) != 0)
            error_context(error, "'%s' beside it", name);
        sqlite3_free(name);
    }
    sqlite3_free(full);
    return result;
}

int db_look(const char *path, struct trail_error *error)
{
    int there;

    if (*path == '\0' || strcmp(path, ":memory:") == 0 || strncmp(path, "file:", 5) == 0)
        return error_set(error, TRAIL_FOREIGN, 0,
                         "that is no file to SQLite; write './%s' if a file is called so", path);
    there = file_look(path, NULL, error);
    return there >= 0 && look_beside(path, error) != 0 ? -1 : there;
}

/*
 * A column that is computed, and a table that a module makes up, take as much time and memory as
 * whoever made the file wanted.
 */
static int check_tables(sqlite3 *db, struct trail_error *error)
{
    sqlite3_int64 computed;

    if (sql_integer(db,
                    "SELECT EXISTS (SELECT 1 FROM main.sqlite_master m JOIN pragma_table_xinfo("
                    "m.name, 'main') c WHERE m.type = 'table' AND (c.hidden OR NOT m.rootpage))",
                    &computed, error) != 0)
        return -1;
    return computed ? error_set(error, TRAIL_NOT_A_TRAIL, 0,
                                "not a trail file (it has tables or columns that are computed)")
                    : 0;
}

/*
 * Whether the file has no table yet (an empty or a new file), is one of ours, or neither. Inside a
 * transaction: what is read must be of one moment, since another recorder may be making the file.
 */
static int check_identity(sqlite3 *db, bool *is_empty, struct trail_error *error)
{
    sqlite3_int64 application_id, objects, version;

    if (sql_integer(db, "SELECT count(*) FROM main.sqlite_master", &objects, error) != 0 ||
        sql_integer(db, "PRAGMA application_id", &application_id, error) != 0 ||
        sql_integer(db, "PRAGMA user_version", &version, error) != 0)
        return -1;
    *is_empty = application_id == 0 && version == 0 && objects == 0;
    if (*is_empty)
        return 0;
    if (application_id != TABLES_APPLICATION_ID)
        return error_set(error, TRAIL_NOT_A_TRAIL, 0,
                         "not a trail file (it is another program's SQLite database)");
    if (version < 1)
        return error_set(error, TRAIL_DAMAGED, 0, "the file is damaged (it has no format version)");
    if (version != TABLES_VERSION)
        return error_set(error, TRAIL_OTHER_VERSION, 0,
                         "its format is %d, but this Trail reads and writes only format %d; use "
                         "the Trail that recorded it",
                         (int)version, TABLES_VERSION);
    return check_tables(db, error);
}

/* SQLite does not wait by itself for the lock that this switch needs. */
static int switch_to_wal(sqlite3 *db, struct trail_error *error)
{
    int waited_ms = 0;

    while (sql_run(db, "PRAGMA journal_mode = WAL", error) != 0) {
        if (error->code != TRAIL_LOCKED || waited_ms >= BUSY_TIMEOUT_MS)
            return -1;
        waited_ms += sqlite3_sleep(LOCK_RETRY_MS);
    }
    return 0;
}

static int end_loading(void *unused)
{
    (void)unused;
    return 1;
}

/*
 * The same in a transaction of its own, and in bounded time and memory: it loads what the file
 * defines, and SQLite compares each table's name with all before it.
 */
static int check_identity_alone(sqlite3 *db, bool *is_empty, struct trail_error *error)
{
    sqlite3_int64 limit = sqlite3_hard_heap_limit64(LOADING_BYTES_MAX);
    int result = sql_run(db, "BEGIN", error);

    sqlite3_progress_handler(db, LOADING_STEPS_MAX, end_loading, NULL);
    if (result == 0) {
        result = check_identity(db, is_empty, error);
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    }
    sqlite3_progress_handler(db, 0, NULL, NULL);
    sqlite3_hard_heap_limit64(limit);
    if (result != 0 && (error->os_code == SQLITE_NOMEM || error->os_code == SQLITE_INTERRUPT))
        error_set(error, TRAIL_NOT_A_TRAIL, 0, "not a trail file (it defines too much)");
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
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX);
    sqlite3_limit(db, SQLITE_LIMIT_COLUMN, COLUMNS_MAX); /* it compares each name with all */
}

/*
 * The write lock shows whether the file can be written; and two recorders may meet on a new file:
 * it is looked at again once the lock is held.
 */
static int make_what_is_missing(sqlite3 *db, bool views, struct trail_error *error)
{
    bool is_empty;

    if (sql_run(db, "BEGIN IMMEDIATE", error) != 0)
        return -1;
    if (check_identity(db, &is_empty, error) == 0 && (!is_empty || tables_make(db, error) == 0) &&
        (!views || tables_make_views(db, error) == 0) && sql_run(db, "COMMIT", error) == 0)
        return 0;
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}

/*
 * An empty file has nothing that a power loss could take, so its tables are made without waiting
 * for the medium: that would be half of what a short recording costs. It can give back the room of
 * what is deleted, which are copies of stacks.
 */
static int prepare_for_recording(sqlite3 *db, bool views, struct trail_error *error)
{
    bool is_empty;

    db_set_patience(db, BUSY_TIMEOUT_MS);
    db_distrust_schema(db);
    if (check_identity_alone(db, &is_empty, error) != 0 ||
        sql_run(db, "PRAGMA temp_store = MEMORY; PRAGMA synchronous = NORMAL", error) != 0 ||
        (is_empty &&
         sql_run(db, "PRAGMA synchronous = OFF; PRAGMA auto_vacuum = INCREMENTAL", error) != 0))
        return -1;
    return switch_to_wal(db, error) != 0 || make_what_is_missing(db, views, error) != 0 ||
                   sql_run(db, "PRAGMA synchronous = NORMAL", error) != 0
               ? -1
               : 0;
}

static int open_for_recording(const char *path, bool views, sqlite3 **db, struct trail_error *error)
{
    struct trail_error local;

    if (error == NULL)
        error = &local;
    *db = NULL;
    if (db_look(path, error) < 0)
        return error_context(error, "cannot record to '%s'", path);
    if (sqlite3_open_v2(path, db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK)
        sql_error(*db, error);
    else if (sqlite3_db_readonly(*db, "main") == 1)
        error_set(error, TRAIL_READ_ONLY, SQLITE_READONLY, "the file or its folder is read-only");
    else if (prepare_for_recording(*db, views, error) == 0)
        return 0;
    if ((error->os_code & 0xFF) == SQLITE_CANTOPEN)
        explain_cannot_open(path, error);
    sqlite3_close(*db);
    *db = NULL;
    return error_context(error, "cannot record to '%s'", path);
}

int db_open_for_recording(const char *path, sqlite3 **db, struct trail_error *error)
{
    return open_for_recording(path, true, db, error);
}

int db_open_without_views(const char *path, sqlite3 **db, struct trail_error *error)
{
    return open_for_recording(path, false, db, error);
}

int db_open_scratch(sqlite3 **db, struct trail_error *error)
{
    *db = NULL;
    if (sqlite3_open_v2("", db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK)
        sql_error(*db, error);
    else if (sql_run(*db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", error) == 0 &&
             tables_make(*db, error) == 0) {
        db_distrust_schema(*db);
        return 0;
    }
    sqlite3_close(*db);
    *db = NULL;
    return error_context(error, "cannot make a temporary file");
}

/* What every connection that only reads does first. */
static int check_for_reading(sqlite3 *db, struct trail_error *error)
{
    bool is_empty;

    sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
    db_distrust_schema(db);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    if (check_identity_alone(db, &is_empty, error) != 0)
        return -1;
    return is_empty ? error_set(error, TRAIL_NOT_A_TRAIL, 0, "not a trail file (it is empty)") : 0;
}

static int prepare_for_viewing(sqlite3 *db, struct trail_error *error)
{
    return sql_run(db, "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON", error) != 0 ||
                   tables_lay_views(db, error) != 0 ||
                   sql_run(db, "PRAGMA query_only = ON", error) != 0
               ? -1
               : 0;
}

static bool has_log(const char *path)
{
    char *wal = sqlite3_mprintf("%s-wal", path);
    bool has = wal == NULL || file_look(wal, NULL, NULL) != 0;

    sqlite3_free(wal);
    return has;
}

/*
 * A file in WAL mode in a folder that cannot be written opens only as immutable, which is right
 * when it has no -wal beside it; then *db is closed, and opened anew.
 */
static int open_immutable(const char *path, sqlite3 **db)
{
    sqlite3_str *builder;
    char *uri;
    int result;

    if (has_log(sqlite3_db_filename(*db, "main"))) /* whose links are resolved */
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
    result = uri == NULL
                 ? SQLITE_NOMEM
                 : sqlite3_open_v2(
                       uri, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
    sqlite3_free(uri);
    return result == SQLITE_OK ? 0 : -1;
}

static int open_for_reading(const char *path, sqlite3 **db, struct trail_error *error)
{
    int there;

    there = db_look(path, error);
    if (there == 0)
        error_set(error, TRAIL_NOT_FOUND, 0, "no such file");
    if (there <= 0)
        return -1;
    if (sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return sql_error(*db, error);
    /* SQLite would leave a -wal here that is ours, and keep those out who may write the file. */
    if (file_check_replaceable(path, NULL) != 0 && open_immutable(path, db) != 0 && *db == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    if (check_for_reading(*db, error) == 0)
        return 0;
    if ((error->os_code & 0xFF) != SQLITE_CANTOPEN && error->code != TRAIL_READ_ONLY)
        return -1;
    return open_immutable(path, db) == 0 ? check_for_reading(*db, error) : -1;
}

int db_open_read_only(const char *path, sqlite3 **db, struct trail_error *error)
{
    struct trail_error local;

    if (error == NULL)
        error = &local;
    *db = NULL;
    if (open_for_reading(path, db, error) == 0)
        return 0;
    sqlite3_close(*db);
    *db = NULL;
    return error_context(error, "cannot open '%s'", path);
}

int db_open_for_viewing(const char *path, sqlite3 **db, struct trail_error *error)
{
    struct trail_error local;

    if (error == NULL)
        error = &local;
    if (db_open_read_only(path, db, error) != 0)
        return -1;
    if (prepare_for_viewing(*db, error) == 0)
        return 0;
    sqlite3_close(*db);
    *db = NULL;
    return error_context(error, "cannot open '%s'", path);
}

/*
 * Takes the write-ahead log away that a viewing connection made, or kept from a recorder that ended
 * meanwhile, if nobody else has the file open now and it can be written.
 */
static void settle(const char *path)
{
    sqlite3 *db = NULL;

    if (path == NULL || !has_log(path))
        return;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ==
        SQLITE_OK) {
        db_distrust_schema(db);
        sql_run(db, "SELECT 1 FROM main.run LIMIT 1", NULL); /* who has read puts the log away */
    }
    sqlite3_close(db);
}

void db_close(sqlite3 *db)
{
    /*
     * The last connection puts the write-ahead log into the file. The file stays in WAL mode: to
     * switch costs each recording 5 ms.
     */
    bool has_viewed = db != NULL && sqlite3_db_readonly(db, "main") == 1;
    char *path = has_viewed ? sqlite3_mprintf("%s", sqlite3_db_filename(db, "main")) : NULL;

    sqlite3_close(db);
    settle(path);
    sqlite3_free(path);
}
