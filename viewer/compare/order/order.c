/* See order.h. */
#include "order.h"

#include "asked.h"
#include "order_matrix.h"
#include "shuffled.h"
#include "statistics.h"

#include <stdlib.h>
#include <string.h>

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

static int make_room(struct order *order)
{
    size_t cells;

    order->words = bits_words(order->count);
    order->run_words = bits_words(order->runs);
    cells = order->count * order->words + 1;
    order->ranks = calloc(order->count + 1, sizeof *order->ranks);
    order->ranges = calloc(order->count + 1, sizeof *order->ranges);
    order->presence = calloc(order->count * order->run_words + 1, sizeof *order->presence);
    order->held = malloc(cells * sizeof *order->held);
    order->asked = malloc(cells * sizeof *order->asked);
    order->learned = calloc(cells, sizeof *order->learned);
    if (order->ranks == NULL || order->ranges == NULL || order->presence == NULL ||
        order->held == NULL || order->asked == NULL || order->learned == NULL)
        return -1;
    memset(order->held, 0xFF, cells * sizeof *order->held);
    memset(order->asked, 0xFF, cells * sizeof *order->asked);
    return 0;
}

/*
 * In which runs each is, and where. `places` is room for all places of an element after those of
 * another, `counts` for how many there are.
 */
static void note_places(struct order *order, double *places, size_t *counts)
{
    for (size_t run = 0; run < order->runs; run++) {
        const struct recording *recording = &order->all->items[order->first + run];
        for (size_t i = 0; i < recording->step_count[order->stream]; i++) {
            size_t local = order_local(order, recording->steps[order->stream][i].element);
            struct order_range *range;
            if (local == SIZE_MAX)
                continue;
            range = &order->ranges[local];
            bits_add(order->presence + local * order->run_words, run);
            range->least = counts[local] == 0 || i + 1 < range->least ? i + 1 : range->least;
            range->most = i + 1 > range->most ? i + 1 : range->most;
            places[local * order->runs + counts[local]++] = (double)i;
        }
    }
    for (size_t i = 0; i < order->count; i++)
        order->ranks[i] = statistics_summary(places + i * order->runs, counts[i]).median;
}

/* Sets of local numbers for one run. */
struct narrowing {
    struct order *order;
    const struct recording *recording;
    uint64_t *absent, *seen;
    uint64_t *before; /* rows: what came before, in one run or more */
};

static void narrow(const struct narrowing *narrowing, uint64_t *matrix, size_t local,
                   const uint64_t *by)
{
    uint64_t *row = order_row(narrowing->order, matrix, local);

    for (size_t w = 0; w < narrowing->order->words; w++)
        row[w] &= by[w] | narrowing->absent[w];
}

static size_t local_of(const struct narrowing *narrowing, size_t step)
{
    const struct order *order = narrowing->order;

    return order_local(order, narrowing->recording->steps[order->stream][step].element);
}

static void clear(const struct narrowing *narrowing, uint64_t *set)
{
    memset(set, 0, narrowing->order->words * sizeof *set);
}

/* What came before what, whoever asked. */
static void narrow_held(const struct narrowing *narrowing)
{
    clear(narrowing, narrowing->seen);
    for (size_t i = 0; i < narrowing->recording->step_count[narrowing->order->stream]; i++) {
        size_t local = local_of(narrowing, i);
        if (local == SIZE_MAX)
            continue;
        narrow(narrowing, narrowing->order->held, local, narrowing->seen);
        bits_add(narrowing->seen, local);
    }
}

/* What nobody asked for has no order: nothing is before it, and it is before nothing. */
static int narrow_asked(const struct narrowing *narrowing)
{
    struct order *order = narrowing->order;
    size_t count;
    struct asked *asked = asked_sort(narrowing->recording, order->stream, &count);

    if (asked == NULL)
        return -1;
    clear(narrowing, narrowing->seen);
    for (size_t i = 0; i < narrowing->recording->step_count[order->stream]; i++)
        if (asked_by(narrowing->recording, order->stream,
                     &narrowing->recording->steps[order->stream][i]) == RECORDING_NONE &&
            local_of(narrowing, i) != SIZE_MAX)
            narrow(narrowing, order->asked, local_of(narrowing, i), narrowing->seen);
    for (size_t i = 0; i < count; i++) {
        size_t local = local_of(narrowing, asked[i].step);
        if (i > 0 && asked[i].by != asked[i - 1].by)
            clear(narrowing, narrowing->seen);
        if (local == SIZE_MAX)
            continue;
        narrow(narrowing, order->asked, local, narrowing->seen);
        for (size_t w = 0; w < order->words; w++)
            order_row(order, narrowing->before, local)[w] |= narrowing->seen[w];
        bits_add(narrowing->seen, local);
    }
    free(asked);
    return 0;
}

static int take_run(struct order *order, size_t run, uint64_t *before)
{
    struct narrowing narrowing = {.order = order,
                                  .before = before,
                                  .recording = &order->all->items[order->first + run],
                                  .absent = calloc(order->words + 1, sizeof *narrowing.absent),
                                  .seen = calloc(order->words + 1, sizeof *narrowing.seen)};
    int result = -1;

    if (narrowing.absent != NULL && narrowing.seen != NULL) {
        for (size_t i = 0; i < order->count; i++)
            if (!bits_has(order->presence + i * order->run_words, run))
                bits_add(narrowing.absent, i);
        narrow_held(&narrowing);
        result = narrow_asked(&narrowing);
    }
    free(narrowing.absent);
    free(narrowing.seen);
    return result;
}

static void learn_pairs(struct order *order, struct shuffled *shuffled)
{
    for (size_t after = 0; after < order->count; after++) {
        const uint64_t *asked = order_row(order, order->asked, after),
                       *presence = order->presence + after * order->run_words;
        bits_remove(order_row(order, order->held, after), after);
        for (size_t before = bits_next(asked, order->words, 0); before < order->count;
             before = bits_next(asked, order->words, before + 1)) {
            size_t runs = bits_common(presence, order->presence + before * order->run_words,
                                      order->run_words);
            if (before == after || runs < ORDER_RUNS_AT_LEAST ||
                shuffled_are(shuffled, before, after, runs))
                continue;
            bits_add(order_row(order, order->learned, after), before);
            order->pairs++;
        }
    }
}

static int learn(struct order *order)
{
    size_t *counts = NULL;
    double *places = NULL;
    uint64_t *before = NULL;
    struct shuffled shuffled = {0};
    int result = -1;

    if (choose_elements(order) == 0 && make_room(order) == 0 &&
        (counts = calloc(order->count + 1, sizeof *counts)) != NULL &&
        (places = malloc((order->count * order->runs + 1) * sizeof *places)) != NULL &&
        (before = calloc(order->count * order->words + 1, sizeof *before)) != NULL) {
        note_places(order, places, counts);
        result = 0;
    }
    for (size_t run = 0; run < order->runs && result == 0; run++)
        result = take_run(order, run, before);
    if (result == 0)
        result = shuffled_init(&shuffled, order, before);
    if (result == 0)
        learn_pairs(order, &shuffled);
    free(before);
    free(shuffled.both);
    free(counts);
    free(places);
    return result;
}

struct order *order_learn(const struct recordings *recordings, enum recorded_stream stream,
                          size_t first, size_t count, struct trail_error *error)
{
    struct order *order = calloc(1, sizeof *order);

    if (order != NULL) {
        order->all = recordings;
        order->stream = stream;
        order->first = first;
        order->runs = count;
        if (learn(order) == 0)
            return order;
    }
    order_free(order);
    error_set(error, TRAIL_FAILED, 0, "out of memory");
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
    free(order->asked);
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

static bool has(const struct order *order, uint64_t *matrix, uint32_t before, uint32_t after,
                bool where_unknown)
{
    size_t a = order_local(order, before), b = order_local(order, after);

    return a == SIZE_MAX || b == SIZE_MAX ? where_unknown
                                          : bits_has(order_row(order, matrix, b), a);
}

bool order_has(const struct order *order, uint32_t before, uint32_t after)
{
    return has(order, order->learned, before, after, false);
}

bool order_allows(const struct order *order, uint32_t before, uint32_t after)
{
    return has(order, order->asked, before, after, true);
}

const char *order_reason(const struct order *order)
{
    return order->stream == STREAM_LOADS ? "asked for by one thread" : "of one thread";
}
