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
    uint64_t *by_thread;        /* in one thread */
    uint64_t *by_cause;         /* the history of b's thread has a; with what is in by_thread */
    uint64_t *apart;
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

/*
 * order_history.c: goes through one run and narrows held, by_thread and by_cause down. Returns 0,
 * or -1 and error.
 */
struct order_join;
int order_take_run(struct order *order, const struct recording *recording, size_t run,
                   struct order_join *joins, struct trail_error *error);

/* order_join.c: what speaks for b having waited for the end of threads. One for each element. */
struct order_join {
    /*
     * loads of threads that had ended, in every run so far; NULL: none yet, or there is no such
     * evidence
     */
    uint64_t *joined;
    /* those of them that were by the thread that ended last, in one run or more */
    uint64_t *was_last;
    /* by run: the last end, and b, counted from the first start; negative where b was not there */
    double *end, *next;
    bool is_out; /* a run was without */
};

/*
 * Says that in this run b came `next` after the first start of threads whose loads are `joined`, of
 * which the last, with `last`, ended at `end`.
 */
int order_join_add(struct order *order, struct order_join *join, size_t run, const uint64_t *joined,
                   const uint64_t *last, double end, double next, struct trail_error *error);
void order_join_rule_out(struct order_join *join);

/*
 * Adds what the joins speak for to `learned`. `speeds`: by run, how long things took there, 1 is
 * usual. Returns 0, or -1 and error.
 */
int order_join_learn(struct order *order, struct order_join *joins, const double *speeds,
                     struct trail_error *error);
void order_join_free(struct order_join *joins, size_t count);

#endif
