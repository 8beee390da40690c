/*
 * Rows that are inserted several at a time: all of them arrive as they were given, whatever their
 * number, and can be changed until then.
 */
#include "store/bulk.h"
#include "unit.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static sqlite3 *db;
static struct bulk *bulk;
static struct trail_error error;

static int open_table(void **state)
{
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "CREATE TABLE t (run_id, id, number, text, PRIMARY KEY (run_id, id))",
                     NULL, NULL, NULL),
        SQLITE_OK);
    bulk = bulk_new(db, "t", "run_id, id, number, text", &error);
    assert_non_null(bulk);
    return 0;
}

static int close_table(void **state)
{
    bulk_free(bulk);
    sqlite3_close(db);
    return 0;
}

static void expect(const char *sql, const char *value)
{
    sqlite3_stmt *statement;

    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    unit_assert_column(sqlite3_column_text(statement, 0), value);
    sqlite3_finalize(statement);
}

static void add(int64_t id, size_t length)
{
    char text[64];

    memset(text, 'x', sizeof text);
    assert_int_equal(bulk_add(bulk, 7, id, &error), 0);
    bulk_integer(bulk, 3, 10 * id);
    bulk_text(bulk, 4, text, length);
}

static void test_any_number_of_rows_arrives(void **state)
{
    for (int64_t count = 0; count < 200; count++) {
        char expected[64];
        for (int64_t id = 1; id <= count; id++)
            add(id, (size_t)id % 64);
        assert_int_equal(bulk_flush(bulk, &error), 0);
        snprintf(expected, sizeof expected, "%d|%d", (int)count, (int)count);
        expect("SELECT count(*) || '|' || total(run_id = 7 AND number = 10 * id AND text = "
               "substr(printf('%.*c', 64, 'x'), 1, id % 64)) FROM t",
               strcat(expected, ".0"));
        assert_int_equal(sqlite3_exec(db, "DELETE FROM t", NULL, NULL, NULL), SQLITE_OK);
    }
}

static void test_columns_without_value_are_null(void **state)
{
    add(1, 3);
    assert_int_equal(bulk_add(bulk, 7, 2, &error), 0);
    assert_int_equal(bulk_flush(bulk, &error), 0);
    add(3, 0);
    assert_int_equal(bulk_add(bulk, 7, 4, &error), 0);
    assert_int_equal(bulk_flush(bulk, &error), 0);
    expect("SELECT group_concat(quote(number) || quote(text)) FROM t",
           "10'xxx',NULLNULL,30'',NULLNULL");
}

static void test_pending_row_is_changed_in_place(void **state)
{
    for (int64_t id = 1; id <= 20; id++)
        add(id, 0);
    assert_true(bulk_find(bulk, 5));
    bulk_integer(bulk, 3, -1);
    assert_false(bulk_find(bulk, 21));
    assert_int_equal(bulk_flush(bulk, &error), 0);
    assert_false(bulk_find(bulk, 5));
    expect("SELECT group_concat(id) FROM t WHERE number = -1", "5");
}

static void test_gaps_between_ids(void **state)
{
    add(10, 0);
    add(30, 0);
    assert_false(bulk_find(bulk, 20));
    assert_false(bulk_find(bulk, 5));
    assert_true(bulk_find(bulk, 10));
    bulk_integer(bulk, 3, -1);
    assert_int_equal(bulk_flush(bulk, &error), 0);
    expect("SELECT group_concat(number) FROM t", "-1,300");
}

static void test_forgotten_rows_do_not_arrive(void **state)
{
    for (int64_t id = 1; id <= 20; id++)
        add(id, 10);
    bulk_forget(bulk);
    add(1, 2);
    assert_int_equal(bulk_flush(bulk, &error), 0);
    expect("SELECT count(*) || text FROM t", "1xx");
}

static void test_blob_with_zeros(void **state)
{
    assert_int_equal(bulk_add(bulk, 7, 1, &error), 0);
    bulk_blob(bulk, 4, "a\0b", 3);
    assert_int_equal(bulk_flush(bulk, &error), 0);
    expect("SELECT hex(text) FROM t", "610062");
}

static void test_failure_is_told(void **state)
{
    add(1, 0);
    assert_int_equal(bulk_flush(bulk, &error), 0);
    add(1, 0);
    assert_int_equal(bulk_flush(bulk, &error), -1);
    assert_non_null(strstr(error.sentence, "UNIQUE"));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_any_number_of_rows_arrives, open_table, close_table),
    cmocka_unit_test_setup_teardown(test_columns_without_value_are_null, open_table, close_table),
    cmocka_unit_test_setup_teardown(test_pending_row_is_changed_in_place, open_table, close_table),
    cmocka_unit_test_setup_teardown(test_gaps_between_ids, open_table, close_table),
    cmocka_unit_test_setup_teardown(test_forgotten_rows_do_not_arrive, open_table, close_table),
    cmocka_unit_test_setup_teardown(test_blob_with_zeros, open_table, close_table),
    cmocka_unit_test_setup_teardown(test_failure_is_told, open_table, close_table),
};
UNIT_MAIN(tests)
