/*
 * Statistics against values from the literature, and the promise about false claims against made-up
 * samples.
 */
#include "unit.h"

#include "compare/order/statistics.h"

#include <math.h>
#include <stdbool.h>

static void expect_near(double value, double expected, double tolerance)
{
    if (fabs(value - expected) > tolerance)
        fail_msg("%.9g is not %.9g", value, expected);
}

static void test_summary(void **state)
{
    double odd[] = {5, 1, 4, 2, 30}, even[] = {4, 1, 3, 2}, one[] = {7};
    struct sample_summary summary = statistics_summary(odd, 5);

    expect_near(summary.median, 4, 0);
    expect_near(summary.low, 2, 0);
    expect_near(summary.high, 5, 0);
    expect_near(summary.mad, 2, 0);
    summary = statistics_summary(even, 4);
    expect_near(summary.median, 2.5, 0);
    expect_near(summary.mad, 1, 0);
    expect_near(statistics_summary(one, 1).median, 7, 0);
    expect_near(statistics_summary(one, 0).median, 0, 0);
}

/*
 * Exact: 5 against 5 without overlap is 2 of 252 arrangements; Mann and Whitney's table has U = 4
 * of 5 against 5 at 0.0952 two-sided.
 */
static void test_mann_whitney_exact(void **state)
{
    const double low[] = {1, 2, 3, 4, 5}, high[] = {6, 7, 8, 9, 10}, a[] = {1, 2, 3, 4, 8},
                 b[] = {5, 6, 7, 9, 10};

    expect_near(statistics_mann_whitney(low, 5, high, 5), 2.0 / 252, 1e-12);
    expect_near(statistics_mann_whitney(a, 5, b, 5), 2.0 * 7 / 252, 1e-12); /* U = 3 */
    expect_near(statistics_mann_whitney(low, 5, low, 0), 1, 0);
}

/*
 * By hand: the rank sum of a is 21.5, U 6.5 of a mean of 12.5, the variance with ties of 3, 3 and 2
 * is 25 / 12 * (11 - 54 / 90), z 1.1816.
 */
static void test_mann_whitney_ties(void **state)
{
    const double a[] = {1, 2, 2, 3, 4}, b[] = {2, 3, 3, 4, 5}, same[] = {3, 3, 3, 3, 3, 3};

    expect_near(statistics_mann_whitney(a, 5, b, 5), 0.2374, 0.0001);
    expect_near(statistics_mann_whitney(same, 6, same, 6), 1, 0);
}

/* Fisher's tea: 3 of 4 against 1 of 4 is 0.4857; all against none of 10 is 2 / C(20, 10). */
static void test_fisher(void **state)
{
    expect_near(statistics_fisher(3, 4, 1, 4), 0.485714, 1e-5);
    expect_near(statistics_fisher(10, 10, 0, 10), 2.0 / 184756, 1e-9);
    expect_near(statistics_fisher(0, 10, 0, 20), 1, 1e-9);
}

static void test_holm(void **state)
{
    double p[] = {0.01, 0.04, 0.03, 0.005};
    struct trail_error error;

    assert_int_equal(statistics_holm(p, 4, &error), 0);
    expect_near(p[0], 0.03, 1e-12);
    expect_near(p[1], 0.06, 1e-12);
    expect_near(p[2], 0.06, 1e-12);
    expect_near(p[3], 0.02, 1e-12);
}

static double uniform(uint64_t *random)
{
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*random >> 11) / 9007199254740992.0;
}

/*
 * The interval covers no difference in 99 % of pairs of equal samples, or a little less, as
 * bootstraps do.
 */
static void test_interval(void **state)
{
    uint64_t random = 1;
    int covered = 0;

    for (int round = 0; round < 200; round++) {
        double a[20], b[20], low, high;
        struct trail_error error;
        for (int i = 0; i < 20; i++) {
            a[i] = uniform(&random) + uniform(&random) + uniform(&random);
            b[i] = uniform(&random) + uniform(&random) + uniform(&random);
        }
        assert_int_equal(statistics_interval(a, 20, b, 20, &low, &high, &error), 0);
        assert_true(low <= high);
        covered += low <= 0 && high >= 0;
    }
    assert_true(covered >= 190);
}

static void test_false_claims(void **state)
{
    uint64_t random = 7;
    int claims = 0;

    for (int round = 0; round < 500; round++) {
        double p[40], a[15], b[15];
        struct trail_error error;
        bool is_claimed = false;
        for (int i = 0; i < 40; i++) {
            for (int k = 0; k < 15; k++) {
                a[k] = exp(uniform(&random) + uniform(&random));
                b[k] = exp(uniform(&random) + uniform(&random));
            }
            p[i] = statistics_mann_whitney(a, 15, b, 15);
        }
        assert_int_equal(statistics_holm(p, 40, &error), 0);
        for (int i = 0; i < 40; i++)
            is_claimed |= p[i] <= STATISTICS_ALPHA;
        claims += is_claimed;
    }
    assert_true(claims <= 12); /* 5 are expected; 13 or more have a chance of 0.2 % */
}

/*
 * Student's t from tables: with batches of one value, 2.776 is the two-sided 5 % point of 4 degrees
 * of freedom, 4.032 the 1 % point of 5.
 */
static void test_batches(void **state)
{
    const double a[] = {9, 10, 11},
                 b[] = {10 + 2.776 * 0.816497, 9 + 2.776 * 0.816497, 11 + 2.776 * 0.816497},
                 three[] = {1, 2, 3};
    double fifteen[15], later[15];

    expect_near(statistics_batches(a, 3, b, 3), 0.05, 1e-4);
    expect_near(statistics_batches(three, 3, three, 3), 1, 0);
    expect_near(statistics_batches(three, 2, three, 3), 1, 0);
    for (int i = 0; i < 15; i++) {
        fifteen[i] = i / 3; /* five batches: 0, 1, 2, 3, 4 */
        later[i] = i / 3 + 4.032;
    }
    /* t = 4.032 with 8 degrees of freedom */
    expect_near(statistics_batches(fifteen, 15, later, 15), 0.003778, 1e-5);
}

/*
 * Values that drift together with their sides: by rank there is a difference, by batches there is
 * none to speak of.
 */
static void test_batches_of_drifting_values(void **state)
{
    uint64_t random = 11;
    int by_rank = 0, by_batches = 0;

    for (int round = 0; round < 400; round++) {
        double values[30], level = 0;
        for (int i = 0; i < 30; i++) {
            /* something else runs for a while */
            level = i % 6 == 0 ? uniform(&random) + uniform(&random) : level;
            values[i] = 10 + 3 * level + uniform(&random);
        }
        by_rank += statistics_mann_whitney(values, 15, values + 15, 15) <= 0.001;
        by_batches += statistics_mann_whitney(values, 15, values + 15, 15) <= 0.001 &&
                      statistics_batches(values, 15, values + 15, 15) <= STATISTICS_DRIFT;
    }
    assert_true(by_rank >= 40);
    assert_true(3 * by_batches < by_rank);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_summary),
    cmocka_unit_test(test_mann_whitney_exact),
    cmocka_unit_test(test_mann_whitney_ties),
    cmocka_unit_test(test_fisher),
    cmocka_unit_test(test_holm),
    cmocka_unit_test(test_interval),
    cmocka_unit_test(test_false_claims),
    cmocka_unit_test(test_batches),
    cmocka_unit_test(test_batches_of_drifting_values),
};

UNIT_MAIN(tests)
