/* order_reduction and order_check: what is said about a learned order. See order.h. */
#include "array.h"
#include "asked.h"
#include "breaks.h"
#include "order_matrix.h"

#include <stdlib.h>
#include <string.h>

static int out_of_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

struct ranked {
    double rank;
    uint32_t local;
};

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;

    if (a->rank < b->rank || b->rank < a->rank)
        return a->rank < b->rank ? -1 : 1;
    return (a->local > b->local) - (a->local < b->local);
}

/* All elements by rank. NULL without memory. */
static struct ranked *sort_by_rank(const struct order *order)
{
    struct ranked *sorted = malloc((order->count + 1) * sizeof *sorted);

    for (size_t i = 0; sorted != NULL && i < order->count; i++)
        sorted[i] = (struct ranked){order->ranks[i], (uint32_t)i};
    if (sorted != NULL)
        qsort(sorted, order->count, sizeof *sorted, compare_ranked);
    return sorted;
}

static size_t runs_of(const struct order *order, size_t a, size_t b)
{
    return bits_common(order->presence + a * order->run_words,
                       order->presence + b * order->run_words, order->run_words);
}

struct pair_list {
    struct order_pair *pairs;
    size_t count;
};

static int add_pair(const struct order *order, struct pair_list *list, size_t before, size_t after)
{
    struct order_pair *pairs = array_with_room(list->pairs, list->count, sizeof *pairs);

    if (pairs == NULL)
        return -1;
    list->pairs = pairs;
    pairs[list->count++] = (struct order_pair){order->elements[before], order->elements[after],
                                               runs_of(order, before, after)};
    return 0;
}

/* The nearest before it first: what one of them has before it needs no pair of its own. */
static int reduce(const struct order *order, const struct ranked *sorted, size_t at, uint64_t *left,
                  struct pair_list *list)
{
    size_t after = sorted[at].local;

    memcpy(left, order_row(order, order->learned, after), order->words * sizeof *left);
    for (size_t i = order->count; i-- > 0;) {
        size_t before = sorted[i].local;
        const uint64_t *implied = order_row(order, order->learned, before);
        if (!bits_has(left, before))
            continue;
        bits_remove(left, before);
        for (size_t w = 0; w < order->words; w++)
            left[w] &= ~implied[w];
        if (add_pair(order, list, before, after) != 0)
            return -1;
    }
    return 0;
}

int order_reduction(const struct order *order, struct order_pair **pairs, size_t *count,
                    struct trail_error *error)
{
    struct ranked *sorted = sort_by_rank(order);
    uint64_t *left = malloc((order->words + 1) * sizeof *left);
    struct pair_list list = {NULL, 0};
    int result = sorted == NULL || left == NULL ? -1 : 0;

    for (size_t i = 0; i < order->count && result == 0; i++)
        result = reduce(order, sorted, i, left, &list);
    free(sorted);
    free(left);
    if (result != 0) {
        free(list.pairs);
        return out_of_memory(error);
    }
    *pairs = list.pairs;
    *count = list.count;
    return 0;
}

static int compare_breaks(const void *left, const void *right)
{
    const struct order_break *a = left, *b = right;

    return (a->moved > b->moved) - (a->moved < b->moved);
}

/* What each thread asked for, one after the other; `sequence` is room for it. */
static int check(const struct order *order, const struct recording *recording,
                 const struct asked *asked, size_t count, size_t *sequence,
                 struct moved_item **found, size_t *found_count, struct trail_error *error)
{
    const struct order_relation relation = {order->learned, order->words, order->ranks};
    int result = 0;

    for (size_t i = 0, end; i < count && result == 0; i = end) {
        size_t length = 0;
        for (end = i; end < count && asked[end].by == asked[i].by; end++) {
            size_t local =
                order_local(order, recording->steps[order->stream][asked[end].step].element);
            if (local != SIZE_MAX)
                sequence[length++] = local;
        }
        result = breaks_find(&relation, sequence, length, found, found_count, error);
    }
    return result;
}

static struct order_break describe(const struct order *order, const struct moved_item *item)
{
    return (struct order_break){order->elements[item->moved], order->elements[item->other],
                                item->was_before, runs_of(order, item->moved, item->other),
                                item->pairs};
}

int order_check(const struct order *order, const struct recording *recording,
                struct order_break **breaks, size_t *count, struct trail_error *error)
{
    size_t asked_count;
    struct asked *asked = asked_sort(recording, order->stream, &asked_count);
    size_t *sequence = malloc((asked_count + 1) * sizeof *sequence);
    struct moved_item *found = NULL;
    int result = asked == NULL || sequence == NULL ? out_of_memory(error) : 0;

    *count = 0;
    *breaks = NULL;
    if (result == 0)
        result = check(order, recording, asked, asked_count, sequence, &found, count, error);
    if (result == 0 && *count > 0 && (*breaks = malloc(*count * sizeof **breaks)) == NULL)
        result = out_of_memory(error);
    for (size_t i = 0; result == 0 && i < *count; i++)
        (*breaks)[i] = describe(order, &found[i]);
    if (result == 0 && *count > 0)
        qsort(*breaks, *count, sizeof **breaks, compare_breaks);
    free(asked);
    free(sequence);
    free(found);
    return result;
}
