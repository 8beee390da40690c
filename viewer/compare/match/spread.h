/*
 * In how many runs a group has which values, and whether those that are left over - not usual in
 * the group - are made up anew in each run. Main thread.
 */
#ifndef TRAIL_SPREAD_H
#define TRAIL_SPREAD_H

#include "compare/model/tuple_map.h"

struct spread_value {
    uint32_t group, value;
    size_t runs, last_run; /* how many have it; the last of them, + 1 */
    size_t next;           /* of its group, + 1 */
    bool is_left;          /* in few of the runs that have the group, or a shape */
    bool is_shape;         /* what varies was seen already, and is written as {n} or {uuid} */
};

struct spread_group {
    size_t runs, last_run;
    size_t first; /* value, + 1 */
    /* values that are left over; of how many runs, each shape and value by itself; runs with one */
    size_t left, left_of_runs, left_runs;
    size_t last_left;
    bool has_shape; /* one of the values is */
};

/* All zero is an empty one. Memory that runs out is remembered in `failed`. */
struct spread {
    struct spread_value *values;
    struct spread_group *groups;
    size_t value_count, group_count;
    struct tuple_map index;
    bool failed;
};

/*
 * A run has a value, of that text; groups are numbers that begin at 0, runs come in their order.
 */
void spread_take(struct spread *spread, uint32_t group, uint32_t value, const char *text,
                 size_t run);

/* After all: finds what is left over; then spread_take_again for the same, to count the runs. */
void spread_choose(struct spread *spread);
void spread_take_again(struct spread *spread, uint32_t group, uint32_t value, size_t run);

/* Whether nearly every run has a value of its own of those that are left over. */
bool spread_varies(const struct spread_group *group);

/* The value of a group, or NULL. */
const struct spread_value *spread_find(const struct spread *spread, uint32_t group, uint32_t value);

void spread_release(struct spread *spread);

#endif
