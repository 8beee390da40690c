/*
 * Order rules, closed: what follows from them by names that are absent. A set for each section, and
 * another for its rules that hold where one thread asks for both (rules.h). Main thread.
 */
#ifndef TRAIL_CLOSED_ORDERS_H
#define TRAIL_CLOSED_ORDERS_H

#include "compare/order/breaks.h"
#include "rules/rules.h"
#include "rules/subjects.h"

/* A rule's "from < to", or a part of its chain, by numbers of names. */
struct closed_edge {
    size_t from, to, rule;
};

struct closed_order {
    const char *process; /* of the section, or NULL */
    bool is_asked;       /* of rules that hold for one thread */
    const char **names;  /* in the order of strcmp */
    size_t name_count;
    struct closed_edge *edges; /* by `from`, then by rule */
    size_t edge_count;
    uint64_t *closed; /* a row of `words` for each name: what must come before it */
    size_t words;
    double *ranks;
    struct pairs of_subject; /* subjects, and the names that match them */
};

struct closed_orders {
    struct closed_order *items;
    size_t count;
    size_t *of_rule; /* its set, or SIZE_MAX: none */
};

enum { CLOSED_NAMES_AT_MOST = 8192 };

/*
 * Takes all order rules; of a set with more than CLOSED_NAMES_AT_MOST names none. Returns 0, or -1
 * and error; release also after a failure.
 */
int closed_orders_init(struct closed_orders *orders, const struct rules *rules,
                       const struct subjects *subjects, struct trail_error *error);
void closed_orders_release(struct closed_orders *orders);

/* The rule from which it follows that one name comes before another. */
size_t closed_order_rule(const struct closed_order *order, size_t before, size_t after);

/* The first edge from a name; those from it stand together. */
size_t closed_order_first_edge(const struct closed_order *order, size_t from);

#endif
