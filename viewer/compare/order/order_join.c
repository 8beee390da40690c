/* JOIN of order.h: whether a load waited for the end of threads. */
#include "order_matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int begin(struct order *order, struct order_join *join, struct trail_error *error)
{
    join->joined = malloc(order->words * sizeof *join->joined);
    join->was_last = calloc(order->words, sizeof *join->was_last);
    join->end = malloc(order->runs * sizeof *join->end);
    join->next = malloc(order->runs * sizeof *join->next);
    if (join->joined == NULL || join->was_last == NULL || join->end == NULL || join->next == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    memset(join->joined, 0xFF, order->words * sizeof *join->joined);
    for (size_t i = 0; i < order->runs; i++)
        join->end[i] = join->next[i] = -1;
    return 0;
}

int order_join_add(struct order *order, struct order_join *join, size_t run, const uint64_t *joined,
                   const uint64_t *last, double end, double next, struct trail_error *error)
{
    if (join->is_out)
        return 0;
    if (join->joined == NULL && begin(order, join, error) != 0)
        return -1;
    for (size_t w = 0; w < order->words; w++) {
        join->joined[w] &= joined[w];
        join->was_last[w] |= last[w];
    }
    join->end[run] = end;
    join->next[run] = next;
    return 0;
}

static void release(struct order_join *join)
{
    free(join->joined);
    free(join->was_last);
    free(join->end);
    free(join->next);
    join->joined = join->was_last = NULL;
    join->end = join->next = NULL;
}

void order_join_rule_out(struct order_join *join)
{
    release(join);
    join->is_out = true;
}

void order_join_free(struct order_join *joins, size_t count)
{
    for (size_t i = 0; joins != NULL && i < count; i++)
        release(&joins[i]);
    free(joins);
}

/*
 * The chance that b would have come after the last end in all runs if it had not waited: lengths of
 * different runs are set against each other.
 */
static double chance(const struct order *order, const struct order_join *join, const double *speeds)
{
    double later = 0, pairs = 0, runs = 0;

    for (size_t i = 0; i < order->runs; i++) {
        if (join->end[i] < 0)
            continue;
        runs++;
        for (size_t k = 0; k < order->runs; k++) {
            if (k == i || join->next[k] < 0)
                continue;
            pairs++;
            later += join->end[i] / speeds[i] >= join->next[k] / speeds[k];
        }
    }
    return pairs > 0 ? pow(1 - later / pairs, runs) : 1;
}

static double variance(const double *values, size_t count)
{
    double mean = 0, sum = 0;

    for (size_t i = 0; i < count; i++)
        mean += values[i] / (double)count;
    for (size_t i = 0; i < count; i++)
        sum += (values[i] - mean) * (values[i] - mean);
    return count > 1 ? sum / (double)(count - 1) : 0;
}

/* Whether b follows the last end, however early or late that is. `room` is for twice the runs. */
static bool follows(const struct order *order, const struct order_join *join, const double *speeds,
                    double *room)
{
    double *ends = room, *distances = room + order->runs;
    size_t count = 0;

    for (size_t i = 0; i < order->runs; i++) {
        if (join->end[i] < 0)
            continue;
        ends[count] = join->end[i] / speeds[i];
        distances[count++] = (join->next[i] - join->end[i]) / speeds[i];
    }
    return count >= ORDER_APART_RUNS &&
           variance(distances, count) * ORDER_JOIN_FOLLOWS <= variance(ends, count) &&
           variance(ends, count) > 0;
}

static void learn_pairs(struct order *order, const struct order_join *join, size_t waiting)
{
    for (size_t after = 0; after < order->count; after++) {
        uint64_t *learned = order_row(order, order->learned, after),
                 *held = order_row(order, order->held, after);
        if (after != waiting && !bits_has(order_row(order, order->by_cause, after), waiting))
            continue;
        for (size_t w = 0; w < order->words; w++)
            learned[w] |= join->joined[w] & join->was_last[w] & held[w];
    }
}

int order_join_learn(struct order *order, struct order_join *joins, const double *speeds,
                     struct trail_error *error)
{
    double tests = 0, *room = malloc((2 * order->runs + 1) * sizeof *room);

    if (room == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    for (size_t i = 0; i < order->count; i++)
        tests += joins[i].joined != NULL;
    for (size_t i = 0; i < order->count; i++)
        if (joins[i].joined != NULL && (follows(order, &joins[i], speeds, room) ||
                                        chance(order, &joins[i], speeds) <= ORDER_CHANCE / tests))
            learn_pairs(order, &joins[i], i);
    free(room);
    return 0;
}
