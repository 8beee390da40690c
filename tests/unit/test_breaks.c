/* What is told of an order in which two things changed places, on made-up orders. */
#include "unit.h"

#include "compare/model/bits.h"
#include "compare/order/breaks.h"

#include <stdlib.h>
#include <string.h>

enum { THINGS = 24, LEARNED_RUNS = 10, AT_LEAST = 5, ROUNDS = 4000 };

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Things in the order of their numbers; some come in a share of the runs only. */
struct model {
    uint32_t random, shares[THINGS]; /* in percent */
    unsigned char present[LEARNED_RUNS + 1][THINGS];
    uint64_t before[THINGS];
    double ranks[THINGS];
};

static int compare_places(const void *left, const void *right)
{
    const size_t *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

/* The median of its places among what the runs have that have it. */
static double rank(const struct model *model, size_t thing)
{
    size_t places[LEARNED_RUNS] = {0}, count = 0;

    for (size_t run = 0; run < LEARNED_RUNS; run++) {
        if (!model->present[run][thing])
            continue;
        for (size_t i = 0; i < thing; i++)
            places[count] += model->present[run][i];
        count++;
    }
    if (count == 0)
        return 0;
    qsort(places, count, sizeof *places, compare_places);
    return (double)(places[(count - 1) / 2] + places[count / 2]) / 2;
}

/* A pair is learned from so many runs on, as order.h has it. */
static void learn(struct model *model)
{
    memset(model->before, 0, sizeof model->before);
    for (size_t b = 0; b < THINGS; b++) {
        for (size_t a = 0; a < b; a++) {
            size_t both = 0;
            for (size_t run = 0; run < LEARNED_RUNS; run++)
                both += model->present[run][a] && model->present[run][b];
            if (both >= AT_LEAST)
                bits_add(&model->before[b], a);
        }
        model->ranks[b] = rank(model, b);
    }
}

static void make(struct model *model)
{
    static const uint32_t shares[] = {2, 10, 50};

    for (size_t i = 0; i < THINGS; i++)
        model->shares[i] =
            next_random(&model->random) % 3 == 0 ? shares[next_random(&model->random) % 3] : 100;
    for (size_t run = 0; run <= LEARNED_RUNS; run++)
        for (size_t i = 0; i < THINGS; i++)
            model->present[run][i] = next_random(&model->random) % 100 < model->shares[i];
    learn(model);
}

/* One that always comes; of the two, `other` is another. */
static size_t choose(struct model *model, size_t other)
{
    size_t thing;

    do
        thing = next_random(&model->random) % THINGS;
    while (model->shares[thing] < 100 || thing == other);
    return thing;
}

/* Whether the one break that is told names both. */
static bool tells_both(struct model *model, size_t a, size_t b)
{
    const struct order_relation relation = {model->before, 1, model->ranks};
    struct moved_item *found = NULL;
    size_t sequence[THINGS], count = 0, found_count = 0;
    bool result;

    for (size_t i = 0; i < THINGS; i++)
        if (model->present[LEARNED_RUNS][i])
            sequence[count++] = i == a ? b : i == b ? a : i;
    assert_int_equal(breaks_find(&relation, sequence, count, &found, &found_count, NULL), 0);
    result = found_count == 1 &&
             ((found->moved == a && found->other == b) || (found->moved == b && found->other == a));
    free(found);
    return result;
}

static void test_changed_places(void **state)
{
    struct model model = {.random = 1};
    size_t told = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        size_t a, b;
        make(&model);
        a = choose(&model, THINGS);
        b = choose(&model, a);
        told += tells_both(&model, a, b);
    }
    assert_int_equal(told, ROUNDS);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_changed_places)};
UNIT_MAIN(tests)
