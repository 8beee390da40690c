/*
 * Judges good runs by rules that were learned from the others: by each of them alone, with more
 * than LEAVE_OUT_ONE_BY_ONE runs by parts of them. Main thread.
 */
#ifndef TRAIL_LEAVE_OUT_H
#define TRAIL_LEAVE_OUT_H

#include "rule_class.h"
#include "rules/learn/learn.h"

enum { LEAVE_OUT_ONE_BY_ONE = 50, LEAVE_OUT_PARTS = 10, LEAVE_OUT_FEW_PARTS = 4 };

/* A rule that left-out runs broke, without its section. */
struct broken_rule {
    char *text;
    enum rule_class class;
    size_t runs;
};

struct left_out {
    size_t runs, parts;
    unsigned *broken; /* [run] CLASS_BITs of what it broke; part `run % parts` was left out */
    struct broken_rule *rules; /* the most often broken first, then by text */
    size_t rule_count;
};

/* Returns 0, or -1 and error; release also after a failure. Of one run nothing is left out. */
int left_out_init(struct left_out *left_out, const struct recordings *recordings,
                  const struct learn_options *options, struct trail_error *error);
void left_out_release(struct left_out *left_out);

#endif
