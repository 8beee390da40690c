/* Change points: how often a step is named rightly, and how often one is said that is none. */
#include "unit.h"

#include "compare/trend/builds.h"
#include "compare/trend/changes.h"

#include <math.h>
#include <string.h>

enum { BUILDS = 60, RUNS = 10, MODELS = 20, WITHOUT = 60 };

static uint64_t seed;

static double uniform(void)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return ((double)(seed >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void)
{
    return sqrt(-2 * log(uniform())) * cos(2 * 3.14159265358979 * uniform());
}

/*
 * Runs of builds: noise of each run and, alike for a build's runs, of each build; so much more from
 * a build on. Returns how many changes there are; *first is the first.
 */
static size_t try(double noise, double of_build, double step, size_t at, struct change *first)
{
    double values[BUILDS * RUNS];
    size_t ends[BUILDS], count;
    struct change changes[BUILDS];
    struct changes_drift drift;
    struct trail_error error;

    for (size_t build = 0; build < BUILDS; build++) {
        double level = 1 + of_build * normal() + (build >= at ? step : 0);
        for (size_t run = 0; run < RUNS; run++)
            values[build * RUNS + run] = level * (1 + noise * normal());
        ends[build] = (build + 1) * RUNS;
    }
    assert_int_equal(
        changes_find(&(struct series){values, ends, BUILDS}, changes, &count, &drift, &error), 0);
    *first = changes[0];
    return count;
}

static void test_steps(void **state)
{
    struct change first;
    int named = 0, near = 0;

    seed = 11;
    for (int i = 0; i < MODELS; i++) {
        size_t at = 5 + (size_t)(uniform() * (BUILDS - 10)), count = try(0.03, 0, 0.05, at, &first);
        named += count == 1 && first.group == at;
        near += count == 1 && first.group + 1 >= at && first.group <= at + 1;
    }
    printf("%d of %d named, %d nearly\n", named, MODELS, near);
    assert_true(named >= MODELS - 1);
}

static void test_without_steps(void **state)
{
    struct change first;
    int plain = 0, unlike = 0, slightly = 0;

    seed = 12;
    for (int i = 0; i < WITHOUT; i++) {
        plain += try(0.05, 0, 0, 0, &first) > 0;
        unlike += try(0.02, 0.03, 0, 0, &first) > 0;
        slightly += try(0.03, 0.01, 0, 0, &first) > 0;
    }
    printf("%d, %d and %d of %d have none and are said to have one\n", plain, unlike, slightly,
           WITHOUT);
    assert_true(20 * plain <= WITHOUT && 20 * unlike <= WITHOUT && 30 * slightly <= WITHOUT);
}

/*
 * Levels that wander by so much from build to build, rise and fall in so many builds, or grow: how
 * many of 16 such histories are said to have a change, and whether it is said why others have none.
 */
static void test_drift(void **state)
{
    static const struct {
        double walk, wave, period, growth;
    } drifts[] = {{0.005, 0, 1, 0}, {0.01, 0, 1, 0},   {0.02, 0, 1, 0}, {0, 0.03, 20, 0},
                  {0, 0.03, 60, 0}, {0, 0.05, 120, 0}, {0, 0, 1, 0.002}};
    double values[BUILDS * RUNS];
    size_t ends[BUILDS], count, said = 0;
    struct change changes[BUILDS];
    struct changes_drift drift;
    struct trail_error error;

    seed = 13;
    for (size_t i = 0; i < sizeof drifts / sizeof drifts[0]; i++) {
        int claimed = 0;
        for (int model = 0; model < 16; model++) {
            double level = 0, phase = 6.28 * uniform();
            for (size_t build = 0; build < BUILDS; build++) {
                double at = (double)build;
                level += drifts[i].walk * normal();
                for (size_t run = 0; run < RUNS; run++)
                    values[build * RUNS + run] =
                        exp(level + drifts[i].wave * sin(6.28 * at / drifts[i].period + phase) +
                            drifts[i].growth * at + 0.03 * normal());
                ends[build] = (build + 1) * RUNS;
            }
            assert_int_equal(changes_find(&(struct series){values, ends, BUILDS}, changes, &count,
                                          &drift, &error),
                             0);
            claimed += count > 0;
            said += drift.withheld > 0 && drift.least > 0.01;
        }
        printf("drift %zu: %d of 16 are said to have a change\n", i, claimed);
        assert_true(claimed <= 2);
    }
    assert_true(said > 80);
}

/* Up, down and up again; and near either end. */
static void test_more_steps(void **state)
{
    static const size_t at[][3] = {{10, 25, 45}, {58, 60, 60}, {3, 60, 60}};
    static const int steps[] = {3, 1, 1};
    double values[BUILDS * RUNS];
    size_t ends[BUILDS], count;
    struct change changes[BUILDS];
    struct changes_drift drift;
    struct trail_error error;

    seed = 14;
    for (int i = 0; i < 3; i++) {
        int named = 0;
        for (int model = 0; model < 20; model++) {
            for (size_t build = 0; build < BUILDS; build++) {
                double level =
                    build >= at[i][0] && (build < at[i][1] || build >= at[i][2]) ? 1.07 : 1;
                for (size_t run = 0; run < RUNS; run++)
                    values[build * RUNS + run] = level * (1 + 0.03 * normal());
                ends[build] = (build + 1) * RUNS;
            }
            assert_int_equal(changes_find(&(struct series){values, ends, BUILDS}, changes, &count,
                                          &drift, &error),
                             0);
            named += count == (size_t)steps[i];
            for (int k = 0; k < steps[i] && count == (size_t)steps[i]; k++)
                assert_true(changes[k].group + 2 >= at[i][k] && changes[k].group <= at[i][k] + 2);
        }
        printf("%d of 20 have %d changes\n", named, steps[i]);
        assert_true(named >= 19);
    }
}

static void test_small_series(void **state)
{
    const double values[] = {3, 3, 3, 3}, one[] = {1};
    const size_t ends[] = {1, 2, 3, 4};
    struct change changes[4];
    struct changes_drift drift;
    struct trail_error error;
    size_t count = 7;

    assert_int_equal(
        changes_find(&(struct series){values, ends, 4}, changes, &count, &drift, &error), 0);
    assert_int_equal(count, 0);
    assert_int_equal(changes_find(&(struct series){one, ends, 1}, changes, &count, &drift, &error),
                     0);
    assert_int_equal(count, 0);
    assert_int_equal(changes_find(&(struct series){one, ends, 0}, changes, &count, &drift, &error),
                     0);
    assert_int_equal(count, 0);
}

static void test_versions(void **state)
{
    assert_true(builds_compare_versions("1.9", "1.10") < 0);
    assert_true(builds_compare_versions("1.10", "1.9.9") > 0);
    assert_true(builds_compare_versions("v2", "v2-rc") < 0);
    assert_true(builds_compare_versions("007", "7") != 0);
    assert_int_equal(builds_compare_versions("a1b22", "a1b22"), 0);
    assert_true(builds_compare_versions("99999999999999999999999", "100000000000000000000000") < 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_steps),        cmocka_unit_test(test_without_steps),
    cmocka_unit_test(test_drift),        cmocka_unit_test(test_more_steps),
    cmocka_unit_test(test_small_series), cmocka_unit_test(test_versions),
};

UNIT_MAIN(tests)
