/* See statistics.h. */
#include "statistics.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { EXACT_AT_MOST = 20, SUMS = EXACT_AT_MOST * (EXACT_AT_MOST + 1) / 2 + 1 };

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

double statistics_quantile(const double *sorted, size_t count, double q)
{
    double at = q * (double)(count - 1);
    size_t below = (size_t)at;

    if (count == 0)
        return 0;
    return below + 1 < count
               ? sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below])
               : sorted[count - 1];
}

/*
 * The value that half of |value - middle| does not exceed: two pointers walk outwards from the
 * middle of the sorted values.
 */
static double deviation(const double *sorted, size_t count, double middle)
{
    size_t left = 0, right = 0;
    double last = 0, before = 0;

    while (right < count && sorted[right] < middle)
        right++;
    left = right;
    for (size_t taken = 0; taken <= count / 2; taken++) {
        before = last;
        if (right >= count || (left > 0 && middle - sorted[left - 1] <= sorted[right] - middle))
            last = middle - sorted[--left];
        else
            last = sorted[right++] - middle;
    }
    return count % 2 == 1 ? last : (before + last) / 2;
}

struct sample_summary statistics_summary(double *values, size_t count)
{
    struct sample_summary summary = {.count = count};

    if (count == 0)
        return summary;
    qsort(values, count, sizeof *values, compare);
    summary.median = statistics_quantile(values, count, 0.5);
    summary.low = statistics_quantile(values, count, 0.25);
    summary.high = statistics_quantile(values, count, 0.75);
    summary.least = values[0];
    summary.most = values[count - 1];
    summary.mad = deviation(values, count, summary.median);
    return summary;
}

struct ranked {
    double value;
    bool is_a;
};

static int compare_ranked(const void *left, const void *right)
{
    double a = ((const struct ranked *)left)->value, b = ((const struct ranked *)right)->value;

    return (a > b) - (a < b);
}

/* The chance that `count` of `total` ranks, drawn blindly, sum up to at most `sum`. */
static double chance_of_sum(size_t count, size_t total, size_t sum)
{
    double ways[EXACT_AT_MOST + 1][SUMS] = {{0}}, at_most = 0, all = 0;

    ways[0][0] = 1;
    for (size_t rank = 1; rank <= total; rank++)
        for (size_t k = rank < count ? rank : count; k > 0; k--)
            for (size_t s = SUMS - 1; s >= rank; s--)
                ways[k][s] += ways[k - 1][s - rank];
    for (size_t s = 0; s < SUMS; s++) {
        all += ways[count][s];
        at_most += s <= sum ? ways[count][s] : 0;
    }
    return at_most / all;
}

static double exact(size_t count_a, size_t total, double rank_sum)
{
    size_t sum = (size_t)rank_sum, mirrored = count_a * (total + 1) - sum;
    double p = 2 * chance_of_sum(count_a, total, sum < mirrored ? sum : mirrored);

    return p < 1 ? p : 1;
}

static double approximate(double count_a, double count_b, double rank_sum, double ties)
{
    double total = count_a + count_b, u = rank_sum - count_a * (count_a + 1) / 2,
           mean = count_a * count_b / 2;
    double variance = count_a * count_b / 12 * (total + 1 - ties / (total * (total - 1)));
    double distance = fabs(u - mean) - 0.5;

    if (variance <= 0 || distance <= 0)
        return 1;
    return erfc(distance / sqrt(variance) / sqrt(2));
}

double statistics_mann_whitney(const double *a, size_t count_a, const double *b, size_t count_b)
{
    size_t total = count_a + count_b;
    struct ranked *ranked;
    double rank_sum = 0, ties = 0;

    if (count_a == 0 || count_b == 0)
        return 1;
    if ((ranked = malloc(total * sizeof *ranked)) == NULL)
        return -1;
    for (size_t i = 0; i < total; i++)
        ranked[i] = (struct ranked){i < count_a ? a[i] : b[i - count_a], i < count_a};
    qsort(ranked, total, sizeof *ranked, compare_ranked);
    for (size_t i = 0, end; i < total; i = end) {
        double tied;
        for (end = i; end < total && ranked[end].value <= ranked[i].value; end++)
            ;
        tied = (double)(end - i);
        ties += tied * tied * tied - tied;
        for (size_t k = i; k < end; k++)
            rank_sum += ranked[k].is_a ? (double)(i + 1) + (tied - 1) / 2 : 0;
    }
    free(ranked);
    return total <= EXACT_AT_MOST && ties <= 0
               ? exact(count_a, total, rank_sum)
               : approximate((double)count_a, (double)count_b, rank_sum, ties);
}

/*
 * The chance of |t| or more with so many degrees of freedom: Abramowitz and Stegun 26.7.3
 * and 26.7.4.
 */
double statistics_student(double t, size_t freedom)
{
    double angle = atan(fabs(t) / sqrt((double)freedom)), cosine = cos(angle),
           term = freedom % 2 == 1 ? cosine : 1, sum = 0, within;

    if (freedom == 1)
        return 1 - angle / acos(0);
    for (size_t k = freedom % 2 == 1 ? 3 : 2; k <= freedom; k += 2) {
        sum += term;
        term *= (double)(k - 1) / (double)k * cosine * cosine;
    }
    within = freedom % 2 == 1 ? (angle + sin(angle) * sum) / acos(0) : sin(angle) * sum;
    return within < 1 ? 1 - within : 0;
}

double statistics_student_beyond(double chance, size_t freedom)
{
    double low = 0, high = 64;

    for (int i = 0; i < 40; i++) {
        double middle = (low + high) / 2;
        if (statistics_student(middle, freedom) > chance)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static double log_choose(size_t n, size_t k)
{
    return lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);
}

double statistics_fisher(size_t hits_a, size_t count_a, size_t hits_b, size_t count_b)
{
    size_t hits = hits_a + hits_b, total = count_a + count_b;
    double all = log_choose(total, hits),
           here = log_choose(count_a, hits_a) + log_choose(count_b, hits_b) - all, p = 0;

    for (size_t k = hits > count_b ? hits - count_b : 0; k <= hits && k <= count_a; k++) {
        double chance = log_choose(count_a, k) + log_choose(count_b, hits - k) - all;
        if (chance <= here + 1e-9)
            p += exp(chance);
    }
    return p < 1 ? p : 1;
}

struct test {
    double p;
    size_t at;
};

static int compare_tests(const void *left, const void *right)
{
    double a = ((const struct test *)left)->p, b = ((const struct test *)right)->p;

    return (a > b) - (a < b);
}

int statistics_holm(double *p, size_t count, struct trail_error *error)
{
    struct test *tests = malloc((count > 0 ? count : 1) * sizeof *tests);
    double least = 0;

    if (tests == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    for (size_t i = 0; i < count; i++)
        tests[i] = (struct test){p[i], i};
    qsort(tests, count, sizeof *tests, compare_tests);
    for (size_t i = 0; i < count; i++) {
        double corrected = tests[i].p * (double)(count - i);
        least = corrected > least ? corrected : least;
        p[tests[i].at] = least < 1 ? least : 1;
    }
    free(tests);
    return 0;
}
