/*
 * Statistics against values from the literature, and the promise about false claims against made-up
 * samples.
 */
#include "unit.h"

#include "compare/order/statistics.h"
#include "compare/times/drift.h"
#include "compare/times/modes.h"
#include "compare/times/sensitivity.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

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
 * The interval of the step covers what it is in 99 of 100 pairs or a little less, since limits
 * that are the same for both sides leave out more at one end; whatever some runs waited for.
 */
static void test_interval(void **state)
{
    uint64_t random = 1;
    int covered = 0, claims = 0;

    for (int round = 0; round < 1000; round++) {
        struct drift_value values[40];
        struct drift drift;
        for (int i = 0; i < 40; i++) {
            bool is_b = (i + 1) / 2 % 2 == 1;
            double ms = uniform(&random) + uniform(&random) + uniform(&random) + 2 * is_b;
            values[i] = (struct drift_value){
                uniform(&random) < 0.1 ? ms + 100 * uniform(&random) : ms, is_b};
        }
        assert_int_equal(drift_find(values, 40, &drift), 0);
        covered += drift.low <= 2 && drift.high >= 2;
        claims += drift.chance <= 0.001;
    }
    printf("covered %d, claimed %d\n", covered, claims);
    assert_true(covered >= 975);
    assert_true(claims >= 990);
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

/* Student's t from tables: the two-sided 5 % point of 4 degrees of freedom, the 1 % point of 5. */
static void test_student(void **state)
{
    expect_near(statistics_student(2.776, 4), 0.05, 1e-4);
    expect_near(statistics_student(-4.032, 5), 0.01, 1e-5);
    expect_near(statistics_student(0, 7), 1, 0);
}

/* Values that drift together with their sides: by rank there is a difference, by drift seldom.
 */
static void test_drift(void **state)
{
    uint64_t random = 11;
    int by_rank = 0, by_drift = 0;

    for (int round = 0; round < 400; round++) {
        struct drift_value values[30];
        double plain[30], level = 0;
        struct drift drift;
        for (int i = 0; i < 30; i++) {
            /* something else runs for a while */
            level = i % 6 == 0 ? uniform(&random) + uniform(&random) : level;
            plain[i] = 10 + 3 * level + uniform(&random);
            values[i] = (struct drift_value){plain[i], i >= 15};
        }
        assert_int_equal(drift_find(values, 30, &drift), 0);
        by_rank += statistics_mann_whitney(plain, 15, plain + 15, 15) <= 0.001;
        by_drift += drift.chance <= STATISTICS_DRIFT;
    }
    assert_true(by_rank >= 40);
    assert_true(5 * by_drift < by_rank);
}

/* A step is seen whatever the level does, if the sides take turns; its interval holds it. */
static void test_drift_in_turns(void **state)
{
    uint64_t random = 5;
    struct drift_value values[40];
    struct drift drift;

    for (int i = 0; i < 40; i++)
        values[i] = (struct drift_value){100 + 3 * i + uniform(&random) + 5 * (i % 2), i % 2 == 1};
    assert_int_equal(drift_find(values, 40, &drift), 0);
    assert_true(drift.is_evident && drift.chance < 1e-6);
    assert_true(drift.low < 5 && drift.high > 5 && fabs(drift.step - 5) < 1);
    for (int i = 0; i < 40; i++)
        values[i].value = 7;
    assert_int_equal(drift_find(values, 40, &drift), 0);
    expect_near(drift.chance, 1, 0);
    assert_int_equal(drift_find(values, 3, &drift), 0);
    expect_near(drift.chance, 1, 0);
}

/* A step that is huge beside what the sides vary, the one far more than the other. */
static void test_huge_step(void **state)
{
    const double a[] = {1.6, 1.7, 1.8, 1.7, 1.6, 1.7, 1.7},
                 b[] = {300, 307, 303, 309, 306, 308, 301};
    struct drift_value values[14];
    struct drift drift;

    for (int i = 0; i < 14; i++)
        values[i] = (struct drift_value){i < 7 ? a[i] : b[i - 7], i >= 7};
    assert_int_equal(drift_find(values, 14, &drift), 0);
    assert_true(drift.chance < 1e-4 && fabs(drift.step - 303) < 4);
}

static void test_modes(void **state)
{
    const double two[] = {10, 10.1, 10.2, 10.3, 10.4, 20, 20.1, 20.3, 20.4},
                 one[] = {10, 11, 12, 13, 14, 15, 16, 17, 18},
                 tail[] = {10, 10, 10, 11, 11, 11, 90};

    assert_int_equal(modes_split(two, 9), 5);
    assert_int_equal(modes_split(one, 9), 0);
    assert_int_equal(modes_split(tail, 7), 0);
    assert_int_equal(modes_split(tail, 0), 0);
}

/* What is claimed when that much is planted is as much as sensitivity_find says, or nearly so. */
static void test_sensitivity(void **state)
{
    uint64_t random = 3;
    struct timed a[20], b[20];
    struct evidence_samples samples = {a, b, 20, 20};
    struct sensitivity sensitivity;
    struct trail_error error;

    for (size_t i = 0; i < 20; i++) {
        a[i] = (struct timed){1e8 + 1e7 * uniform(&random), 2 * i};
        b[i] = (struct timed){1.3e8 + 1.3e7 * uniform(&random), 2 * i + 1};
    }
    assert_int_equal(sensitivity_find(&samples, &evidence_floors_default, &sensitivity, &error), 0);
    assert_true(sensitivity.share > 0.02 && sensitivity.share < 0.06);
    assert_true(sensitivity.runs_of_five > 3 && sensitivity.runs_of_five < 30);
    samples.count_a = 4;
    assert_int_equal(sensitivity_find(&samples, &evidence_floors_default, &sensitivity, &error), 0);
    assert_true(isnan(sensitivity.share));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_summary),
    cmocka_unit_test(test_mann_whitney_exact),
    cmocka_unit_test(test_mann_whitney_ties),
    cmocka_unit_test(test_fisher),
    cmocka_unit_test(test_holm),
    cmocka_unit_test(test_interval),
    cmocka_unit_test(test_false_claims),
    cmocka_unit_test(test_student),
    cmocka_unit_test(test_drift),
    cmocka_unit_test(test_drift_in_turns),
    cmocka_unit_test(test_huge_step),
    cmocka_unit_test(test_modes),
    cmocka_unit_test(test_sensitivity),
};

UNIT_MAIN(tests)
