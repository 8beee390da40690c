/* See order.h. */
#include "order.h"

#include "order_matrix.h"
#include "statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* While it is learned: where and when each element came, by run. */
struct learning {
    struct order *order;
    double *places, *times; /* element after element; negative where it was not there */
    double *speeds, *scratch;
    struct order_join *joins;
};

struct candidate {
    uint32_t element;
    size_t runs;
};

static int compare_candidates(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    return a->runs != b->runs ? (a->runs < b->runs) - (a->runs > b->runs)
                              : (a->element > b->element) - (a->element < b->element);
}

static void count_runs(const struct order *order, struct candidate *candidates)
{
    for (size_t run = order->first; run < order->first + order->runs; run++)
        for (size_t i = 0; i < order->all->items[run].step_count[order->stream]; i++)
            /* an element comes once in a run */
            candidates[order->all->items[run].steps[order->stream][i].element].runs++;
}

/* Chooses the elements that are in enough runs, at most so many. */
static int choose_elements(struct order *order)
{
    size_t all = order->all->element_count, kept = 0;
    struct candidate *candidates = calloc(all + 1, sizeof *candidates);

    order->locals = calloc(all + 1, sizeof *order->locals);
    order->elements = calloc(all + 1, sizeof *order->elements);
    if (candidates == NULL || order->locals == NULL || order->elements == NULL) {
        free(candidates);
        return -1;
    }
    for (size_t i = 0; i < all; i++)
        candidates[i].element = (uint32_t)i;
    count_runs(order, candidates);
    qsort(candidates, all, sizeof *candidates, compare_candidates);
    while (kept < all && candidates[kept].runs >= ORDER_RUNS_AT_LEAST)
        kept++;
    order->count = kept < ORDER_ELEMENTS_AT_MOST ? kept : ORDER_ELEMENTS_AT_MOST;
    order->left_out = kept - order->count;
    for (size_t i = 0; i < order->count; i++) {
        order->elements[i] = candidates[i].element;
        order->locals[candidates[i].element] = (uint32_t)i + 1;
    }
    free(candidates);
    return 0;
}

static int make_room(struct learning *learning)
{
    struct order *order = learning->order;
    size_t samples = order->count * order->runs + 1, cells;

    order->words = bits_words(order->count);
    order->run_words = bits_words(order->runs);
    cells = order->count * order->words + 1;
    order->ranks = calloc(order->count + 1, sizeof *order->ranks);
    order->ranges = calloc(order->count + 1, sizeof *order->ranges);
    order->presence = calloc(order->count * order->run_words + 1, sizeof *order->presence);
    order->held = malloc(cells * sizeof *order->held);
    order->by_thread = malloc(cells * sizeof *order->by_thread);
    order->by_cause = malloc(cells * sizeof *order->by_cause);
    order->apart = calloc(cells, sizeof *order->apart);
    order->learned = calloc(cells, sizeof *order->learned);
    learning->places = malloc(samples * sizeof *learning->places);
    learning->times = malloc(samples * sizeof *learning->times);
    learning->speeds = malloc((order->runs + 1) * sizeof *learning->speeds);
    learning->scratch = malloc((order->runs + order->count + 1) * sizeof *learning->scratch);
    learning->joins = calloc(order->count + 1, sizeof *learning->joins);
    if (order->ranks == NULL || order->ranges == NULL || order->presence == NULL ||
        order->held == NULL || order->by_thread == NULL || order->by_cause == NULL ||
        order->apart == NULL || order->learned == NULL || learning->places == NULL ||
        learning->times == NULL || learning->speeds == NULL || learning->scratch == NULL ||
        learning->joins == NULL)
        return -1;
    memset(order->held, 0xFF, cells * sizeof *order->held);
    memset(order->by_thread, 0xFF, cells * sizeof *order->by_thread);
    memset(order->by_cause, 0xFF, cells * sizeof *order->by_cause);
    return 0;
}

static void take_place(struct order *order, size_t local, size_t run, size_t place)
{
    struct order_range *range = &order->ranges[local];

    if (bits_count(order->presence + local * order->run_words, order->run_words) == 0)
        range->least = range->most = place;
    range->least = place < range->least ? place : range->least;
    range->most = place > range->most ? place : range->most;
    bits_add(order->presence + local * order->run_words, run);
}

static void take_samples(struct learning *learning)
{
    struct order *order = learning->order;

    for (size_t i = 0; i < order->count * order->runs; i++)
        learning->places[i] = learning->times[i] = -1;
    for (size_t run = 0; run < order->runs; run++) {
        const struct recording *recording = &order->all->items[order->first + run];
        for (size_t i = 0; i < recording->step_count[order->stream]; i++) {
            const struct recorded_step *step = &recording->steps[order->stream][i];
            size_t local = order_local(order, step->element);
            if (local == SIZE_MAX)
                continue;
            take_place(order, local, run, i + 1);
            learning->places[local * order->runs + run] = (double)i;
            learning->times[local * order->runs + run] = (double)step->net_ns;
        }
    }
}

/* The median of those of an element's samples that are there. */
static double median_of(struct learning *learning, const double *samples)
{
    size_t count = 0;

    for (size_t run = 0; run < learning->order->runs; run++)
        if (samples[run] >= 0)
            learning->scratch[count++] = samples[run];
    return statistics_summary(learning->scratch, count).median;
}

/*
 * How long things took in each run, compared to the others: the median over all elements of the
 * time to them by its own median.
 */
static void find_speeds(struct learning *learning, double *medians)
{
    struct order *order = learning->order;

    for (size_t i = 0; i < order->count; i++) {
        order->ranks[i] = median_of(learning, learning->places + i * order->runs);
        medians[i] = median_of(learning, learning->times + i * order->runs);
    }
    for (size_t run = 0; run < order->runs; run++) {
        size_t count = 0;
        for (size_t i = 0; i < order->count; i++)
            if (medians[i] > 0 && learning->times[i * order->runs + run] > 0)
                learning->scratch[count++] = learning->times[i * order->runs + run] / medians[i];
        learning->speeds[run] = count > 0 ? statistics_summary(learning->scratch, count).median : 1;
        if (!(learning->speeds[run] > 0))
            learning->speeds[run] = 1;
    }
}

/* APART of order.h. */
static bool is_far_apart(const struct learning *learning, size_t before, size_t after)
{
    const double *from = learning->times + before * learning->order->runs,
                 *to = learning->times + after * learning->order->runs;
    double least = INFINITY, most = 0;

    for (size_t run = 0; run < learning->order->runs; run++) {
        double distance = to[run] - from[run];
        if (from[run] < 0 || to[run] < 0)
            continue;
        if (distance < ORDER_APART_NS)
            return false;
        least = distance < least ? distance : least;
        most = distance > most ? distance : most;
    }
    return least >= ORDER_APART_SPREADS * (most - least);
}

static void learn_pairs(struct learning *learning)
{
    struct order *order = learning->order;

    for (size_t after = 0; after < order->count; after++) {
        uint64_t *held = order_row(order, order->held, after),
                 *learned = order_row(order, order->learned, after);
        const uint64_t *by_cause = order_row(order, order->by_cause, after),
                       *presence = order->presence + after * order->run_words;
        bits_remove(held, after);
        for (size_t before = bits_next(held, order->words, 0); before < order->count;
             before = bits_next(held, order->words, before + 1)) {
            size_t runs = bits_common(presence, order->presence + before * order->run_words,
                                      order->run_words);
            if (runs < ORDER_RUNS_AT_LEAST) {
                bits_remove(held, before);
            } else if (bits_has(by_cause, before)) {
                bits_add(learned, before);
            } else if (runs >= ORDER_APART_RUNS && is_far_apart(learning, before, after)) {
                bits_add(order_row(order, order->apart, after), before);
                bits_add(learned, before);
            }
        }
    }
}

static void release_learning(struct learning *learning)
{
    free(learning->places);
    free(learning->times);
    free(learning->speeds);
    free(learning->scratch);
    order_join_free(learning->joins, learning->order->count);
}

static int learn(struct learning *learning, struct trail_error *error)
{
    struct order *order = learning->order;
    double *medians;

    if (choose_elements(order) != 0 || make_room(learning) != 0 ||
        (medians = calloc(order->count + 1, sizeof *medians)) == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    take_samples(learning);
    find_speeds(learning, medians);
    free(medians);
    for (size_t run = 0; run < order->runs; run++)
        if (order_take_run(order, &order->all->items[order->first + run], run, learning->joins,
                           error) != 0)
            return -1;
    learn_pairs(learning);
    if (order_join_learn(order, learning->joins, learning->speeds, error) != 0)
        return -1;
    order->pairs = bits_count(order->learned, order->count * order->words);
    return 0;
}

struct order *order_learn(const struct recordings *recordings, enum recorded_stream stream,
                          size_t first, size_t count, struct trail_error *error)
{
    struct order *order = calloc(1, sizeof *order);
    struct learning learning = {.order = order};
    int result;

    if (order == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    order->all = recordings;
    order->stream = stream;
    order->first = first;
    order->runs = count;
    result = learn(&learning, error);
    release_learning(&learning);
    if (result == 0)
        return order;
    order_free(order);
    return NULL;
}

void order_free(struct order *order)
{
    if (order == NULL)
        return;
    free(order->elements);
    free(order->locals);
    free(order->ranks);
    free(order->ranges);
    free(order->presence);
    free(order->held);
    free(order->by_thread);
    free(order->by_cause);
    free(order->apart);
    free(order->learned);
    free(order);
}

size_t order_pair_count(const struct order *order)
{
    return order->pairs;
}

size_t order_left_out(const struct order *order)
{
    return order->left_out;
}

double order_rank(const struct order *order, uint32_t element)
{
    size_t local = order_local(order, element);

    return local == SIZE_MAX ? -1 : order->ranks[local];
}

enum order_reason order_of(const struct order *order, uint32_t before, uint32_t after)
{
    size_t a = order_local(order, before), b = order_local(order, after);

    if (a == SIZE_MAX || b == SIZE_MAX || !bits_has(order_row(order, order->learned, b), a))
        return ORDER_NOT_LEARNED;
    if (bits_has(order_row(order, order->by_thread, b), a))
        return ORDER_BY_THREAD;
    if (bits_has(order_row(order, order->by_cause, b), a))
        return ORDER_BY_CAUSE;
    return bits_has(order_row(order, order->apart, b), a) ? ORDER_BY_DISTANCE : ORDER_BY_JOIN;
}

const char *order_reason_text(enum order_reason reason)
{
    static const char *const texts[] = {
        [ORDER_NOT_LEARNED] = "",
        [ORDER_BY_THREAD] = "same thread",
        [ORDER_BY_CAUSE] = "before its thread was made",
        [ORDER_BY_JOIN] = "after that thread's end",
        [ORDER_BY_DISTANCE] = "far apart",
    };

    return texts[reason];
}
