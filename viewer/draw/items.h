/*
 * Which bars and exceptions of a run a picture has room for: what stands out - the longest, what
 * failed, marks - has a row of its own, what lies between is folded. Pure functions over lanes.
 */
#ifndef TRAIL_ITEMS_H
#define TRAIL_ITEMS_H

#include "lanes.h"

/* A bar with those of no length before it (loads of one stop), or an exception. */
struct item {
    int64_t t_ns, end_ns;
    size_t process;
    size_t first, count; /* bars; of an exception its index, and 0 */
    bool is_picked;
    bool is_marked; /* a failed load, an exception, a mark */
};

struct items {
    struct item *list; /* process after process, in the order of time */
    size_t count;
    bool *shown; /* by process: it has a row */
    size_t shown_count;
    bool *listed; /* by process: its items have rows, too */
};

/*
 * Chooses so that there are no more than `rows` rows (at least 4): processes, picked items, and one
 * for those that lie between, in each process that has room for its items. Returns 0, or -1 without
 * memory; items_release in either case.
 */
int items_choose(struct items *items, const struct lanes *lanes, size_t rows);
void items_release(struct items *items);

/* Whether any of the time is looked at. */
bool items_in_range(const struct lanes *lanes, int64_t t_ns, int64_t end_ns);

/* The first item behind those of the process of `first`. */
size_t items_process_end(const struct items *items, size_t first);

#endif
