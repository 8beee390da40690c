/* See shuffled.h. */
#include "shuffled.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int shuffled_init(struct shuffled *shuffled, const struct order *order, uint64_t *before)
{
    *shuffled = (struct shuffled){.order = order};
    shuffled->both = calloc(order->count * order->words + 1, sizeof *shuffled->both);
    for (size_t a = 0; shuffled->both != NULL && a < order->count; a++) {
        const uint64_t *row = order_row(order, before, a);
        for (size_t b = bits_next(row, order->words, 0); b < order->count;
             b = bits_next(row, order->words, b + 1))
            if (bits_has(order_row(order, before, b), a))
                bits_add(order_row(order, shuffled->both, a), b);
    }
    return shuffled->both != NULL ? 0 : -1;
}

static bool has_all(const uint64_t *row, const size_t *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!bits_has(row, items[i]))
            return false;
    return true;
}

/* How many pairs of those came in one order in all runs. */
static size_t count_held(const struct order *order, const size_t *items, size_t count)
{
    size_t held = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            held += bits_has(order_row(order, order->asked, items[i]), items[k]) ||
                    bits_has(order_row(order, order->asked, items[k]), items[i]);
    return held;
}

/* Of what trades places with all the others, how many pairs hold, by chance and really. */
static bool is_chance(const struct shuffled *shuffled)
{
    const struct order *order = shuffled->order;
    size_t alike[SHUFFLED_LOOKED_AT], count = 0, held, all;

    for (size_t i = 0; i < order->count && count < SHUFFLED_LOOKED_AT; i++)
        if (has_all(order_row(order, shuffled->both, i), shuffled->others, shuffled->other_count))
            alike[count++] = i;
    all = shuffled->other_count + count;
    held = count_held(order, alike, count);
    return (double)(all * (all - 1) / 2) * pow(0.5, (double)shuffled->runs - 1) >
           SHUFFLED_CHANCE * (double)(held > 0 ? held : 1);
}

bool shuffled_are(struct shuffled *shuffled, size_t a, size_t b, size_t runs)
{
    const struct order *order = shuffled->order;
    const uint64_t *of_a = order_row(order, shuffled->both, a),
                   *of_b = order_row(order, shuffled->both, b);
    size_t others[SHUFFLED_LOOKED_AT], count = 0;

    for (size_t w = 0; w < order->words; w++)
        for (uint64_t both = of_a[w] & of_b[w]; both != 0 && count < SHUFFLED_LOOKED_AT;
             both &= both - 1)
            others[count++] = w * 64 + bits_in_word((both & (~both + 1)) - 1);
    if (count == 0)
        return false;
    if (count != shuffled->other_count || runs != shuffled->runs ||
        memcmp(others, shuffled->others, count * sizeof *others) != 0) {
        memcpy(shuffled->others, others, count * sizeof *others);
        shuffled->other_count = count;
        shuffled->runs = runs;
        shuffled->is_chance = is_chance(shuffled);
    }
    return shuffled->is_chance;
}
