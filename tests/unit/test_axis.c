/* The scale of a picture. */
#include "unit.h"

#include "draw/axis.h"

static const char *label(int64_t ns, int64_t step, int64_t largest)
{
    static struct buffer text;

    buffer_clear(&text);
    axis_label(&text, ns, step, largest);
    return buffer_text(&text);
}

static void test_steps_are_round(void **state)
{
    assert_int_equal(axis_step(100, 10), 10);
    assert_int_equal(axis_step(101, 10), 20);
    assert_int_equal(axis_step(41200000, 5), 10000000);
    assert_int_equal(axis_step(620000000, 4), 200000000);
    assert_int_equal(axis_step(1, 10), 1);
    assert_int_equal(axis_step(0, 10), 1);
    assert_int_equal(axis_step(12345, 0), 20000);
    assert_true(axis_step(INT64_MAX / 8, 1) >= INT64_MAX / 20);
}

static void test_numbers_begin_in_the_picture(void **state)
{
    assert_int_equal(axis_first(0, 10), 0);
    assert_int_equal(axis_first(1, 10), 10);
    assert_int_equal(axis_first(10, 10), 10);
    assert_int_equal(axis_first(95, 20), 100);
}

static void test_labels_have_the_unit_of_the_largest(void **state)
{
    assert_string_equal(label(0, 10000000, 40000000), "0");
    assert_string_equal(label(20000000, 10000000, 40000000), "20 ms");
    assert_string_equal(label(200000000, 200000000, 1020000000), "0.2 s");
    assert_string_equal(label(1000000000, 200000000, 1020000000), "1.0 s");
    assert_string_equal(label(6000000000, 2000000000, 10500000000), "6 s");
    assert_string_equal(label(500000, 500000, 2000000), "0.5 ms");
    assert_string_equal(label(1234500000, 100000, 1234600000), "1.2345 s");
    assert_string_equal(label(1500, 500, 3000), "1.5 us");
    assert_string_equal(label(50, 50, 200), "50 ns");
    assert_string_equal(label(1, 1, 1), "1 ns");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_steps_are_round),
    cmocka_unit_test(test_numbers_begin_in_the_picture),
    cmocka_unit_test(test_labels_have_the_unit_of_the_largest),
};
UNIT_MAIN(tests)
