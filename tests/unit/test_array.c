/* The growing array and the search of schema/array.h. */
#include "array.h"
#include "unit.h"

#include <stdint.h>
#include <stdlib.h>

static void test_items_stay_while_it_grows(void **state)
{
    int *items = NULL;

    for (size_t count = 0; count < 1000; count++) {
        items = array_with_room(items, count, sizeof *items);
        assert_non_null(items);
        items[count] = (int)count;
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(items[i], i);
    free(items);
}

static void test_too_many_items(void **state)
{
    assert_null(array_with_room(NULL, SIZE_MAX / 4 + 1, 8));
}

static int compare_ints(const void *item, const void *key)
{
    return *(const int *)item - *(const int *)key;
}

static void test_lower_bound(void **state)
{
    static const int sorted[] = {1, 3, 3, 5};
    static const size_t wanted[] = {0, 0, 1, 1, 3, 3, 4};

    for (int key = 0; key < 7; key++)
        assert_int_equal(array_lower_bound(sorted, 4, sizeof sorted[0], &key, compare_ints),
                         wanted[key]);
    assert_int_equal(array_lower_bound(NULL, 0, sizeof sorted[0], &sorted[0], compare_ints), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_items_stay_while_it_grows),
    cmocka_unit_test(test_too_many_items),
    cmocka_unit_test(test_lower_bound),
};
UNIT_MAIN(tests)
