/* Statistics of held time: percentiles are right to 1/16, and cover the whole range of 64 bits. */
#include "store/hold.h"
#include "unit.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static void expect_close(uint64_t actual, uint64_t expected)
{
    uint64_t tolerance = expected / 16;

    assert_in_range(actual, expected - tolerance, expected + tolerance);
}

static void test_percentiles_of_a_range(void **state)
{
    struct hold_statistics *statistics = calloc(1, sizeof *statistics);

    for (uint64_t ns = 1; ns <= 100000; ns++)
        hold_add(statistics, EVENT_LOAD_DLL, ns);
    expect_close(hold_percentile(statistics, EVENT_LOAD_DLL, 0.5), 50000);
    expect_close(hold_percentile(statistics, EVENT_LOAD_DLL, 0.99), 99000);
    assert_int_equal(statistics->kinds[EVENT_LOAD_DLL].total_ns, 100000ull * 100001 / 2);
    free(statistics);
}

static void test_every_magnitude_has_its_bucket(void **state)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        struct hold_statistics *statistics = calloc(1, sizeof *statistics);
        uint64_t value = UINT64_C(1) << bit;
        hold_add(statistics, EVENT_MARK, value);
        expect_close(hold_percentile(statistics, EVENT_MARK, 0.5), value);
        hold_add(statistics, EVENT_MARK, value | (value - 1));
        assert_true(hold_percentile(statistics, EVENT_MARK, 1) >= value);
        free(statistics);
    }
}

static void test_zero_is_no_stop(void **state)
{
    struct hold_statistics *statistics = calloc(1, sizeof *statistics);
    char *json;

    hold_add(statistics, EVENT_LOAD_DLL, 0);
    assert_int_equal(hold_percentile(statistics, EVENT_LOAD_DLL, 0.5), 0);
    json = hold_json(statistics);
    assert_string_equal(json, "{}");
    sqlite3_free(json);
    free(statistics);
}

static void test_json(void **state)
{
    struct hold_statistics *statistics = calloc(1, sizeof *statistics);
    char *json;

    hold_add(statistics, EVENT_LOAD_DLL, 3);
    hold_add(statistics, EVENT_LOAD_DLL, 5);
    hold_add(statistics, EVENT_EXIT_PROCESS, 7);
    json = hold_json(statistics);
    assert_string_equal(json,
                        "{\"ExitProcess\":{\"stops\":1,\"total_ns\":7,\"p50_ns\":7,\"p99_ns\":7},"
                        "\"LoadDll\":{\"stops\":2,\"total_ns\":8,\"p50_ns\":3,\"p99_ns\":5}}");
    sqlite3_free(json);
    free(statistics);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_percentiles_of_a_range),
    cmocka_unit_test(test_every_magnitude_has_its_bucket),
    cmocka_unit_test(test_zero_is_no_stop),
    cmocka_unit_test(test_json),
};
UNIT_MAIN(tests)
