/*
 * A side of a comparison: what one or more runs have in common. Presence of modules, their builds
 * and places, the learned order, and times. Made from consecutive runs of a `recordings`. Main
 * thread.
 */
#ifndef TRAIL_SIDE_H
#define TRAIL_SIDE_H

#include "order.h"
#include "side_gaps.h"
#include "compare/model/recordings.h"
#include "compare/model/tuple_map.h"

/* A build of a module at a place, and in how many runs of the side. */
struct side_variant {
    size_t module; /* in recordings->modules */
    uint32_t place;
    size_t runs;
    size_t last_run; /* private */
    uint32_t next;   /* private: the next one at that place + 1, or 0 */
};

/*
 * A module in a process role. Samples are by run, counted from the side's first; negative where a
 * run has none.
 */
struct side_module {
    uint32_t role, key, name;
    uint32_t element;   /* its first load; UINT32_MAX if it was only there at an attach */
    size_t runs;        /* in how many it is loaded */
    size_t least, most; /* how often a run loads it: over all runs, also those without */
    struct side_variant *variants;
    size_t variant_count;
    double *times; /* ns from the start to its first load, net */
    /* ns to its first load from what came before it in the thread: a load, or the thread's start */
    double *gaps;
};

/*
 * Time from one point of a run to another: "start", "mark:NAME", "end"; of the launched process's
 * own "entry", "first load", "last load" and, from the entry or the last load on, "exit".
 */
struct side_phase {
    uint32_t from, to;
    size_t runs;
    double *times; /* net */
    double *held;  /* how long the recorder held the target in it */
};

struct side {
    const struct recordings *all;
    size_t first, count;         /* runs */
    bool without_modules;        /* none is asked for: each has room for all runs */
    struct side_module *modules; /* by rank of their first load */
    size_t module_count;
    struct side_gaps gaps;
    /* in the order of the first run that has them; "start" to "end" is the last */
    struct side_phase *phases;
    size_t phase_count;
    /* of loads; NULL with fewer than ORDER_RUNS_AT_LEAST runs, or before side_learn_order */
    struct order *order;
    struct tuple_map module_index, variant_index, phase_index; /* private */
};

/* Fills side (all zero before, or without modules). Returns 0, or -1 and error; side_release in
 * either case. */
int side_init(struct side *side, const struct recordings *recordings, size_t first, size_t count,
              struct trail_error *error);
int side_learn_order(struct side *side, struct trail_error *error);
void side_release(struct side *side);

/* The module of that role and key, or NULL; the phase between these points, or NULL. */
const struct side_module *side_module(const struct side *side, uint32_t role, uint32_t key);
const struct side_phase *side_phase(const struct side *side, uint32_t from, uint32_t to);

/* Copies those of the `count` samples that are there; returns how many. `out` has room for all. */
size_t side_samples(const double *samples, size_t count, double *out);

#endif
