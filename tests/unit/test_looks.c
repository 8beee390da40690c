/* Looks into silences: when they are made, and what becomes of what was seen. */
#include "looks.h"
#include "db.h"
#include "look.h"
#include "os.h"
#include "sql.h"
#include "stack_copy.h"
#include "unit.h"

#include <stdatomic.h>
#include <stdio.h>

enum { DEADLINE_MS = 60000 };

static struct trail_error error;
static atomic_uint looked[3], ended[3]; /* by pid */

/* Two threads, of which one has the same stack each time, and what was sampled before. */
void platform_look(uint32_t pid, uint64_t interval_ns, look_taker take, void *context)
{
    static unsigned char registers[STACK_PLACE_BYTES], stack[100];
    const struct thread_look waits = {.tid = pid,
                                      .call = "poll 5 ms",
                                      .registers = registers,
                                      .registers_bytes = sizeof registers,
                                      .stack = stack,
                                      .stack_bytes = sizeof stack},
                             computes = {.tid = pid + 10, .state = LOOK_COMPUTES},
                             sampled = {.t_ns = os_monotonic_ns() - 500000,
                                        .tid = pid + 10,
                                        .state = LOOK_COMPUTES_UNSEEN};

    if (interval_ns == 0) {
        atomic_fetch_add(&ended[pid], 1);
        take(context, &sampled);
        return;
    }
    take(context, &waits);
    take(context, &computes);
    atomic_fetch_add(&looked[pid], 1);
}

static void wait_for_looks(uint32_t pid, unsigned count)
{
    uint64_t start = os_monotonic_ns();

    while (atomic_load(&looked[pid]) < count)
        if (os_monotonic_ns() - start > DEADLINE_MS * UINT64_C(1000000))
            fail_msg("only %u looks", atomic_load(&looked[pid]));
}

static sqlite3 *new_file(void)
{
    static const char rows[] =
        "INSERT INTO run (id, uuid, state, start_utc_ns, start_monotonic_ns, command_line, "
        "directory, mode, follow, os, arch, host, recorder, wait_function, load_detection) "
        "VALUES (1, 'u', 's', 0, 0, '', '', '', 0, '', '', '', '', '', '');"
        "INSERT INTO process (run_id, id, pid, via, first_seq) VALUES (1, 1, 1, 0, 1), "
        "(1, 2, 2, 0, 2);"
        "INSERT INTO event (run_id, seq, t_ns, hold_ns, process_id, thread_id, kind, synthetic) "
        "VALUES (1, 1, 0, 0, 1, 1, 1, 0), (1, 2, 0, 0, 2, 2, 1, 0);"
        "INSERT INTO thread (run_id, id, process_id, tid, first_seq) VALUES (1, 1, 1, 1, 1)";
    sqlite3 *db;

    assert_int_equal(db_open_for_recording(unit_path("looks.db"), &db, &error), 0);
    assert_int_equal(sql_run(db, rows, &error), 0);
    return db;
}

static sqlite3_int64 value(sqlite3 *db, const char *sql)
{
    sqlite3_int64 found;

    assert_int_equal(sql_integer(db, sql, &found, &error), 0);
    return found;
}

static void test_silences_are_looked_into(void **state)
{
    uint64_t zero = os_monotonic_ns();
    struct looks *looks = looks_start(1, &error);
    sqlite3 *db = new_file();
    sqlite3_int64 rows;

    assert_non_null(looks);
    looks_touch(looks, 1, 1, zero);
    looks_touch(looks, 2, 2, zero);
    wait_for_looks(1, 5);
    wait_for_looks(2, 5);
    looks_end(looks, 1);
    looks_end(looks, 2);
    looks_stop(looks);
    assert_int_equal(atomic_load(&ended[1]), 1);
    assert_int_equal(atomic_load(&ended[2]), 1);
    rows = 2 * (atomic_load(&looked[1]) + atomic_load(&looked[2]));

    /* nothing before the first event, and nothing twice */
    assert_int_equal(looks_store(looks, db, 1, zero, zero, &error), 0);
    looks_forget(looks);
    assert_int_equal(value(db, "SELECT count(*) FROM look"), 0);
    assert_int_equal(looks_store(looks, db, 1, zero, UINT64_MAX, &error), 0);
    looks_forget(looks);
    assert_int_equal(looks_store(looks, db, 1, zero, UINT64_MAX, &error), 0);
    assert_int_equal(value(db, "SELECT count(*) FROM look"), rows + 2);
    assert_int_equal(value(db, "SELECT count(*) FROM look WHERE computing = 1 AND call IS NULL"),
                     rows / 2);
    assert_int_equal(value(db, "SELECT count(*) FROM look WHERE call = 'poll 5 ms'"), rows / 2);
    assert_true(value(db, "SELECT min(t_ns) FROM look") >= 1000000);
    assert_int_equal(value(db, "SELECT count(*) FROM look WHERE process_id = 1 AND thread_id = 1"),
                     atomic_load(&looked[1]));
    assert_int_equal(value(db, "SELECT count(*) FROM look WHERE thread_id IS NULL"),
                     rows + 2 - atomic_load(&looked[1]));
    /* what was sampled has its own time, and stands where that is */
    assert_int_equal(value(db, "SELECT count(*) FROM look a JOIN look b ON b.id = a.id + 1 "
                               "WHERE b.t_ns < a.t_ns"),
                     0);
    assert_int_equal(value(db, "SELECT count(*) FROM look WHERE computing = 2"), 2);
    /* a stack that stays is there once for each silence */
    assert_int_equal(value(db, "SELECT count(*) FROM raw_stack WHERE seq < 0"), 2);
    assert_int_equal(value(db, "SELECT count(DISTINCT stack_seq) FROM look"), 2);
    assert_int_equal(value(db, "SELECT event_seq FROM raw_stack WHERE seq = (SELECT min(stack_seq) "
                               "FROM look WHERE process_id = 2)"),
                     2);
    db_close(db);
    looks_free(looks);
}

/* What was rolled back is stored again. */
static void test_a_failed_transaction(void **state)
{
    uint64_t zero = os_monotonic_ns();
    struct looks *looks = looks_start(1, &error);
    sqlite3 *db = new_file();
    unsigned before = atomic_load(&looked[1]);

    looks_touch(looks, 1, 1, zero);
    wait_for_looks(1, before + 3);
    looks_stop(looks);
    assert_int_equal(sql_run(db, "BEGIN", &error), 0);
    assert_int_equal(looks_store(looks, db, 1, zero, UINT64_MAX, &error), 0);
    assert_int_equal(sql_run(db, "ROLLBACK", &error), 0);
    assert_int_equal(looks_store(looks, db, 1, zero, UINT64_MAX, &error), 0);
    assert_true(value(db, "SELECT count(*) FROM look") >= 6);
    assert_int_equal(value(db, "SELECT count(*) = max(id) FROM look"), 1);
    db_close(db);
    looks_free(looks);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_silences_are_looked_into),
    cmocka_unit_test(test_a_failed_transaction),
};
UNIT_MAIN(tests)
