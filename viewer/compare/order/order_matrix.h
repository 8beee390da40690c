/* What order.c and order_check.c share. */
#ifndef TRAIL_ORDER_PRIVATE_H
#define TRAIL_ORDER_PRIVATE_H

#include "compare/model/bits.h"
#include "order.h"

struct order_range {
    size_t least, most;
};

/*
 * Elements have local numbers here. A matrix has a row for each element b: the set of those a of
 * which something holds for (a, b).
 */
struct order {
    const struct recordings *all;
    enum recorded_stream stream;
    size_t first, runs; /* the runs it was learned from */
    size_t count, words, run_words, left_out, pairs;
    uint32_t *elements; /* local number -> element */
    uint32_t *locals;   /* element -> local number + 1, or 0 */
    double *ranks;
    struct order_range *ranges; /* the first and last place among the steps */
    uint64_t *presence;         /* per element: the runs it is in */
    uint64_t *held;             /* a came before b whenever both were there */
    uint64_t *asked;            /* and one thread asked for both, in each of those runs */
    uint64_t *learned;
};

static inline uint64_t *order_row(const struct order *order, uint64_t *matrix, size_t element)
{
    return matrix + element * order->words;
}

/* The local number of an element, or SIZE_MAX. */
static inline size_t order_local(const struct order *order, uint32_t element)
{
    return element < order->all->element_count && order->locals[element] != 0
               ? order->locals[element] - 1
               : SIZE_MAX;
}

#endif
