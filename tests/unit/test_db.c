/*
 * db.c: what can be wrong with a file when it is opened, several openers, and the views as other
 * clients and trailview see them.
 */
#define _XOPEN_SOURCE 700
#include "unit.h"

#include "db.h"
#include "text.h"
#include "sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const view_names[] = {"runs",       "modules", "loads", "processes", "threads",
                                         "exceptions", "output",  "marks", "events"};

static struct trail_error error;

static void make_trail(const char *path)
{
    sqlite3 *db;

    if (db_open_for_recording(path, &db, &error) != 0)
        fail_msg("%s", error.sentence);
    db_close(db);
}

/* Runs SQL as another program would. */
static void run_plainly(const char *path, const char *sql)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void expect_failure(int result, sqlite3 *db, const char *path, enum trail_error_code code)
{
    assert_int_equal(result, -1);
    assert_null(db);
    if (error.code != code)
        fail_msg("code %d, not %d: %s", (int)error.code, (int)code, error.sentence);
    assert_non_null(strstr(error.sentence, path));
}

static void expect_no_recording(const char *path, enum trail_error_code code)
{
    sqlite3 *db = (sqlite3 *)&error;
    int result = db_open_for_recording(path, &db, &error);

    expect_failure(result, db, path, code);
}

static void expect_no_viewing(const char *path, enum trail_error_code code)
{
    sqlite3 *db = (sqlite3 *)&error;
    int result = db_open_for_viewing(path, &db, &error);

    expect_failure(result, db, path, code);
}

static void expect_viewing(const char *path)
{
    sqlite3 *db;

    if (db_open_for_viewing(path, &db, &error) != 0)
        fail_msg("%s", error.sentence);
    assert_int_equal(sql_run(db, "SELECT count(*) FROM events", &error), 0);
    db_close(db);
}

/* Neither way to open it succeeds, and neither changes a byte or leaves a file beside it. */
static void expect_refused_and_untouched(const char *path, enum trail_error_code code)
{
    static const char *const beside[] = {"-wal", "-shm", "-journal"};
    size_t before_length, after_length;
    char *before = unit_read(path, &before_length), *after;
    char name[300];

    expect_no_viewing(path, code);
    expect_no_recording(path, code);
    after = unit_read(path, &after_length);
    assert_int_equal(before_length, after_length);
    assert_memory_equal(before, after, before_length);
    free(before);
    free(after);
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
        snprintf(name, sizeof name, "%s%s", path, beside[i]);
        assert_int_not_equal(access(name, F_OK), 0);
    }
}

static void test_new_file(void **state)
{
    const char *path = unit_path("new.db");
    char *bytes;
    size_t length;

    make_trail(path);
    bytes = unit_read(path, &length);
    assert_true(length > 100);
    assert_memory_equal(bytes, "SQLite format 3", 16);
    assert_memory_equal(bytes + 60, "\0\0\0\4", 4); /* user_version */
    assert_memory_equal(bytes + 68, "Tral", 4);     /* application_id */
    free(bytes);
    /* everything is in the one file */
    assert_int_not_equal(access(unit_path("new.db-wal"), F_OK), 0);
    expect_viewing(path);
    make_trail(path); /* again: nothing to do */
}

static void test_empty_file_is_a_new_one(void **state)
{
    const char *path = unit_path("empty.db");

    unit_write(path, "", 0);
    expect_no_viewing(path, TRAIL_NOT_A_TRAIL);
    make_trail(path);
    expect_viewing(path);
}

static void test_no_sqlite_file(void **state)
{
    static const char text[] = "This is a letter to a friend, long enough to be taken for the "
                               "header of some file, or is it? "
                               "One hundred bytes is what SQLite wants to see.";
    const char *path = unit_path("letter.txt");

    unit_write(path, text, sizeof text - 1);
    expect_refused_and_untouched(path, TRAIL_NOT_A_TRAIL);
    unit_write(path, "xy", 2); /* a single byte is none to SQLite */
    expect_refused_and_untouched(path, TRAIL_NOT_A_TRAIL);
}

static void test_foreign_sqlite_file(void **state)
{
    const char *path = unit_path("foreign.db");

    run_plainly(path, "CREATE TABLE mine (a)");
    expect_refused_and_untouched(path, TRAIL_NOT_A_TRAIL);
    run_plainly(path, "PRAGMA application_id = 12345; PRAGMA user_version = 1");
    expect_refused_and_untouched(path, TRAIL_NOT_A_TRAIL);
}

static void test_foreign_sqlite_file_without_tables(void **state)
{
    const char *path = unit_path("foreign.db");

    run_plainly(path, "PRAGMA user_version = 7");
    expect_refused_and_untouched(path, TRAIL_NOT_A_TRAIL);
}

static void test_other_versions(void **state)
{
    const char *path = unit_path("other.db");

    make_trail(path);
    run_plainly(path, "PRAGMA user_version = 99");
    expect_refused_and_untouched(path, TRAIL_OTHER_VERSION);
    assert_non_null(strstr(error.sentence, "format is 99"));
    run_plainly(path, "PRAGMA user_version = 2");
    expect_refused_and_untouched(path, TRAIL_OTHER_VERSION);
    assert_non_null(strstr(error.sentence, "format is 2"));
}

static void test_no_version(void **state)
{
    const char *path = unit_path("versionless.db");

    make_trail(path);
    run_plainly(path, "PRAGMA user_version = 0");
    expect_refused_and_untouched(path, TRAIL_DAMAGED);
}

/* Overwrites bytes of a file. */
static void damage(const char *path, size_t offset, const void *bytes, size_t length)
{
    size_t size;
    char *all = unit_read(path, &size);

    assert_true(offset + length <= size);
    memcpy(all + offset, bytes, length);
    unit_write(path, all, size);
    free(all);
}

static void test_damaged_schema(void **state)
{
    const char *path = unit_path("damaged.db");

    make_trail(path);
    damage(path, 100, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);
    expect_refused_and_untouched(path, TRAIL_DAMAGED);
}

static void test_truncated_file(void **state)
{
    const char *path = unit_path("short.db");
    size_t length;
    char *bytes;

    make_trail(path);
    bytes = unit_read(path, &length);
    unit_write(path, bytes, 4096);
    free(bytes);
    expect_refused_and_untouched(path, TRAIL_DAMAGED);
}

/*
 * Any single damaged byte of the first pages is an error or none, never a crash; what opens can be
 * read without one.
 */
static void test_damaged_bytes(void **state)
{
    const char *path = unit_path("bytes.db");
    size_t length;
    char *bytes;

    make_trail(path);
    bytes = unit_read(path, &length);
    for (size_t at = 16; at < length && at < 8192; at += at < 200 ? 1 : 61) {
        char kept = bytes[at];
        sqlite3 *db;
        bytes[at] = (char)(kept ^ 0x55);
        unit_write(path, bytes, length);
        bytes[at] = kept;
        if (db_open_for_viewing(path, &db, &error) == 0) {
            for (size_t i = 0; i < sizeof view_names / sizeof view_names[0]; i++) {
                char sql[64];
                snprintf(sql, sizeof sql, "SELECT * FROM %s", view_names[i]);
                sql_run(db, sql, &error);
            }
            db_close(db);
        } else {
            assert_null(db);
            assert_int_not_equal(error.code, TRAIL_OK);
            assert_int_not_equal(error.code, TRAIL_LOCKED);
        }
    }
    free(bytes);
}

static sqlite3 *lock(const char *path)
{
    sqlite3 *other;

    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    return other;
}

/* Another program has the file, in a journal mode that lets only one in at a time. */
static void test_locked(void **state)
{
    const char *path = unit_path("locked.db");
    sqlite3 *other;

    make_trail(path);
    run_plainly(path, "PRAGMA journal_mode = DELETE");
    other = lock(path);
    expect_no_recording(path, TRAIL_LOCKED);
    expect_no_viewing(path, TRAIL_LOCKED);
    sqlite3_close(other);
    make_trail(path);
    expect_viewing(path);
}

/* Somebody writes for a long time: nobody else can record, but everybody can look. */
static void test_locked_by_a_writer(void **state)
{
    const char *path = unit_path("written.db");
    sqlite3 *other;

    make_trail(path);
    run_plainly(path, "PRAGMA journal_mode = WAL");
    other = lock(path);
    expect_viewing(path);
    expect_no_recording(path, TRAIL_LOCKED);
    sqlite3_close(other);
    make_trail(path);
}

/* A folder of its own, with a path in it. */
static const char *path_in_folder(const char *folder, const char *name)
{
    char both[128];

    snprintf(both, sizeof both, "%s/%s", folder, name);
    mkdir(unit_path(folder), 0755);
    assert_int_equal(chmod(unit_path("."), 0755), 0);
    return unit_path(both);
}

static void test_read_only_file(void **state)
{
    const char *path = path_in_folder("folder", "trail.db");

    make_trail(path);
    assert_int_equal(chmod(path, 0444), 0);
    unit_become_nobody(unit_path("folder"));
    expect_no_recording(path, TRAIL_READ_ONLY);
    expect_viewing(path);
}

static void test_read_only_folder(void **state)
{
    const char *path = path_in_folder("folder", "trail.db");
    const char *folder = unit_path("folder");

    make_trail(path);
    unit_become_nobody(folder);
    assert_int_equal(chmod(folder, 0555), 0);
    expect_no_recording(path, TRAIL_READ_ONLY);
    expect_viewing(path);
    assert_int_equal(chmod(folder, 0755), 0);
}

static void test_new_file_in_read_only_folder(void **state)
{
    const char *path = path_in_folder("folder", "new.db");
    const char *folder = unit_path("folder");

    unit_become_nobody(folder);
    assert_int_equal(chmod(folder, 0555), 0);
    expect_no_recording(path, TRAIL_READ_ONLY);
    assert_int_equal(chmod(folder, 0755), 0);
}

/*
 * A recorder was killed, and its file, still in WAL mode but complete, lies on a medium that cannot
 * be written.
 */
static void test_wal_file_in_read_only_folder(void **state)
{
    const char *path = path_in_folder("folder", "50% #1?.db");
    const char *folder = unit_path("folder");

    make_trail(path);
    run_plainly(path, "PRAGMA journal_mode = WAL; INSERT INTO kind VALUES (777, 'x')");
    unit_become_nobody(folder);
    assert_int_equal(chmod(folder, 0555), 0);
    expect_viewing(path);
    assert_int_equal(chmod(folder, 0755), 0);
}

static void test_missing(void **state)
{
    expect_no_viewing(unit_path("nowhere.db"), TRAIL_NOT_FOUND);
    assert_int_not_equal(access(unit_path("nowhere.db"), F_OK), 0);
    expect_no_viewing(unit_path("no/folder.db"), TRAIL_NOT_FOUND);
    expect_no_recording(unit_path("no/folder.db"), TRAIL_FAILED);
    assert_non_null(strstr(error.sentence, "folder"));
}

static void test_folder_instead_of_a_file(void **state)
{
    sqlite3 *db;

    assert_int_equal(mkdir(unit_path("folder.db"), 0755), 0);
    expect_no_recording(unit_path("folder.db"), TRAIL_FOREIGN);
    assert_int_equal(db_open_for_viewing(unit_path("folder.db"), &db, &error), -1);
    assert_null(db);
}

static void test_error_may_be_null(void **state)
{
    sqlite3 *db;

    assert_int_equal(db_open_for_viewing(unit_path("nowhere.db"), &db, NULL), -1);
    assert_int_equal(db_open_for_recording(unit_path("no/folder.db"), &db, NULL), -1);
    assert_null(db);
    db_close(NULL);
}

/*
 * Several recorders meet on a file that is not there yet: all of them get it, and it is made once.
 */
static void test_openers_at_once(void **state)
{
    enum { OPENERS = 6 };
    const char *path = unit_path("race.db");
    int gate[2], failures = 0;
    pid_t openers[OPENERS];

    assert_int_equal(pipe(gate), 0);
    for (int i = 0; i < OPENERS; i++) {
        assert_true((openers[i] = fork()) >= 0);
        if (openers[i] == 0) {
            sqlite3 *db;
            char byte;
            int result;
            close(gate[1]);
            if (read(gate[0], &byte, 1) != 0) /* returns when the parent closes its end */
                _exit(3);
            result = db_open_for_recording(path, &db, &error);
            if (result != 0)
                fprintf(stderr, "%s\n", error.sentence);
            else
                result =
                    sql_run(db,
                            "INSERT INTO module VALUES (NULL, hex(randomblob(8)), '', 0, 0, 0, "
                            "0, 0, '', '', '', '', '')",
                            &error);
            if (result != 0)
                fprintf(stderr, "%s\n", error.sentence);
            db_close(db);
            _exit(result == 0 ? 0 : 1);
        }
    }
    close(gate[0]);
    close(gate[1]);
    for (int i = 0; i < OPENERS; i++) {
        int status;
        assert_int_equal(waitpid(openers[i], &status, 0), openers[i]);
        failures += status != 0;
    }
    assert_int_equal(failures, 0);
    run_plainly(path, "CREATE TEMP TABLE wanted (n CHECK (n = 6)); INSERT INTO wanted SELECT "
                      "count(*) FROM module");
}

static void test_second_recorder_while_the_first_is_open(void **state)
{
    const char *path = unit_path("two.db");
    sqlite3 *first, *second;

    assert_int_equal(db_open_for_recording(path, &first, &error), 0);
    assert_int_equal(db_open_for_recording(path, &second, &error), 0);
    assert_int_equal(sql_run(first, "INSERT INTO label VALUES (1, 'a', '1')", &error), 0);
    assert_int_equal(sql_run(second, "INSERT INTO label VALUES (1, 'b', '2')", &error), 0);
    db_close(first); /* cannot leave WAL mode now, and must not fail for it */
    assert_int_equal(sql_run(second, "INSERT INTO label VALUES (1, 'c', '3')", &error), 0);
    expect_viewing(path);
    db_close(second);
    expect_viewing(path);
    run_plainly(path, "CREATE TEMP TABLE wanted (n CHECK (n = 3)); INSERT INTO wanted SELECT "
                      "count(*) FROM label");
}

/* As a recorder leaves a new file that was killed before its writer thread made the views. */
static void test_next_recorder_makes_missing_views(void **state)
{
    const char *path = unit_path("viewless.db");
    sqlite3 *db;

    assert_int_equal(db_open_without_views(path, &db, &error), 0);
    db_close(db);
    run_plainly(path, "CREATE TEMP TABLE wanted (n CHECK (n = 0)); INSERT INTO wanted SELECT "
                      "count(*) FROM sqlite_master WHERE type = 'view'");
    expect_viewing(path);
    make_trail(path);
    make_trail(path);
    run_plainly(path, "CREATE TEMP TABLE wanted (n CHECK (n > 8)); INSERT INTO wanted SELECT "
                      "count(*) FROM sqlite_master WHERE type = 'view'");
}

static void test_viewer_sees_committed_rows_while_recording(void **state)
{
    const char *path = unit_path("live.db");
    sqlite3 *recorder, *viewer;
    sqlite3_stmt *count;

    assert_int_equal(db_open_for_recording(path, &recorder, &error), 0);
    assert_int_equal(db_open_for_viewing(path, &viewer, &error), 0);
    assert_non_null(count = sql_prepare(viewer, "SELECT count(*) FROM label", &error));
    assert_int_equal(sql_run(recorder, "BEGIN; INSERT INTO label VALUES (1, 'a', '1')", &error), 0);
    assert_int_equal(sqlite3_step(count), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(count, 0), 0);
    sqlite3_reset(count);
    assert_int_equal(sql_run(recorder, "COMMIT", &error), 0);
    assert_int_equal(sqlite3_step(count), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(count, 0), 1);
    sqlite3_finalize(count);
    db_close(viewer);
    db_close(recorder);
}

static void test_views_work_for_other_clients(void **state)
{
    const char *path = unit_path("views.db");

    make_trail(path);
    run_plainly(path, "INSERT INTO run (id, uuid, state, start_utc_ns, start_monotonic_ns, "
                      "command_line, directory, mode, follow, os, arch, host,"
                      " recorder, wait_function, load_detection) VALUES (1, 'u', 'complete', "
                      "1700000000123456789, 5, 'app', '/', 'launch', 0,"
                      " 'os', 'arch', 'host', '0', 'w', 'l');"
                      "INSERT INTO event (run_id, seq, t_ns, hold_ns, process_id, thread_id, kind, "
                      "synthetic) VALUES (1, 1, 0, 5, 1, 1, 5, 0)");
    for (size_t i = 0; i < sizeof view_names / sizeof view_names[0]; i++) {
        char sql[96];
        snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE 1 = 1", view_names[i]);
        run_plainly(path, sql);
    }
    run_plainly(path, "CREATE TEMP TABLE wanted (t CHECK (t = '2023-11-14T22:13:20.123Z')); INSERT "
                      "INTO wanted SELECT start FROM runs");
}

static void test_our_views_win_over_the_files_own(void **state)
{
    const char *path = unit_path("evil.db");
    sqlite3 *db;
    sqlite3_stmt *query;

    make_trail(path);
    run_plainly(path, "DROP VIEW runs; CREATE VIEW runs AS SELECT 666 AS run; UPDATE kind SET name "
                      "= 'Evil' || id; UPDATE code SET word = 'evil';"
                      "CREATE VIEW trap AS SELECT load_extension('evil')");
    assert_int_equal(db_open_for_viewing(path, &db, &error), 0);
    assert_non_null(query =
                        sql_prepare(db,
                                    "SELECT (SELECT count(*) FROM runs) + (SELECT count(*) FROM "
                                    "kind WHERE name LIKE 'Evil%') "
                                    "+ (SELECT count(*) FROM code WHERE word = 'evil')",
                                    &error));
    assert_int_equal(sqlite3_step(query), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(query, 0), 0);
    sqlite3_finalize(query);
    for (size_t i = 0; i < sizeof view_names / sizeof view_names[0]; i++) {
        char sql[64];
        snprintf(sql, sizeof sql, "SELECT * FROM %s", view_names[i]);
        if (sql_run(db, sql, &error) != 0)
            fail_msg("%s: %s", sql, error.sentence);
    }
    assert_int_equal(sql_run(db, "SELECT * FROM main.runs", &error), -1);
    assert_int_equal(sql_run(db, "SELECT * FROM trap", &error), -1);
    db_close(db);
}

static void test_viewing_cannot_write(void **state)
{
    const char *path = unit_path("view.db");
    sqlite3 *db;

    make_trail(path);
    assert_int_equal(db_open_for_viewing(path, &db, &error), 0);
    assert_int_equal(sql_run(db, "INSERT INTO main.kind VALUES (99, 'x')", &error), -1);
    assert_int_equal(sql_run(db, "DROP TABLE main.event", &error), -1);
    assert_int_equal(sql_run(db, "ATTACH 'other.db' AS other", &error), -1);
    db_close(db);
}

static void test_odd_names(void **state)
{
    static const char *const names[] = {
        "with space.db",           "100%25.db", "what?.db", "a#b.db",
        "\xC3\xA4\xE2\x82\xAC.db", "file:x.db", "-.db"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        make_trail(unit_path(names[i]));
        assert_int_equal(access(unit_path(names[i]), F_OK), 0);
        expect_viewing(unit_path(names[i]));
    }
}

static void test_statement_errors(void **state)
{
    sqlite3 *db;

    assert_int_equal(db_open_for_recording(unit_path("sql.db"), &db, &error), 0);
    assert_null(sql_prepare(db, "SELECT * FROM nowhere", &error));
    assert_int_equal(error.code, TRAIL_FAILED);
    assert_non_null(strstr(error.sentence, "nowhere"));
    assert_int_equal(sql_run(db, "NONSENSE", &error), -1);
    assert_int_equal(sql_error(db, NULL), -1);
    db_close(db);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_new_file),
    cmocka_unit_test(test_empty_file_is_a_new_one),
    cmocka_unit_test(test_no_sqlite_file),
    cmocka_unit_test(test_foreign_sqlite_file),
    cmocka_unit_test(test_foreign_sqlite_file_without_tables),
    cmocka_unit_test(test_other_versions),
    cmocka_unit_test(test_no_version),
    cmocka_unit_test(test_damaged_schema),
    cmocka_unit_test(test_truncated_file),
    cmocka_unit_test(test_damaged_bytes),
    cmocka_unit_test(test_locked),
    cmocka_unit_test(test_locked_by_a_writer),
    cmocka_unit_test(test_read_only_file),
    cmocka_unit_test(test_read_only_folder),
    cmocka_unit_test(test_new_file_in_read_only_folder),
    cmocka_unit_test(test_wal_file_in_read_only_folder),
    cmocka_unit_test(test_missing),
    cmocka_unit_test(test_folder_instead_of_a_file),
    cmocka_unit_test(test_error_may_be_null),
    cmocka_unit_test(test_openers_at_once),
    cmocka_unit_test(test_second_recorder_while_the_first_is_open),
    cmocka_unit_test(test_next_recorder_makes_missing_views),
    cmocka_unit_test(test_viewer_sees_committed_rows_while_recording),
    cmocka_unit_test(test_views_work_for_other_clients),
    cmocka_unit_test(test_our_views_win_over_the_files_own),
    cmocka_unit_test(test_viewing_cannot_write),
    cmocka_unit_test(test_odd_names),
    cmocka_unit_test(test_statement_errors),
};
UNIT_MAIN(tests)
