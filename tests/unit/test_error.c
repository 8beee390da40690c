/* error.c: filling, context, truncation, and no error struct at all. */
#include "unit.h"

#include "error.h"

#include <string.h>

static void test_set_fills_all(void **state)
{
    struct trail_error error = {0};

    assert_int_equal(error_set(&error, TRAIL_LOCKED, 5, "no %s of %d", "use", 3), -1);
    assert_int_equal(error.code, TRAIL_LOCKED);
    assert_int_equal(error.os_code, 5);
    assert_string_equal(error.sentence, "no use of 3");
}

static void test_null_is_accepted(void **state)
{
    assert_int_equal(error_set(NULL, TRAIL_FAILED, 0, "x"), -1);
    assert_int_equal(error_context(NULL, "x"), -1);
}

static void test_context_goes_before(void **state)
{
    struct trail_error error;

    error_set(&error, TRAIL_DAMAGED, 11, "it is broken");
    assert_int_equal(error_context(&error, "cannot open '%s'", "a%sb"), -1);
    assert_string_equal(error.sentence, "cannot open 'a%sb': it is broken");
    assert_int_equal(error.code, TRAIL_DAMAGED);
    assert_int_equal(error.os_code, 11);
}

static void test_long_sentence_is_cut(void **state)
{
    struct trail_error error;
    char text[2000];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    error_set(&error, TRAIL_FAILED, 0, "%s", text);
    assert_int_equal(strlen(error.sentence), sizeof error.sentence - 1);
    error_context(&error, "context");
    assert_int_equal(strlen(error.sentence), sizeof error.sentence - 1);
    assert_memory_equal(error.sentence, "context: xxx", 12);
    error_context(&error, "%s", text);
    assert_int_equal(strlen(error.sentence), sizeof error.sentence - 1);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_set_fills_all),
    cmocka_unit_test(test_null_is_accepted),
    cmocka_unit_test(test_context_goes_before),
    cmocka_unit_test(test_long_sentence_is_cut),
};
UNIT_MAIN(tests)
