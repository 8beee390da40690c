/*
 * Recovery: what a dead recorder left in its ring becomes rows, exactly once, as if the recorder
 * had written them itself; and the writer after a transaction that failed. A recorder's death is
 * played here: a ring that is closed but kept, at each point of its work.
 */
#define _GNU_SOURCE /* memmem */
#include "unit.h"

#include "db.h"
#include "os.h"
#include "recovery.h"
#include "ring.h"
#include "image/image_file.h"
#include "store/rows.h"
#include "store/run_row.h"
#include "script.h"
#include "writer.h"
#include "sql.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    RING_BYTES = 1024 * 1024,
    START_NS = 1000000,
    WRITER_EVENTS = 300,
    LONGER_THAN_PATIENCE_NS = 1200000000,
    TRIES = 2000
};

/*
 * A bit of everything that the roster has to know: threads, loads and unloads, forks, an exec,
 * numbers that are used again.
 */
static const char story[] =
    "pid=10 CreateProcess via=launch path=/bin/app base=0x400000 size=65536 command_line=app\n"
    "t=1us more LoadDll path=/lib/a.so base=0x1000000 size=4096 load_phase=startup\n"
    "t=1us LoadDll path=/lib/b.so base=0x2000000 size=4096 load_phase=startup\n"
    "t=2us tid=11 CreateThread start_address=0x400010\n"
    "t=3us LoadDll path=/lib/c.so base=0x3000000 size=4096 load_phase=runtime\n"
    "t=4us Exception code=11 address=0x3000010 thread_name=worker\n"
    "t=5us pid=20 CreateProcess via=fork parent_pid=10\n"
    "t=6us Exception code=10 address=0x3000020\n"
    "t=7us UnloadDll base=0x3000000\n"
    "t=8us Exception code=10 address=0x3000030\n"
    "t=9us LoadDll path=/lib/d.so base=0x3000000 size=4096 load_phase=runtime\n"
    "t=10us pid=10 tid=11 Exception code=10 address=0x3000040 thread_name=first named_tid=10\n"
    "t=11us UnloadDll base=0x3000000\n"
    "t=12us LoadDll path=/lib/c.so base=0x3000000 size=4096 load_phase=runtime\n"
    "t=13us pid=20 CreateProcess via=exec path=/bin/other base=0x500000 size=4096 "
    "command_line=other\n"
    "t=14us Exception code=5 address=0x500010\n"
    "t=15us pid=30 CreateProcess via=fork parent_pid=20\n"
    "t=16us Exception code=5 address=0x500020\n"
    "t=17us pid=20 ExitProcess exit_code=0\n"
    "t=18us pid=10 tid=11 ExitThread exit_code=5\n"
    "t=19us tid=11 CreateThread start_address=0x1000010\n"
    "t=20us pid=20 CreateProcess via=fork parent_pid=10\n"
    "t=21us Exception code=5 address=0x2000010\n"
    "t=22us OutputDebugString text=words\n"
    "t=23us pid=10 tid=11 ExitThread exit_code=0\n"
    "t=24us pid=10 ExitProcess exit_code=3\n";
enum { STORY_EVENTS = 26 };

static struct trail_error error;
static struct event event;

/* A recorder's file, run and ring, while it lives. */
static struct recorder {
    const char *path;
    sqlite3 *db;
    struct ring *ring;
    int64_t run_id;
} recorder;

static sqlite3 *open_trail(const char *path)
{
    sqlite3 *db;

    if (db_open_for_recording(path, &db, &error) != 0)
        fail_msg("%s", error.sentence);
    return db;
}

static struct ring *make_ring(sqlite3 *db, int64_t run_id)
{
    char *path = recovery_ring_path(db, run_id), uuid[64];
    struct ring_owner owner = {uuid, recorder.path};
    sqlite3_stmt *row = sql_prepare(db, "SELECT uuid FROM run ORDER BY id DESC", &error);
    struct ring *ring;

    assert_non_null(row);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    snprintf(uuid, sizeof uuid, "%s", (const char *)sqlite3_column_text(row, 0));
    sqlite3_finalize(row);
    ring = ring_new(path, &owner, RING_BYTES, &error);

    sqlite3_free(path);
    assert_non_null(ring);
    return ring;
}

static const struct run_start run_start = {.utc_ns = 5000000000,
                                           .monotonic_ns = 500,
                                           .command_line = "app",
                                           .directory = "/",
                                           .mode = "launch",
                                           .wait_function = "w",
                                           .load_detection = "d"};

static void begin_recording(const char *name)
{
    recorder.path = unit_path(name);
    recorder.db = open_trail(recorder.path);
    assert_int_equal(sql_run(recorder.db, "BEGIN IMMEDIATE", &error), 0);
    recorder.run_id = run_row_insert(recorder.db, &run_start, &error);
    assert_true(recorder.run_id > 0);
    recorder.ring = make_ring(recorder.db, recorder.run_id);
    assert_int_equal(sql_run(recorder.db, "COMMIT", &error), 0);
}

/*
 * What the loop thread does: the first `count` events of the story into the ring; the last is let
 * go, but not stamped, if `dies`.
 */
static void tell_story(unsigned count, bool dies)
{
    struct script *script = script_parse("story", story, sizeof story - 1, &error);

    if (script == NULL)
        fail_msg("%s", error.sentence);
    assert_int_equal(script_count(script), STORY_EVENTS);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(script_get(script, i, &event), SCRIPT_EVENT);
        event.t_ns += START_NS;
        event_pack(&event, ring_reserve(recorder.ring, event_packed_size(&event)));
        ring_commit(recorder.ring);
        if (!dies || i + 1 < count)
            ring_stamp(recorder.ring, 10 * i);
    }
    script_free(script);
}

/*
 * What the writer does: one transaction with the next `count` events. Their room may be given back,
 * or the recorder dies before that.
 */
static void write_events(unsigned count, bool release)
{
    struct rows *rows = rows_new(recorder.db, recorder.run_id, &error);
    struct run_counts *counts = calloc(1, sizeof *counts);
    struct ring_record record;
    struct module_identity identity;

    assert_non_null(rows);
    assert_int_equal(sql_run(recorder.db, "BEGIN IMMEDIATE", &error), 0);
    for (unsigned i = 0; i < count; i++) {
        assert_true(ring_next(recorder.ring, &record));
        assert_int_equal(event_unpack(&event, record.payload, record.size), 0);
        if (record.seq == 1)
            assert_int_equal(run_row_set_zero(recorder.db, recorder.run_id,
                                              run_start.utc_ns + START_NS - run_start.monotonic_ns,
                                              START_NS, &error),
                             0);
        image_file_identify(&event, &identity);
        assert_int_equal(rows_write(rows, record.seq, &event, &identity, event.t_ns - START_NS,
                                    true, record.hold_ns, &error),
                         0);
        counts->events = record.seq;
        counts->by_kind[event.kind]++;
        counts->hold_ns += record.hold_ns;
    }
    assert_int_equal(rows_flush(rows, &error), 0);
    assert_int_equal(run_row_set_counts(recorder.db, recorder.run_id, counts, &error), 0);
    assert_int_equal(sql_run(recorder.db, "COMMIT", &error), 0);
    if (release)
        ring_release(recorder.ring);
    free(counts);
    rows_free(rows);
}

static void die(void)
{
    ring_free(recorder.ring, true);
    db_close(recorder.db);
}

static void leave(const char *name, unsigned told, unsigned written)
{
    begin_recording(name);
    tell_story(told, true);
    if (written > 0)
        write_events(written, true);
    die();
}

/* The rows of a query as text, one a line. To be freed with sqlite3_free. */
static char *query(const char *path, const char *sql)
{
    sqlite3_str *text = sqlite3_str_new(NULL);
    sqlite3_stmt *statement;
    sqlite3 *db;

    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(statement); i++)
            sqlite3_str_appendf(text, "%s%s", i > 0 ? "|" : "",
                                sqlite3_column_text(statement, i) != NULL
                                    ? (const char *)sqlite3_column_text(statement, i)
                                    : "-");
        sqlite3_str_appendchar(text, 1, '\n');
    }
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    sqlite3_close(db);
    return sqlite3_str_finish(text);
}

static void expect_query(const char *path, const char *expected, const char *sql)
{
    char *found = query(path, sql);

    assert_string_equal(found != NULL ? found : "", expected);
    sqlite3_free(found);
}

static void expect_run(const char *path, const char *state_and_events)
{
    expect_query(path, state_and_events, "SELECT state, events FROM run WHERE id = 1");
    expect_query(path, "ok\n", "PRAGMA integrity_check");
    expect_query(path, "1\n",
                 "SELECT events = (SELECT count(*) FROM event) AND events = coalesce((SELECT "
                 "max(seq) FROM event), 0) FROM run");
}

static void expect_ring(const char *path, bool there)
{
    char ring_path[300];

    snprintf(ring_path, sizeof ring_path, "%s-run1.ring", path);
    assert_int_equal(access(ring_path, F_OK) == 0, there);
}

static void expect_recovery(const char *path, int runs)
{
    int count = recovery_of_file(path, NULL, NULL, &error);

    if (count != runs)
        fail_msg("%d runs were recovered, not %d: %s", count, runs,
                 count < 0 ? error.sentence : "");
}

/* All that a run has, but when it was. */
static char *everything(const char *path)
{
    static const char *const queries[] = {
        "SELECT events, counts, start_monotonic_ns, start_utc_ns, hold_ns FROM run",
        "SELECT * FROM event ORDER BY seq",
        "SELECT * FROM process ORDER BY id",
        "SELECT * FROM thread ORDER BY id",
        "SELECT id, path FROM module ORDER BY id",
        "SELECT * FROM event_create_process ORDER BY seq",
        "SELECT * FROM event_load_dll ORDER BY seq",
        "SELECT * FROM event_unload_dll ORDER BY seq",
        "SELECT * FROM event_exception ORDER BY seq",
        "SELECT * FROM event_output_debug_string ORDER BY seq",
        "SELECT * FROM event_exit_process ORDER BY seq",
    };
    sqlite3_str *all = sqlite3_str_new(NULL);

    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        char *text = query(path, queries[i]);
        sqlite3_str_appendf(all, "%s\n%s", queries[i], text != NULL ? text : "");
        sqlite3_free(text);
    }
    return sqlite3_str_finish(all);
}

/*
 * However much was committed when the recorder died, and whether or not it had given the room back,
 * the file is the same.
 */
static void test_every_moment_of_death_gives_the_same_file(void **state)
{
    char *expected;

    begin_recording("whole.db");
    tell_story(STORY_EVENTS, false);
    write_events(STORY_EVENTS, true);
    die();
    expected = everything(recorder.path);
    for (unsigned written = 0; written <= STORY_EVENTS; written++) {
        for (int release = 0; release < 2; release++) {
            char name[32], *found;
            snprintf(name, sizeof name, "%u-%d.db", written, release);
            begin_recording(name);
            tell_story(STORY_EVENTS, false);
            write_events(written, release != 0);
            die();
            expect_recovery(recorder.path, 1);
            expect_run(recorder.path, "recovered|26\n");
            expect_ring(recorder.path, false);
            found = everything(recorder.path);
            assert_string_equal(found, expected);
            sqlite3_free(found);
        }
    }
    sqlite3_free(expected);
}

/* Two transactions, and only the first one's room given back. */
static void test_room_given_back_for_less_than_was_committed(void **state)
{
    begin_recording("less.db");
    tell_story(10, false);
    write_events(4, true);
    ring_next(recorder.ring, &(struct ring_record){0});
    die();
    expect_recovery(recorder.path, 1);
    expect_run(recorder.path, "recovered|10\n");
}

static void test_last_record_has_no_hold(void **state)
{
    leave("last.db", 5, 2);
    expect_recovery(recorder.path, 1);
    expect_run(recorder.path, "recovered|5\n");
    expect_query(recorder.path, "1|0\n2|10\n3|20\n4|30\n5|-\n", "SELECT seq, hold_ns FROM event");
    expect_query(recorder.path, "60\n", "SELECT hold_ns FROM run");
}

/* Of all that was told, not only of what the ring had. */
static void test_recovered_run_says_how_long_it_took(void **state)
{
    leave("long.db", STORY_EVENTS, 10);
    expect_recovery(recorder.path, 1);
    expect_query(
        recorder.path, "24000|3000|3000\n",
        "SELECT wall_ns, hold_ns, (SELECT sum(value ->> 'total_ns') FROM json_each(holds)) "
        "FROM run");
}

/* It may have been replaced since it was mapped. */
static void test_file_of_another_size_is_not_believed(void **state)
{
    static struct module_identity found;
    uint64_t size;

    event_begin(&event, EVENT_LOAD_DLL, 1, 1, 1);
    event.image.path = event_put_bytes(&event, "/proc/self/exe", strlen("/proc/self/exe"));
    image_file_identify(&event, &found);
    assert_true(found.file_bytes > 0 && found.image_bytes > 0);
    event.image.size = size = found.image_bytes;
    image_file_identify(&event, &found);
    assert_true(found.file_bytes > 0);
    event.image.size += 4096;
    image_file_identify(&event, &found);
    assert_int_equal(found.file_bytes, 0);
    assert_int_equal(found.image_bytes, size + 4096);
}

static void test_nothing_is_recovered_twice(void **state)
{
    leave("twice.db", 5, 0);
    expect_recovery(recorder.path, 1);
    expect_recovery(recorder.path, 0);
    expect_run(recorder.path, "recovered|5\n");
}

static void test_run_without_events(void **state)
{
    leave("none.db", 0, 0);
    expect_recovery(recorder.path, 1);
    expect_run(recorder.path, "recovered|0\n");
    expect_ring(recorder.path, false);
}

static void test_roster_is_known_after_the_crash(void **state)
{
    /* the process, its thread and its three modules are rows already */
    leave("roster.db", STORY_EVENTS, 5);
    expect_recovery(recorder.path, 1);
    expect_query(recorder.path,
                 "6|/lib/c.so|16\n8|/lib/c.so|32\n10|-|-\n12|/lib/c.so|64\n16|/bin/other|16\n18|/"
                 "bin/other|32\n23|/lib/b.so|16\n",
                 "SELECT e.seq, m.path, e.address_offset FROM event_exception e LEFT JOIN module m "
                 "ON m.id = e.address_module_id");
    expect_query(recorder.path, "9|5\n13|5\n", "SELECT seq, load_seq FROM event_unload_dll");
    expect_query(recorder.path, "5|13\n11|15\n14|-\n",
                 "SELECT seq, end_seq FROM event_load_dll WHERE seq > 3");
    expect_query(recorder.path, "1|10|-|26\n2|20|1|19\n3|30|2|-\n4|20|1|-\n",
                 "SELECT id, pid, parent_process_id, last_seq FROM process ORDER BY id");
    expect_query(recorder.path, "11|/bin/app\n11|/lib/a.so\n",
                 "SELECT t.tid, m.path FROM thread t JOIN module m ON m.id = "
                 "t.start_address_module_id ORDER BY t.id");
}

/* Changes a byte of the record in the ring's file that has these bytes. */
static void damage_record(const char *path, const char *in_record)
{
    char ring_path[300], *bytes, *at;
    size_t length;

    snprintf(ring_path, sizeof ring_path, "%s-run1.ring", path);
    bytes = unit_read(ring_path, &length);
    assert_non_null(bytes);
    at = memmem(bytes, length, in_record, strlen(in_record));
    assert_non_null(at);
    *at ^= 0x55;
    unit_write(ring_path, bytes, length);
    free(bytes);
}

static void test_sound_records_behind_a_damaged_one_are_salvaged(void **state)
{
    leave("damaged.db", 10, 2);
    damage_record(recorder.path, "/lib/c.so"); /* the fifth */
    expect_recovery(recorder.path, 1);
    expect_run(recorder.path, "interrupted|9\n");
    expect_ring(recorder.path, false);
}

/* After a power failure the file may be older than the ring. */
static void test_missing_records_are_said(void **state)
{
    begin_recording("missing.db");
    tell_story(10, true);
    for (int i = 0; i < 4; i++)
        assert_true(ring_next(recorder.ring, &(struct ring_record){0}));
    ring_release(recorder.ring);
    die();
    expect_recovery(recorder.path, 1);
    expect_run(recorder.path, "interrupted|6\n");
}

static void test_run_without_ring_is_interrupted(void **state)
{
    char path[300];

    leave("ringless.db", 10, 7);
    snprintf(path, sizeof path, "%s-run1.ring", recorder.path);
    assert_int_equal(unlink(path), 0);
    expect_recovery(recorder.path, 1);
    expect_run(recorder.path, "interrupted|7\n");
}

static char noticed[300];

static void note(const char *sentence)
{
    snprintf(noticed, sizeof noticed, "%s", sentence);
}

/* The writer itself: a recording with a thread of its own. */
static struct writer *start_writer(const char *path)
{
    struct writer_options options = {.database = path, .run = run_start, .on_notice = note};
    struct writer *writer = writer_open(&options, &error);

    if (writer == NULL || writer_start(writer, &error) != 0)
        fail_msg("%s", error.sentence);
    return writer;
}

static int end_writer(struct writer *writer)
{
    static const struct run_end end = {.state = "complete", .reason = "exit", .exited = true};
    struct run_counts *totals = calloc(1, sizeof *totals);
    int result;

    ring_finish(writer_ring(writer));
    result = writer_finish(writer, &end, totals, &error);
    writer_free(writer);
    free(totals);
    return result;
}

static char *ring_path_of(const char *path)
{
    static char ring_path[300];

    snprintf(ring_path, sizeof ring_path, "%s-run1.ring", path);
    return ring_path;
}

/* What stands in the ring's place is no ring of that run: it stays, byte for byte, and is named. */
static void note_left_alone(void *context, int64_t run_id, uint64_t events, const char *left_alone)
{
    assert_int_equal(run_id, 1);
    assert_int_equal(events, 0);
    assert_non_null(left_alone);
    assert_non_null(strstr(left_alone, "-run1.ring"));
    ++*(int *)context;
}

static void expect_left_alone(const char *path)
{
    size_t length, length_after;
    char *before = unit_read(ring_path_of(path), &length), *after;
    int reports = 0;

    assert_int_equal(recovery_of_file(path, note_left_alone, &reports, &error), 1);
    assert_int_equal(reports, 1);
    expect_run(path, "interrupted|7\n");
    after = unit_read(ring_path_of(path), &length_after);
    assert_non_null(after);
    assert_int_equal(length, length_after);
    assert_memory_equal(before, after, length);
    free(before);
    free(after);
}

static void test_what_is_no_ring_is_left_alone(void **state)
{
    static const size_t lengths[] = {0, 1, 4096, RING_BYTES};
    char *bytes = calloc(1, RING_BYTES), name[32];

    memset(bytes + 1, 0xA5, RING_BYTES - 1);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        snprintf(name, sizeof name, "no%zu.db", i);
        leave(name, 10, 7);
        unit_write(ring_path_of(recorder.path), bytes, lengths[i]);
        expect_left_alone(recorder.path);
    }
    free(bytes);
}

static void test_ring_of_another_run_is_left_alone(void **state)
{
    char foreign[300];

    leave("foreign.db", 26, 3);
    snprintf(foreign, sizeof foreign, "%s", ring_path_of(recorder.path));
    leave("own.db", 10, 7);
    assert_int_equal(rename(foreign, ring_path_of(recorder.path)), 0);
    expect_left_alone(recorder.path);
}

/* The database was moved away and another one made: that takes the next number. */
static void test_ring_of_a_moved_database_is_not_taken(void **state)
{
    const char *moved = unit_path("moved.db"), *path;
    char aside[300];

    leave("home.db", 10, 7);
    path = recorder.path;
    assert_int_equal(rename(path, moved), 0);
    assert_int_equal(end_writer(start_writer(path)), 0);
    assert_non_null(strstr(noticed, "home.db-run1.ring"));
    expect_query(path, "2|complete\n", "SELECT id, state FROM run");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rename(moved, path), 0);
    expect_recovery(path, 1);
    expect_run(path, "recovered|10\n");
    snprintf(aside, sizeof aside, "%s-run2.ring", path);
    assert_int_not_equal(access(aside, F_OK), 0);
}

static void test_ring_of_another_version_is_left_alone(void **state)
{
    size_t length;
    char *bytes;

    leave("version.db", 10, 7);
    bytes = unit_read(ring_path_of(recorder.path), &length);
    bytes[8]++;
    unit_write(ring_path_of(recorder.path), bytes, length);
    expect_recovery(recorder.path, -1);
    assert_non_null(strstr(error.sentence, "version.db-run1.ring' is the ring of another version"));
    expect_run(recorder.path, "recording|7\n");
    expect_ring(recorder.path, true);
    bytes[8]--;
    unit_write(ring_path_of(recorder.path), bytes, length);
    expect_recovery(recorder.path, 1);
    expect_run(recorder.path, "recovered|10\n");
    free(bytes);
}

/* Truncated, longer, with a header that says what cannot be: what is sound comes in. */
static void test_sound_records_of_a_spoiled_file_are_salvaged(void **state)
{
    static const struct {
        long length; /* more than the file has, or less */
        size_t at;   /* a byte of the header that is set */
        unsigned char value;
        const char *expected;
    } cases[] = {
        {-8, 0, 0, "recovered|10\n"},
        {4096, 0, 0, "recovered|10\n"},
        {-RING_BYTES / 2, 0, 0, "recovered|10\n"},
        {0, 16, 3, "interrupted|10\n"},
        {0, 64, 0xF1, "interrupted|10\n"},
        {-RING_BYTES, 0, 0, "interrupted|7\n"},
    };
    size_t length;
    char *bytes, *longer = calloc(1, 2 * RING_BYTES), name[32];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(name, sizeof name, "spoiled%zu.db", i);
        leave(name, 10, 7);
        bytes = unit_read(ring_path_of(recorder.path), &length);
        memcpy(longer, bytes, length);
        if (cases[i].value != 0)
            longer[cases[i].at] = (char)cases[i].value;
        unit_write(ring_path_of(recorder.path), longer, (size_t)((long)length + cases[i].length));
        expect_recovery(recorder.path, 1);
        expect_run(recorder.path, cases[i].expected);
        expect_ring(recorder.path, false);
        free(bytes);
    }
    free(longer);
}

/* The ring has the database's mode, and follows no link. */
static void test_ring_is_no_more_readable_than_its_database(void **state)
{
    const char *path = unit_path("secret.db"), *victim = unit_path("victim");
    struct writer *writer;
    struct stat status;
    size_t length;
    char *bytes;

    umask(022);
    db_close(open_trail(path));
    assert_int_equal(chmod(path, 0600), 0);
    writer = start_writer(path);
    assert_int_equal(lstat(ring_path_of(path), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(end_writer(writer), 0);
    unit_write(victim, "mine", 4);
    path = unit_path("linked.db");
    assert_int_equal(symlink(victim, ring_path_of(path)), 0);
    assert_int_equal(end_writer(start_writer(path)), 0);
    expect_query(path, "2|complete\n", "SELECT id, state FROM run");
    bytes = unit_read(victim, &length);
    assert_string_equal(bytes, "mine");
    free(bytes);
}

static void test_living_recorder_is_left_alone(void **state)
{
    begin_recording("alive.db");
    tell_story(10, true);
    write_events(3, false);
    expect_recovery(recorder.path, 0);
    assert_int_equal(recovery_bring_in(recorder.db, NULL, NULL, &error), 0);
    expect_run(recorder.path, "recording|3\n");
    expect_ring(recorder.path, true);
    die();
    expect_recovery(recorder.path, 1);
    expect_run(recorder.path, "recovered|10\n");
}

/* Of two runs in one file only the dead one's is taken over. */
static void test_living_neighbour_is_left_alone(void **state)
{
    struct recorder first;

    begin_recording("two.db");
    tell_story(10, true);
    first = recorder;
    begin_recording("two.db");
    tell_story(5, true);
    assert_int_equal(recorder.run_id, 2);
    die();
    expect_recovery(recorder.path, 1);
    expect_query(recorder.path, "1|recording|0\n2|recovered|5\n",
                 "SELECT id, state, events FROM run");
    recorder = first;
    die();
    expect_recovery(recorder.path, 1);
    expect_query(recorder.path, "1|recovered|10\n2|recovered|5\n",
                 "SELECT id, state, events FROM run");
}

/* What is there but cannot be opened now is no reason to give the run up. */
static void test_ring_that_cannot_be_opened_is_for_later(void **state)
{
    char path[300], aside[320];

    leave("later.db", 10, 7);
    snprintf(path, sizeof path, "%s-run1.ring", recorder.path);
    snprintf(aside, sizeof aside, "%s.aside", path);
    assert_int_equal(rename(path, aside), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    expect_recovery(recorder.path, -1);
    assert_non_null(strstr(error.sentence, "-run1.ring"));
    expect_run(recorder.path, "recording|7\n");
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rename(aside, path), 0);
    expect_recovery(recorder.path, 1);
    expect_run(recorder.path, "recovered|10\n");
}

static void test_file_by_another_name(void **state)
{
    const char *link = unit_path("link.db");

    begin_recording("target.db");
    assert_int_equal(symlink("target.db", link), 0);
    tell_story(10, true);
    expect_recovery(link, 0);
    expect_run(link, "recording|0\n");
    die();
    expect_recovery(link, 1);
    expect_run(recorder.path, "recovered|10\n");
    expect_ring(recorder.path, false);
}

static void test_triggers_of_the_file_are_not_run(void **state)
{
    sqlite3 *db;

    leave("trigger.db", 10, 7);
    assert_int_equal(sqlite3_open(recorder.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "CREATE TABLE hit (n); CREATE TRIGGER t AFTER UPDATE ON run "
                                  "BEGIN INSERT INTO hit VALUES (1); END",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    expect_recovery(recorder.path, 1);
    expect_query(recorder.path, "0\n", "SELECT count(*) FROM hit");
}

/* Without room for the ring it is in memory; that its recorder lives can still be seen. */
static void test_recorder_without_room_is_seen_to_live(void **state)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_IGN);
    db_close(open_trail(unit_path("noroom.db")));
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){RING_BYTES / 8, limit.rlim_max});
    begin_recording("noroom.db");
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_false(ring_is_durable(recorder.ring));
    tell_story(10, true);
    write_events(9, true);
    expect_recovery(recorder.path, 0);
    expect_run(recorder.path, "recording|9\n");
    expect_ring(recorder.path, true);
    die();
    expect_ring(recorder.path, false);
    expect_recovery(recorder.path, 1);
    expect_run(recorder.path, "interrupted|9\n");
}

static void send_events(struct writer *writer, unsigned count)
{
    struct ring *ring = writer_ring(writer);

    for (unsigned i = 0; i < count; i++) {
        event_begin(&event, EVENT_CREATE_THREAD, 10, 100 + i, START_NS + i);
        event_pack(&event, ring_reserve(ring, event_packed_size(&event)));
        ring_commit(ring);
        ring_stamp(ring, 1);
    }
}

/* Waits until the file has that many events. */
static void wait_for_events(const char *path, unsigned count)
{
    char expected[32], *found = NULL;
    int tries = 0;

    snprintf(expected, sizeof expected, "%u\n", count);
    do {
        sqlite3_free(found);
        sqlite3_sleep(5);
        found = query(path, "SELECT events FROM run WHERE id = 1");
    } while (found != NULL && strcmp(found, expected) != 0 && tries++ < TRIES);
    assert_string_equal(found != NULL ? found : "", expected);
    sqlite3_free(found);
}

/* Longer than the writer waits in one try: its transaction fails, and is done again. */
static void test_writer_waits_for_a_lock(void **state)
{
    const char *path = unit_path("locked.db");
    struct writer *writer = start_writer(path);
    sqlite3 *other = open_trail(path);
    uint64_t start;

    send_events(writer, WRITER_EVENTS);
    wait_for_events(path, WRITER_EVENTS);
    assert_int_equal(sql_run(other, "BEGIN IMMEDIATE", &error), 0);
    start = os_monotonic_ns();
    send_events(writer, WRITER_EVENTS);
    while (os_monotonic_ns() - start < LONGER_THAN_PATIENCE_NS)
        sqlite3_sleep(5);
    send_events(writer, WRITER_EVENTS);
    assert_int_equal(sql_run(other, "ROLLBACK", &error), 0);
    assert_int_equal(end_writer(writer), 0);
    db_close(other);
    expect_run(path, "complete|900\n");
    expect_ring(path, false);
}

/*
 * Whether a thread of ours has tried to let a file grow: the signal is blocked in the writer's, so
 * it stays pending.
 */
static bool growth_was_tried(void)
{
    DIR *threads = opendir("/proc/self/task");
    unsigned long long pending = 0;

    for (struct dirent *thread; threads != NULL && (thread = readdir(threads)) != NULL;) {
        char path[300], line[128];
        FILE *status;
        snprintf(path, sizeof path, "/proc/self/task/%s/status", thread->d_name);
        status = fopen(path, "re");
        while (status != NULL && fgets(line, sizeof line, status) != NULL)
            if (strncmp(line, "SigPnd:", 7) == 0)
                pending |= strtoull(line + 7, NULL, 16);
        if (status != NULL)
            fclose(status);
    }
    if (threads != NULL)
        closedir(threads);
    return (pending >> (SIGXFSZ - 1) & 1) != 0;
}

/*
 * No file of this process may grow: as with a full disk, a transaction fails in its middle or at
 * its end.
 */
static void stop_growth(struct rlimit *before)
{
    struct rlimit none;

    getrlimit(RLIMIT_FSIZE, before);
    none = *before;
    none.rlim_cur = 4096;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &none);
}

static void test_writer_retries_after_a_failed_write(void **state)
{
    const char *path = unit_path("full.db");
    struct writer *writer;
    struct rlimit limit;

    writer = start_writer(path);
    send_events(writer, WRITER_EVENTS);
    wait_for_events(path, WRITER_EVENTS);
    stop_growth(&limit);
    send_events(writer, 20 * WRITER_EVENTS);
    for (int tries = 0; !growth_was_tried() && tries < TRIES; tries++)
        sqlite3_sleep(5);
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_true(growth_was_tried());
    send_events(writer, WRITER_EVENTS);
    assert_int_equal(end_writer(writer), 0);
    expect_run(path, "complete|6600\n");
}

/*
 * At the end nobody waits for a disk: the ring's file keeps what is missing, and the next command
 * brings it in.
 */
static void test_writer_leaves_the_rest_in_the_ring(void **state)
{
    const char *path = unit_path("rest.db");
    struct writer *writer = start_writer(path);
    struct rlimit limit;
    int result;

    send_events(writer, WRITER_EVENTS);
    wait_for_events(path, WRITER_EVENTS);
    stop_growth(&limit);
    send_events(writer, 20 * WRITER_EVENTS);
    result = end_writer(writer);
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_int_equal(result, -1);
    assert_non_null(strstr(error.sentence, "the recording is not finished"));
    expect_ring(path, true);
    expect_recovery(path, 1);
    expect_run(path, "recovered|6300\n");
    expect_ring(path, false);
}

static void test_writer_says_that_its_file_is_gone(void **state)
{
    const char *path = unit_path("gone.db");
    struct writer *writer = start_writer(path);

    send_events(writer, WRITER_EVENTS);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(end_writer(writer), -1);
    assert_non_null(strstr(error.sentence, "moved, replaced or removed"));
    expect_ring(path, false);
}

static void test_cancelled_recording_leaves_nothing(void **state)
{
    const char *path = unit_path("cancelled.db");
    struct writer *writer = start_writer(path);

    writer_cancel(writer);
    writer_free(writer);
    expect_query(path, "0\n", "SELECT count(*) FROM run");
    expect_ring(path, false);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_every_moment_of_death_gives_the_same_file),
    cmocka_unit_test(test_room_given_back_for_less_than_was_committed),
    cmocka_unit_test(test_last_record_has_no_hold),
    cmocka_unit_test(test_recovered_run_says_how_long_it_took),
    cmocka_unit_test(test_file_of_another_size_is_not_believed),
    cmocka_unit_test(test_nothing_is_recovered_twice),
    cmocka_unit_test(test_run_without_events),
    cmocka_unit_test(test_roster_is_known_after_the_crash),
    cmocka_unit_test(test_sound_records_behind_a_damaged_one_are_salvaged),
    cmocka_unit_test(test_missing_records_are_said),
    cmocka_unit_test(test_run_without_ring_is_interrupted),
    cmocka_unit_test(test_what_is_no_ring_is_left_alone),
    cmocka_unit_test(test_ring_of_another_run_is_left_alone),
    cmocka_unit_test(test_ring_of_a_moved_database_is_not_taken),
    cmocka_unit_test(test_ring_of_another_version_is_left_alone),
    cmocka_unit_test(test_sound_records_of_a_spoiled_file_are_salvaged),
    cmocka_unit_test(test_ring_is_no_more_readable_than_its_database),
    cmocka_unit_test(test_living_recorder_is_left_alone),
    cmocka_unit_test(test_living_neighbour_is_left_alone),
    cmocka_unit_test(test_ring_that_cannot_be_opened_is_for_later),
    cmocka_unit_test(test_file_by_another_name),
    cmocka_unit_test(test_triggers_of_the_file_are_not_run),
    cmocka_unit_test(test_recorder_without_room_is_seen_to_live),
    cmocka_unit_test(test_writer_waits_for_a_lock),
    cmocka_unit_test(test_writer_retries_after_a_failed_write),
    cmocka_unit_test(test_writer_leaves_the_rest_in_the_ring),
    cmocka_unit_test(test_writer_says_that_its_file_is_gone),
    cmocka_unit_test(test_cancelled_recording_leaves_nothing),
};

UNIT_MAIN(tests)
