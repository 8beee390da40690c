/*
 * The learned order of a side: which step of a stream always comes before which; what is said of
 * loads here goes for debug strings and exceptions too. Pairs (a, b) of elements (recordings.h:
 * process role, module, n-th load) are learned from the runs in which both are there,
 * ORDER_RUNS_AT_LEAST of them or more. In every one a must have come before b, and for the reason
 * that makes the order more than chance: one thread asked for both (of debug strings and
 * exceptions: both are that thread's). Only what was asked for counts, by a dlopen, a LoadLibrary
 * or the start of the program: when a module comes that others import says which of them came
 * first, and that varies where several threads load.
 *
 * A run is judged by a pair only where the reason holds there: by one of its threads, whichever,
 * that asked for both. A pair whose loads two threads ask for now, or that another module needs
 * now, is not judged.
 *
 * Where a thread asks for things in another order each time, pairs that held by chance are not
 * learned (shuffled.h).
 *
 * Where no imports were recorded (runs of an older trailrec, images that could not be read), each
 * load counts as asked for. Where no thread of a process was recorded, the process counts as one
 * thread; where threads were, but not that of a load, nothing is learned of that load.
 *
 * Time and memory: about runs * n * n / 64 steps and n * n * 3 / 8 bytes for n elements, at most
 * ORDER_ELEMENTS_AT_MOST (those in most runs). Main thread.
 */
#ifndef TRAIL_ORDER_H
#define TRAIL_ORDER_H

#include "compare/model/recordings.h"

enum { ORDER_RUNS_AT_LEAST = 5, ORDER_ELEMENTS_AT_MOST = 5000 };

struct order;

struct order_pair {
    uint32_t before, after; /* elements */
    size_t runs;            /* in how many runs both were there, and in this order */
};

/* A load of a run that is not where it always was: as moved_item (breaks.h) has it. */
struct order_break {
    uint32_t moved, other; /* elements */
    bool was_before;       /* moved came before other in all runs, and now comes after it */
    size_t runs;           /* how many runs that was */
    size_t pairs;          /* how many learned pairs are broken by moved, this one included */
};

/*
 * Learns the order of a stream from the runs `first` to `first + count - 1`. NULL and error without
 * memory. order_free accepts NULL.
 */
struct order *order_learn(const struct recordings *recordings, enum recorded_stream stream,
                          size_t first, size_t count, struct trail_error *error);
void order_free(struct order *order);

/*
 * How many pairs were learned; 0 with too few runs. How many elements were left out because there
 * are too many.
 */
size_t order_pair_count(const struct order *order);
size_t order_left_out(const struct order *order);

/* Whether a before b was learned; whether no run speaks against it. */
bool order_has(const struct order *order, uint32_t before, uint32_t after);
bool order_allows(const struct order *order, uint32_t before, uint32_t after);

/* Why pairs of the stream are learned: "asked for by one thread". */
const char *order_reason(const struct order *order);

/*
 * The median place of an element in the runs it is in (0 first), or -1 if it is in none. For
 * sorting.
 */
double order_rank(const struct order *order, uint32_t element);

/*
 * The learned pairs without those that follow from others, by rank of `after`, the nearest `before`
 * first. To be freed. Returns 0, or -1 and error.
 */
int order_reduction(const struct order *order, struct order_pair **pairs, size_t *count,
                    struct trail_error *error);

/*
 * What of the learned order a run (of the same recordings) breaks, thread by thread (breaks.h), in
 * the order of the elements. To be freed. Returns 0, or -1 and error.
 */
int order_check(const struct order *order, const struct recording *recording,
                struct order_break **breaks, size_t *count, struct trail_error *error);

/* A load whose place among others varies from run to run. */
struct order_swap {
    uint32_t element;
    /* those that swap places with each other, directly or by way of others; from 1, by rank */
    size_t group;
    size_t least, most; /* its first and last place among the loads of a run, from 1 */
    double median;
};

/*
 * The flaky part of the order: all elements that came both before and after another one, by group
 * and rank. To be freed. Returns 0, or -1 and error.
 */
int order_swaps(const struct order *order, struct order_swap **swaps, size_t *count,
                struct trail_error *error);

#endif
