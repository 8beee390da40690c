/* order_reduction and order_check: what is said about a learned order. See order.h. */
#include "array.h"
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
    pairs[list->count++] = (struct order_pair){
        order->elements[before], order->elements[after], runs_of(order, before, after),
        order_of(order, order->elements[before], order->elements[after])};
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

/* The broken pairs of a run: a set of partners for each element, both ways. */
struct breaks {
    const struct order *order;
    uint64_t *partners;
    size_t *degrees;
};

static void find_broken(struct breaks *breaks, const struct recording *recording, uint64_t *later)
{
    const struct order *order = breaks->order;

    memset(later, 0, order->words * sizeof *later);
    /* from the end: `later` is what comes after */
    for (size_t i = recording->step_count[order->stream]; i-- > 0;) {
        size_t local = order_local(order, recording->steps[order->stream][i].element);
        const uint64_t *learned;
        if (local == SIZE_MAX)
            continue;
        learned = order_row(order, order->learned, local);
        for (size_t w = 0; w < order->words; w++) {
            uint64_t broken = learned[w] & later[w];
            order_row(order, breaks->partners, local)[w] |= broken;
            for (; broken != 0; broken &= broken - 1) {
                size_t other = w * 64 + bits_in_word((broken & (~broken + 1)) - 1);
                bits_add(order_row(order, breaks->partners, other), local);
                breaks->degrees[local]++;
                breaks->degrees[other]++;
            }
        }
        bits_add(later, local);
    }
}

/* The partner whose rank is nearest. */
static size_t nearest_partner(const struct breaks *breaks, size_t moved)
{
    const struct order *order = breaks->order;
    const uint64_t *partners = order_row(order, breaks->partners, moved);
    size_t nearest = SIZE_MAX;
    double least = 0;

    for (size_t i = bits_next(partners, order->words, 0); i < order->count;
         i = bits_next(partners, order->words, i + 1)) {
        double distance = order->ranks[i] - order->ranks[moved];
        distance = distance < 0 ? -distance : distance;
        if (nearest == SIZE_MAX || distance < least) {
            nearest = i;
            least = distance;
        }
    }
    return nearest;
}

static struct order_break describe(const struct breaks *breaks, size_t moved)
{
    const struct order *order = breaks->order;
    size_t other = nearest_partner(breaks, moved);
    bool was_before = bits_has(order_row(order, order->learned, other), moved);
    uint32_t a = order->elements[was_before ? moved : other],
             b = order->elements[was_before ? other : moved];

    return (struct order_break){
        order->elements[moved],       order->elements[other], was_before,
        runs_of(order, moved, other), breaks->degrees[moved], order_of(order, a, b)};
}

static void take_out(struct breaks *breaks, size_t moved)
{
    const struct order *order = breaks->order;
    const uint64_t *partners = order_row(order, breaks->partners, moved);

    for (size_t i = bits_next(partners, order->words, 0); i < order->count;
         i = bits_next(partners, order->words, i + 1)) {
        bits_remove(order_row(order, breaks->partners, i), moved);
        breaks->degrees[i]--;
    }
    breaks->degrees[moved] = 0;
}

/* The element in most broken pairs; of several the last by rank. SIZE_MAX if nothing is broken. */
static size_t worst(const struct breaks *breaks)
{
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < breaks->order->count; i++)
        if (breaks->degrees[i] > 0 &&
            (found == SIZE_MAX || breaks->degrees[i] > breaks->degrees[found] ||
             (breaks->degrees[i] == breaks->degrees[found] &&
              breaks->order->ranks[i] > breaks->order->ranks[found])))
            found = i;
    return found;
}

static int compare_breaks(const void *left, const void *right)
{
    const struct order_break *a = left, *b = right;

    return (a->moved > b->moved) - (a->moved < b->moved);
}

int order_check(const struct order *order, const struct recording *recording,
                struct order_break **out, size_t *count, struct trail_error *error)
{
    struct breaks breaks = {order, calloc(order->count * order->words + 1, sizeof *breaks.partners),
                            calloc(order->count + 1, sizeof *breaks.degrees)};
    uint64_t *later = malloc((order->words + 1) * sizeof *later);
    struct order_break *found = NULL, *larger;
    int result = breaks.partners == NULL || breaks.degrees == NULL || later == NULL ? -1 : 0;

    *count = 0;
    if (result == 0)
        find_broken(&breaks, recording, later);
    for (size_t moved; result == 0 && (moved = worst(&breaks)) != SIZE_MAX;) {
        if ((larger = array_with_room(found, *count, sizeof *found)) == NULL) {
            result = -1;
            break;
        }
        found = larger;
        found[(*count)++] = describe(&breaks, moved);
        take_out(&breaks, moved);
    }
    free(breaks.partners);
    free(breaks.degrees);
    free(later);
    if (result != 0) {
        free(found);
        return out_of_memory(error);
    }
    if (*count > 0)
        qsort(found, *count, sizeof *found, compare_breaks);
    *out = found;
    return 0;
}
