/* The writer: each event is in the file once and in order, whatever is in its way. */
#include "event.h"
#include "look.h"
#include "looks.h"
#include "os.h"
#include "sql.h"
#include "unit.h"
#include "writer.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { EVENTS = 30000, PID = 100, THREADS = 50, LOADS = 20, TID = 1000 };

static struct trail_error error;
static struct event event; /* large */

static struct writer *open_writer(const char *path)
{
    struct writer_options options = {
        .database = path,
        .run = {.command_line = "test",
                .directory = "/",
                .mode = "launch",
                .wait_function = "test",
                .load_detection = "test"},
    };
    struct writer *writer = writer_open(&options, &error);

    if (writer == NULL || writer_start(writer, &error) != 0)
        fail_msg("%s", error.sentence);
    return writer;
}

static void finish(struct writer *writer, uint64_t events)
{
    struct run_end end = {.state = "complete", .reason = "exit"};
    struct run_counts totals = {0};

    ring_finish(writer_ring(writer));
    if (writer_finish(writer, &end, &totals, &error) != 0)
        fail_msg("%s", error.sentence);
    assert_int_equal(writer_counts(writer)->events, events);
    writer_free(writer);
}

static void record(struct writer *writer)
{
    struct ring *ring = writer_ring(writer);

    event_pack(&event, ring_reserve(ring, event_packed_size(&event)));
    ring_commit(ring);
    ring_stamp(ring, 1000);
}

static void begin_event(enum event_kind kind, uint64_t number)
{
    event_begin(&event, kind, PID, TID + (uint32_t)(number % THREADS), 1000 * number);
}

static void record_start(struct writer *writer)
{
    event_begin(&event, EVENT_CREATE_PROCESS, PID, PID, 1);
    event_set(&event, FIELD(CREATE_PROCESS, via), VIA_LAUNCH);
    record(writer);
}

static void begin_load(uint64_t number)
{
    begin_event(EVENT_LOAD_DLL, number);
    event_set(&event, FIELD(LOAD_DLL, base), 0x10000 * number);
    event.image.path =
        event_put_bytes(&event, "/no/such/library.so", strlen("/no/such/library.so"));
}

/* Signals, threads that come and go, and a load now and then. */
static void record_number(struct writer *writer, uint64_t number)
{
    uint64_t sender = number;

    if (number % 1000 == 0) {
        begin_load(number);
    } else if (number % 100 < THREADS) {
        begin_event(number / THREADS % 4 == 0 ? EVENT_CREATE_THREAD : EVENT_EXIT_THREAD, number);
    } else {
        begin_event(EVENT_EXCEPTION, number);
        event_set(&event, FIELD(EXCEPTION, code), 10);
        event_set_bytes(&event, FIELD(EXCEPTION, parameters), &sender, sizeof sender);
    }
    record(writer);
}

static void expect(const char *path, const char *sql, long long value)
{
    sqlite3_stmt *query;
    sqlite3 *db;

    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &query, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(query), SQLITE_ROW);
    if (sqlite3_column_int64(query, 0) != value)
        fail_msg("%s: %lld, not %lld", sql, sqlite3_column_int64(query, 0), value);
    sqlite3_finalize(query);
    sqlite3_close(db);
}

static void record_all(const char *path)
{
    struct writer *writer = open_writer(path);

    record_start(writer);
    for (uint64_t number = 1; number < EVENTS; number++)
        record_number(writer, number);
    finish(writer, EVENTS);
}

static void expect_all(const char *path, uint64_t events)
{
    expect(path, "SELECT count(*) FROM event", (long long)events);
    expect(path, "SELECT count(*) FROM event WHERE seq > 1 AND t_ns <> 1000 * (seq - 1) - 1", 0);
    expect(path, "SELECT count(*) FROM event_load_dll", (long long)(events - 1) / 1000);
    expect(path,
           "SELECT count(*) FROM event e LEFT JOIN event_exception x USING (run_id, seq) WHERE "
           "e.kind = 7 AND x.parameters IS NOT '[' || (e.seq - 1) || ']'",
           0);
    expect(path, "SELECT (SELECT events FROM run) - (SELECT count(*) FROM event)", 0);
}

static void test_each_event_once_and_in_order(void **state)
{
    record_all(unit_path("alone.db"));
    expect_all(unit_path("alone.db"), EVENTS);
}

/* A load now and then comes with a file, which the loop thread wants closed at once. */
static void test_files_are_closed_on_demand(void **state)
{
    const char *path = unit_path("files.db");
    struct writer *writer = open_writer(path);

    record_start(writer);
    for (uint64_t number = 1; number < 3000; number++) {
        if (number % 100 != 0) {
            record_number(writer, number);
            continue;
        }
        begin_load(number);
        event.image.file = 1; /* the scripted platform never touches it */
        record(writer);
        writer_close_files(writer, number + 1);
        writer_close_files(writer, number + 1);
    }
    finish(writer, 3000);
    expect(path, "SELECT count(*) FROM event", 3000);
    expect(path, "SELECT max(seq) FROM event", 3000);
    expect(path, "SELECT count(*) FROM event_load_dll", 29);
}

static void test_locked_file_is_written_later(void **state)
{
    const char *path = unit_path("locked.db");
    struct writer *writer = open_writer(path);
    sqlite3 *other;

    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    record_start(writer);
    for (uint64_t number = 1; number < 3000; number++) {
        record_number(writer, number);
        if (number == 1500)
            assert_int_equal(sqlite3_exec(other, "PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE",
                                          NULL, NULL, NULL),
                             SQLITE_OK);
    }
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    finish(writer, 3000);
    expect(path, "SELECT count(*) FROM event", 3000);
    expect(path, "SELECT max(seq) FROM event", 3000);
}

/* Each of these would last 100 ms, if the lock were waited for. */
static void test_locked_file_does_not_delay_the_closing_of_files(void **state)
{
    const char *path = unit_path("closing.db");
    struct writer *writer = open_writer(path);
    uint64_t start_ns;
    sqlite3 *other;

    record_start(writer);
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(other, "PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE", NULL, NULL, NULL),
        SQLITE_OK);
    start_ns = os_monotonic_ns();
    for (uint64_t number = 1; number < 1000; number++) {
        begin_load(number);
        event.image.file = 1;
        record(writer);
        writer_close_files(writer, number + 1);
    }
    assert_true(os_monotonic_ns() - start_ns < UINT64_C(50000000000));
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    finish(writer, 1000);
    expect(path, "SELECT count(*) FROM event_load_dll", 999);
}

/* The writer thread makes them, whether events come or not. */
static void test_new_file_gets_its_views(void **state)
{
    const char *path = unit_path("views.db");
    struct writer *writer = open_writer(path);

    record_start(writer);
    finish(writer, 1);
    expect(path, "SELECT count(*) > 8 FROM sqlite_master WHERE type = 'view'", 1);
    expect(path, "SELECT events FROM runs", 1);
    writer_cancel(writer = open_writer(path));
    writer_free(writer);
    expect(path, "SELECT count(*) FROM runs", 1);
    writer_cancel(writer = open_writer(unit_path("cancelled.db")));
    writer_free(writer);
    expect(unit_path("cancelled.db"), "SELECT count(*) > 8 FROM sqlite_master WHERE type = 'view'",
           1);
}

static void record_name(struct writer *writer, uint32_t tid, const char *name)
{
    begin_event(EVENT_EXCEPTION, 1);
    event.naming.tid = tid;
    event.naming.name = event_put_bytes(&event, name, strlen(name));
    record(writer);
}

static void record_thread(struct writer *writer, enum event_kind kind, uint32_t tid)
{
    event_begin(&event, kind, PID, tid, 2000);
    record(writer);
}

/* Who creates a thread may name it before the debugger is told of it. */
static void test_names_of_threads_to_come(void **state)
{
    const char *path = unit_path("names.db");
    struct writer *writer = open_writer(path);

    record_start(writer);
    for (uint32_t tid = 1; tid <= 3; tid++)
        record_name(writer, tid, "early");
    record_name(writer, 2, "two");
    for (uint32_t tid = 1; tid <= 4; tid++)
        record_thread(writer, EVENT_CREATE_THREAD, tid);
    record_name(writer, 1, "one");
    record_thread(writer, EVENT_EXIT_THREAD, 3);
    record_name(writer, 3, "of the one that has ended");
    record_thread(writer, EVENT_CREATE_THREAD, 3);
    record_thread(writer, EVENT_EXIT_THREAD, 9);
    finish(writer, 14);
    expect(path,
           "SELECT group_concat(tid || coalesce(name, '-'), ' ') = '1one 2two 3early 4- 3- 9-' "
           "FROM (SELECT * FROM threads WHERE tid < 100 ORDER BY thread)",
           1);
    expect(path, "SELECT count(*) FROM threads WHERE start_t_ns IS NULL AND tid IN (9, 1001)", 2);
    expect(path, "SELECT count(*) FROM threads WHERE start_t_ns IS NULL", 2);
}

/* One thread is seen to wait. */
static atomic_uint looked;
void __wrap_platform_look(uint32_t pid, uint64_t interval_ns, look_taker take, void *context);
void __wrap_platform_look(uint32_t pid, uint64_t interval_ns, look_taker take, void *context)
{
    const struct thread_look look = {.tid = pid, .call = "poll"};

    if (interval_ns == 0)
        return;
    take(context, &look);
    atomic_fetch_add(&looked, 1);
}

static void wait_until(const char *path, const char *sql)
{
    uint64_t start_ns = os_monotonic_ns();
    sqlite3_int64 found = 0;

    while (found == 0 && os_monotonic_ns() - start_ns < UINT64_C(60000000000)) {
        sqlite3 *db;
        assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
        sql_integer(db, sql, &found, &error);
        sqlite3_close(db);
    }
    assert_true(found != 0);
}

/* Some with a batch, the rest at the end. */
static void test_each_look_is_stored_once(void **state)
{
    const char *path = unit_path("looks.db");
    struct writer *writer = open_writer(path);
    struct looks *looks = looks_start(1, &error);

    writer_use_looks(writer, looks);
    event_begin(&event, EVENT_CREATE_PROCESS, PID, PID, os_monotonic_ns());
    event_set(&event, FIELD(CREATE_PROCESS, via), VIA_LAUNCH);
    looks_touch(looks, PID, 1, event.t_ns);
    record(writer);
    while (atomic_load(&looked) < 3)
        continue;
    event_begin(&event, EVENT_MARK, PID, PID, os_monotonic_ns());
    record(writer);
    wait_until(path, "SELECT count(*) FROM look");
    looks_stop(looks);
    finish(writer, 2);
    expect(path, "SELECT count(*) FROM look", atomic_load(&looked));
    expect(path, "SELECT count(DISTINCT t_ns) FROM look", atomic_load(&looked));
    looks_free(looks);
}

/* What the session has counted. */
static void test_totals_are_in_the_row_of_the_run(void **state)
{
    const char *path = unit_path("totals.db");
    struct writer *writer = open_writer(path);
    struct run_counts totals = {.hold_ns = 5, .quiet_stops = 6, .stalls = 7, .stall_ns = 8};
    struct run_end end = {
        .state = "complete", .reason = "until", .wall_ns = 9, .exited = true, .exit_signal = 10};

    record_start(writer);
    ring_finish(writer_ring(writer));
    assert_int_equal(writer_finish(writer, &end, &totals, &error), 0);
    writer_free(writer);
    expect(
        path,
        "SELECT hold_ns = 1005 AND quiet_stops = 6 AND stalls = 7 AND stall_ns = 8 AND "
        "wall_ns = 9 AND end_reason = 'until' AND exit_signal = 10 AND exit_code IS NULL FROM run",
        1);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_names_of_threads_to_come),
    cmocka_unit_test(test_each_event_once_and_in_order),
    cmocka_unit_test(test_files_are_closed_on_demand),
    cmocka_unit_test(test_locked_file_is_written_later),
    cmocka_unit_test(test_locked_file_does_not_delay_the_closing_of_files),
    cmocka_unit_test(test_new_file_gets_its_views),
    cmocka_unit_test(test_each_look_is_stored_once),
    cmocka_unit_test(test_totals_are_in_the_row_of_the_run),
};
UNIT_MAIN(tests)
