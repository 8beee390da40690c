/* order_swaps: which loads swap places from run to run. See order.h. */
#include "order_matrix.h"

#include <stdlib.h>

struct grouping {
    const struct order *order;
    size_t *parents; /* by local number: towards the one that stands for the group */
    bool *swaps;
};

static size_t representative(struct grouping *grouping, size_t element)
{
    while (grouping->parents[element] != element)
        element = grouping->parents[element] = grouping->parents[grouping->parents[element]];
    return element;
}

/* Joins each two that were seen in both orders. */
static void find_groups(struct grouping *grouping)
{
    const struct order *order = grouping->order;

    for (size_t i = 0; i < order->count; i++) {
        const uint64_t *before = order_row(order, order->held, i),
                       *presence = order->presence + i * order->run_words;
        for (size_t k = 0; k < i; k++) {
            if (bits_has(before, k) || bits_has(order_row(order, order->held, k), i) ||
                bits_common(presence, order->presence + k * order->run_words, order->run_words) <
                    ORDER_RUNS_AT_LEAST)
                continue;
            grouping->swaps[i] = grouping->swaps[k] = true;
            grouping->parents[representative(grouping, i)] = representative(grouping, k);
        }
    }
}

static int compare_swaps(const void *left, const void *right)
{
    const struct order_swap *a = left, *b = right;

    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->median < b->median || b->median < a->median)
        return a->median < b->median ? -1 : 1;
    return (a->element > b->element) - (a->element < b->element);
}

static void list_swaps(struct grouping *grouping, struct order_swap *swaps, size_t *count)
{
    const struct order *order = grouping->order;

    for (size_t i = 0; i < order->count; i++)
        if (grouping->swaps[i])
            swaps[(*count)++] = (struct order_swap){order->elements[i], representative(grouping, i),
                                                    order->ranges[i].least, order->ranges[i].most,
                                                    order->ranks[i] + 1};
}

/* Groups are numbered by the rank of their first. */
static void number_groups(struct order_swap *swaps, size_t count, size_t *numbers)
{
    size_t groups = 0;

    for (size_t i = 0; i < count; i++) {
        if (numbers[swaps[i].group] == 0)
            numbers[swaps[i].group] = ++groups;
        swaps[i].group = numbers[swaps[i].group];
    }
}

static int compare_medians(const void *left, const void *right)
{
    double a = ((const struct order_swap *)left)->median,
           b = ((const struct order_swap *)right)->median;

    return (a > b) - (a < b);
}

int order_swaps(const struct order *order, struct order_swap **swaps, size_t *count,
                struct trail_error *error)
{
    struct grouping grouping = {order, malloc((order->count + 1) * sizeof *grouping.parents),
                                calloc(order->count + 1, sizeof *grouping.swaps)};
    struct order_swap *found = malloc((order->count + 1) * sizeof *found);
    size_t *numbers = calloc(order->count + 1, sizeof *numbers);
    bool has_memory =
        grouping.parents != NULL && grouping.swaps != NULL && found != NULL && numbers != NULL;

    *count = 0;
    if (has_memory) {
        for (size_t i = 0; i < order->count; i++)
            grouping.parents[i] = i;
        find_groups(&grouping);
        list_swaps(&grouping, found, count);
        qsort(found, *count, sizeof *found, compare_medians);
        number_groups(found, *count, numbers);
        qsort(found, *count, sizeof *found, compare_swaps);
    }
    free(grouping.parents);
    free(grouping.swaps);
    free(numbers);
    if (!has_memory) {
        free(found);
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    }
    *swaps = found;
    return 0;
}
