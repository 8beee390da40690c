/* What is kept of a program's environment, and of the machine. */
#include "store/surroundings.h"
#include "db.h"
#include "sql.h"
#include "store/run_row.h"
#include "unit.h"

static struct trail_error error;

static sqlite3 *new_file(void)
{
    sqlite3 *db;

    assert_int_equal(db_open_for_recording(unit_path("around.db"), &db, &error), 0);
    assert_int_equal(sql_run(db,
                             "INSERT INTO run (id, uuid, state, start_utc_ns, "
                             "start_monotonic_ns, command_line, directory, mode, follow, os, "
                             "arch, host, recorder, wait_function, load_detection) VALUES "
                             "(7, 'u', 's', 0, 0, '', '', '', 0, '', '', '', '', '', '')",
                             &error),
                     0);
    return db;
}

static void expect(sqlite3 *db, const char *sql, sqlite3_int64 value)
{
    sqlite3_int64 found;

    assert_int_equal(sql_integer(db, sql, &found, &error), 0);
    assert_int_equal(found, value);
}

static void test_values_of_what_steers(void **state)
{
    static const char environment[] = "PATH=/bin:/usr/bin\0Path=x\0LD_LIBRARY_PATH=\0SECRET=abc\0"
                                      "MINE_A=1\0=C:=C:\\dir\0NOVALUE=\0";
    static const char *const values[] = {"MINE_*", NULL};
    struct surroundings around = {.environment = environment, .values = values};
    sqlite3 *db = new_file();

    assert_int_equal(surroundings_begin(db, 7, &around, &error), 0);
    expect(db, "SELECT count(*) FROM environment WHERE run_id = 7", 7);
    expect(db, "SELECT count(*) FROM environment WHERE name = 'PATH' AND value = '/bin:/usr/bin'",
           1);
    expect(db, "SELECT count(*) FROM environment WHERE name = 'LD_LIBRARY_PATH' AND value = ''", 1);
    expect(db, "SELECT count(*) FROM environment WHERE name = 'SECRET' AND value IS NULL", 1);
    expect(db, "SELECT count(*) FROM environment WHERE name = 'MINE_A' AND value = '1'", 1);
    expect(db, "SELECT count(*) FROM environment WHERE name = '=C:' AND value IS NULL", 1);
    /* zlib.crc32(b'abc') & 0xfff */
    expect(db, "SELECT check_value FROM environment WHERE name = 'SECRET'", 0x1c2);
    expect(db, "SELECT count(*) FROM environment WHERE check_value NOT BETWEEN 0 AND 4095", 0);
    db_close(db);
}

static void test_shares_of_the_machine(void **state)
{
    struct surroundings around = {.busy = {.cpus = 3, .has_load = 1, .load = 1.5}};
    sqlite3 *db = new_file();

    os_busy(&around.busy);
    assert_int_equal(surroundings_begin(db, 7, &around, &error), 0);
    around.busy.total--; /* so that time has passed */
    assert_int_equal(surroundings_end(db, 7, &around, &error), 0);
    expect(db, "SELECT cpus > 0 FROM run", 1);
    expect(db, "SELECT idle_share BETWEEN 0 AND 1 AND stolen_share BETWEEN 0 AND 1 FROM run", 1);
    expect(db, "SELECT count(*) FROM environment", 0);
    db_close(db);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_values_of_what_steers),
    cmocka_unit_test(test_shares_of_the_machine),
};
UNIT_MAIN(tests)
