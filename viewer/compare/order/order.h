/*
 * The learned order of a side: which step of a stream always comes before which; what is said of
 * loads here goes for debug strings and exceptions too. Pairs (a, b) of elements (recordings.h:
 * process role, module, n-th load) are learned from the runs in which both are there,
 * ORDER_RUNS_AT_LEAST of them or more; a must have come before b in every one. That alone would
 * learn much that is chance: threads that run at the same time often come in one order for twenty
 * runs and in the other in the next. So there must also be a reason, and it must be there in every
 * run:
 *
 *   THREAD  One thread loaded both; what happens in a thread has an order.
 *   CAUSE   a came before b's thread was made, and by a thread that must have led to that. Who
 *           makes a thread is not recorded: it is one of those that live in the process at that
 *           moment (for a process: in its parent), so only what comes before in the histories of
 *           all of them counts.
 *   JOIN    b waited until a's thread had ended. Evidence: the last end of the threads that were
 *           made while b's thread lived, counted from the first such start, varies, and b follows
 *           it: over ORDER_APART_RUNS runs or more, the distance from that end to b varies
 *           ORDER_JOIN_FOLLOWS times less (in variance). Or it varies so much that it would not
 *           stay before b by itself: the chance of that, by the lengths of the other runs and
 *           corrected for the number of such b, is at most ORDER_CHANCE. All lengths are by the
 *           speed of their run. And a's thread was the last of them at least once.
 *   APART   In ORDER_APART_RUNS runs or more, b came so long after a (ORDER_APART_NS, and
 *           ORDER_APART_SPREADS times the spread of that distance) that no moment of another
 *           thread's can bridge it.
 *
 * Loads of threads that run at the same time, near to each other, are never learned: another order
 * of theirs means nothing.
 *
 * Time and memory: about runs * n * n / 64 steps and n * n * 5 / 8 bytes for n elements, at most
 * ORDER_ELEMENTS_AT_MOST (those in most runs). Main thread.
 */
#ifndef TRAIL_ORDER_H
#define TRAIL_ORDER_H

#include "compare/model/recordings.h"

enum {
    ORDER_RUNS_AT_LEAST = 5,
    ORDER_APART_RUNS = 10,
    ORDER_APART_NS = 20 * 1000 * 1000,
    ORDER_APART_SPREADS = 3,
    ORDER_JOIN_FOLLOWS = 10,
    ORDER_ELEMENTS_AT_MOST = 5000
};
#define ORDER_CHANCE 0.001

enum order_reason {
    ORDER_NOT_LEARNED,
    ORDER_BY_THREAD,
    ORDER_BY_CAUSE,
    ORDER_BY_JOIN,
    ORDER_BY_DISTANCE
};

struct order;

struct order_pair {
    uint32_t before, after; /* elements */
    size_t runs;            /* in how many runs both were there, and in this order */
    enum order_reason reason;
};

/* A load of a run that is not where it always was. */
struct order_break {
    /* elements: other is the nearest by order of those that it is now on the wrong side of */
    uint32_t moved, other;
    bool was_before; /* moved came before other in all runs, and now comes after it */
    size_t runs;     /* how many runs that was */
    size_t pairs;    /* how many learned pairs are broken by moved, this one included */
    enum order_reason reason;
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

/* Whether a before b was learned, and why. */
enum order_reason order_of(const struct order *order, uint32_t before, uint32_t after);
const char *order_reason_text(enum order_reason reason); /* "same thread" */

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
 * What of the learned order a run (of the same recordings) breaks: as few loads as can be that,
 * taken out, leave no broken pair, in the order of the elements. To be freed. Returns 0, or -1 and
 * error.
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
