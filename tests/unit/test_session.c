/*
 * The session: what a recording keeps of itself, and when it closes files, ends, and speaks. The
 * scripted platform plays; its waits and the closing of files are listened to.
 */
#define _GNU_SOURCE /* setenv */
#include "session.h"

#include "unit.h"
#include "writer.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLOSED_MAX = 8 };

static struct trail_error error;
static struct session_result result; /* large */
static const char *const labels[] = {"build=7", "who=unit", NULL};
static unsigned waiting_calls, closed_count;
static uint64_t closed[CLOSED_MAX]; /* up to which record files were closed */

/* Every load comes with a file. The scripted platform never touches it. */
enum platform_wait_result __real_platform_wait(struct platform *platform, int timeout_ms,
                                               struct event *event, struct trail_error *wrong);
enum platform_wait_result __wrap_platform_wait(struct platform *platform, int timeout_ms,
                                               struct event *event, struct trail_error *wrong);
enum platform_wait_result __wrap_platform_wait(struct platform *platform, int timeout_ms,
                                               struct event *event, struct trail_error *wrong)
{
    enum platform_wait_result what = __real_platform_wait(platform, timeout_ms, event, wrong);

    event->image.file = what == PLATFORM_EVENT && event->kind == EVENT_LOAD_DLL;
    return what;
}

void __real_writer_close_files(struct writer *writer, uint64_t seq);
void __wrap_writer_close_files(struct writer *writer, uint64_t seq);
void __wrap_writer_close_files(struct writer *writer, uint64_t seq)
{
    assert_true(closed_count < CLOSED_MAX);
    closed[closed_count++] = seq;
    __real_writer_close_files(writer, seq);
}

static void count_waiting(const struct session_processes *others)
{
    assert_int_equal(others->count, 1);
    waiting_calls++;
    session_request_stop();
}

/* Records the script into session.db, which grows by a run. */
static void record(struct session_options *options, const char *script)
{
    char path[300], *arguments[] = {path, NULL};

    snprintf(path, sizeof path, "%s", unit_path("story.trail"));
    unit_write(path, script, strlen(script));
    options->database = unit_path("session.db");
    options->launch.arguments = arguments;
    options->launch.command_line = "story";
    if (session_run(options, &result, &error) != 0)
        fail_msg("%s", error.sentence);
}

/* That the last run is one of which this is true. */
static void expect(const char *condition)
{
    char *sql = sqlite3_mprintf("SELECT r.*, (%s) AS holds FROM run r ORDER BY id DESC", condition);
    sqlite3_stmt *row;
    sqlite3 *db;

    assert_int_equal(sqlite3_open(unit_path("session.db"), &db), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK)
        fail_msg("%s: %s", condition, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    if (sqlite3_column_int(row, sqlite3_column_count(row) - 1) != 1)
        fail_msg("this is not so: %s", condition);
    sqlite3_finalize(row);
    sqlite3_close(db);
    sqlite3_free(sql);
}

static const char story[] = "pid=10 CreateProcess via=launch path=/bin/app base=0x400000\n"
                            "t=1ms quiet\n"
                            "t=2ms LoadDll path=/lib/a.so base=0x1000000 load_phase=runtime\n"
                            "t=3ms more LoadDll path=/lib/b.so base=0x2000000 load_phase=runtime\n"
                            "t=3ms Exception code=10 si_code=0\n"
                            "t=4ms quiet\n"
                            "t=5ms UnloadDll base=0x1000000\n"
                            "t=6ms Exception code=10 si_code=0\n"
                            "t=7ms ExitProcess exit_code=3\n";

static void test_files_are_closed_before_a_target_goes_on_that_may_miss_them(void **state)
{
    struct session_options options = {0};

    record(&options, story);
    assert_int_equal(closed_count, 2);
    assert_int_equal(closed[0], 3);
    assert_int_equal(closed[1], 3);
}

/* Each column of the run's row, but those of Wine and of stalls. */
static void test_run_row_says_all_of_the_recording(void **state)
{
    static const char *const values[] = {"TRAIL_UNIT_*", NULL};
    static const char *const conditions[] = {
        "length(r.uuid) = 36 AND r.state = 'complete' AND r.end_reason = 'exit'",
        "r.exit_code = 3 AND r.exit_signal IS NULL",
        "r.command_line = 'story' AND r.mode = 'launch' AND r.follow = 1",
        "length(r.directory) > 0 AND length(r.os) > 0 AND length(r.arch) > 0",
        "length(r.host) > 0 AND length(r.recorder) > 0",
        "r.wait_function = 'script' AND r.load_detection = 'script'",
        "r.start_utc_ns > 1700000000000000000 AND r.start_monotonic_ns > 0",
        "r.events = 7 AND r.quiet_stops = 2 AND r.stalls = 0 AND r.stall_ns = 0",
        "r.counts ->> '$.LoadDll' = 2 AND r.counts ->> '$.Exception' = 2",
        "r.wall_ns >= 7000000 AND r.hold_ns > (SELECT sum(hold_ns) FROM event WHERE run_id = r.id)",
        "r.holds ->> '$.UnloadDll.total_ns' = (SELECT hold_ns FROM event WHERE kind = 6)",
        "r.holds ->> '$.Exception.stops' = 2 AND r.holds ->> '$.LoadDll.p99_ns' > 0",
        "r.cpus > 0 AND (r.load_start IS NULL) = (r.load_end IS NULL)",
        "(r.pressure_start IS NULL) = (r.pressure_end IS NULL)",
        "(SELECT group_concat(key || '=' || value) FROM label) = 'build=7,who=unit'",
        "(SELECT value FROM environment WHERE name = 'TRAIL_UNIT_SEEN') = 'yes'",
        "(SELECT count(*) FROM environment WHERE name = 'TRAIL_OTHER' AND value IS NULL) = 1",
    };
    struct session_options options = {
        .labels = labels, .environment_values = values, .launch.follow = true};

    setenv("TRAIL_UNIT_SEEN", "yes", 1);
    setenv("TRAIL_OTHER", "yes", 1);
    record(&options, story);
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
        expect(conditions[i]);
}

static void test_launch_that_fails_leaves_nothing(void **state)
{
    char missing[] = "/no/such/script", *arguments[] = {missing, NULL};
    struct session_options options = {.labels = labels, .launch.command_line = "none"};

    record(&options, story);
    options.launch.arguments = arguments;
    assert_int_equal(session_run(&options, &result, &error), -1);
    expect("r.id = 1 AND (SELECT count(*) FROM run) = 1");
    expect("(SELECT count(*) FROM label) = 2");
    expect("(SELECT count(*) FROM environment WHERE run_id <> 1) = 0");
}

static void test_recording_that_fails_is_interrupted(void **state)
{
    struct session_options options = {0};

    record(&options, "pid=10 CreateProcess via=launch path=/bin/app\nfail\n");
    assert_int_equal(result.end, SESSION_FAILED);
    expect("r.state = 'interrupted' AND r.end_reason = 'failure' AND r.exit_code IS NULL");
}

static void test_target_that_never_stops_talking_ends_in_time(void **state)
{
    struct session_options options = {.timeout_ns = 1};

    record(&options, story);
    assert_int_equal(result.end, SESSION_TIMED_OUT);
    expect("r.end_reason = 'timeout' AND r.exit_signal = 9 AND r.events = 2");
}

/* A module that the run before has left loaded is not unloaded by this one. */
static void test_conditions_begin_anew_with_each_run(void **state)
{
    struct session_options options = {.until = until_new()};

    assert_int_equal(until_add(options.until, "unload:a.so", &error), 0);
    record(&options, "pid=10 CreateProcess via=launch path=/bin/app\n"
                     "LoadDll path=/lib/a.so base=0x1000000\n");
    assert_int_equal(result.end, SESSION_EXITED);
    record(&options, "pid=11 CreateProcess via=launch path=/bin/app\n"
                     "pid=10 UnloadDll base=0x1000000\n"
                     "pid=11 ExitProcess exit_code=0\n");
    assert_int_equal(result.end, SESSION_EXITED);
    until_free(options.until);
}

static const char survivor[] = "pid=10 CreateProcess via=launch path=/bin/app\n"
                               "pid=11 CreateProcess via=fork parent_pid=10\n"
                               "pid=10 ExitProcess exit_code=0\n"
                               "hang\n";

static void test_descendants_are_waited_for_where_they_are_followed(void **state)
{
    struct session_options options = {.on_waiting = count_waiting, .launch.follow = true};

    record(&options, survivor);
    assert_int_equal(result.end, SESSION_STOPPED);
    assert_int_equal(waiting_calls, 1);
}

static void test_descendants_are_no_matter_where_nobody_follows(void **state)
{
    struct session_options options = {.on_waiting = count_waiting, .timeout_ns = 1200000000};

    record(&options, survivor);
    assert_int_equal(result.end, SESSION_TIMED_OUT);
    assert_int_equal(waiting_calls, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_files_are_closed_before_a_target_goes_on_that_may_miss_them),
    cmocka_unit_test(test_run_row_says_all_of_the_recording),
    cmocka_unit_test(test_launch_that_fails_leaves_nothing),
    cmocka_unit_test(test_recording_that_fails_is_interrupted),
    cmocka_unit_test(test_target_that_never_stops_talking_ends_in_time),
    cmocka_unit_test(test_conditions_begin_anew_with_each_run),
    cmocka_unit_test(test_descendants_are_no_matter_where_nobody_follows),
    cmocka_unit_test(test_descendants_are_waited_for_where_they_are_followed),
};
UNIT_MAIN(tests)
