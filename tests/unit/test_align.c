/* The alignment against the longest common subsequence by the textbook's table. */
#include "unit.h"

#include "compare/match/align.h"

#include <stdlib.h>

enum { LONGEST = 60 };

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static size_t longest_by_table(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
    size_t table[LONGEST + 1][LONGEST + 1] = {{0}};

    for (size_t i = 1; i <= n; i++)
        for (size_t k = 1; k <= m; k++)
            table[i][k] = a[i - 1] == b[k - 1]                ? table[i - 1][k - 1] + 1
                          : table[i - 1][k] > table[i][k - 1] ? table[i - 1][k]
                                                              : table[i][k - 1];
    return table[n][m];
}

/*
 * Checks that the matches are of equal elements, mutual, and never cross; returns how many there
 * are.
 */
static size_t check(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
    size_t of_a[LONGEST], of_b[LONGEST], matches = 0, next = 0, back = 0;
    struct trail_error error;

    assert_int_equal(align_sequences(a, n, b, m, of_a, of_b, &error), 0);
    for (size_t i = 0; i < n; i++) {
        if (of_a[i] == ALIGN_NONE)
            continue;
        assert_true(of_a[i] >= next && of_a[i] < m);
        assert_int_equal(a[i], b[of_a[i]]);
        assert_int_equal(of_b[of_a[i]], i);
        next = of_a[i] + 1;
        matches++;
    }
    for (size_t i = 0; i < m; i++)
        back += of_b[i] != ALIGN_NONE;
    assert_int_equal(back, matches);
    return matches;
}

static void test_longest(void **state)
{
    uint32_t random = 1, a[LONGEST], b[LONGEST];

    for (int round = 0; round < 20000; round++) {
        size_t n = next_random(&random) % (LONGEST + 1), m = next_random(&random) % (LONGEST + 1);
        uint32_t letters = 1 + next_random(&random) % 30;
        for (size_t i = 0; i < n; i++)
            a[i] = next_random(&random) % letters;
        for (size_t i = 0; i < m; i++)
            b[i] = next_random(&random) % 4 != 0 && i < n ? a[i] : next_random(&random) % letters;
        assert_int_equal(check(a, n, b, m), longest_by_table(a, n, b, m));
    }
}

static void shuffle(uint32_t *values, size_t count, uint32_t *random)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = next_random(random) % i;
        uint32_t value = values[i - 1];
        values[i - 1] = values[other];
        values[other] = value;
    }
}

/* Each element once, as of most runs: another way of aligning. Some are on one side only. */
static void test_longest_of_unique(void **state)
{
    uint32_t random = 2, a[LONGEST], b[LONGEST];

    for (int round = 0; round < 5000; round++) {
        size_t n = next_random(&random) % (LONGEST + 1), m = next_random(&random) % (LONGEST + 1);
        for (uint32_t i = 0; i < LONGEST; i++) {
            a[i] = i;
            b[i] = i + 10;
        }
        shuffle(a, LONGEST, &random);
        shuffle(b, LONGEST, &random);
        assert_int_equal(check(a, n, b, m), longest_by_table(a, n, b, m));
    }
}

static void test_nothing_in_common(void **state)
{
    const uint32_t a[] = {1, 2, 3}, b[] = {4, 5};

    assert_int_equal(check(a, 3, b, 2), 0);
    assert_int_equal(check(a, 3, b, 0), 0);
    assert_int_equal(check(a, 0, b, 2), 0);
}

static void test_large(void **state)
{
    enum { COUNT = 20000 };
    uint32_t *a = malloc(COUNT * sizeof *a), *b = malloc(COUNT * sizeof *b);
    size_t *of_a = malloc(COUNT * sizeof *of_a), *of_b = malloc(COUNT * sizeof *of_b), alone = 0;
    struct trail_error error;

    for (uint32_t i = 0; i < COUNT; i++)
        a[i] = b[i] = i;
    for (uint32_t i = 0; i < COUNT; i += 80)
        b[i] = COUNT + i;
    assert_int_equal(align_sequences(a, COUNT, b, COUNT, of_a, of_b, &error), 0);
    for (size_t i = 0; i < COUNT; i++)
        alone += of_a[i] == ALIGN_NONE;
    assert_int_equal(alone, 250);
    free(a);
    free(b);
    free(of_a);
    free(of_b);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_longest),
    cmocka_unit_test(test_longest_of_unique),
    cmocka_unit_test(test_nothing_in_common),
    cmocka_unit_test(test_large),
};

UNIT_MAIN(tests)
