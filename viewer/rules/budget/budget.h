/*
 * Which rules must be soft, so that good runs alarm no more often than a budget allows, and how
 * often they then do. Main thread.
 */
#ifndef TRAIL_BUDGET_H
#define TRAIL_BUDGET_H

#include "leave_out.h"

struct budget {
    unsigned soft; /* CLASS_BITs */
    struct own_error error;
};

/*
 * The classes that left-out runs break most often are soft, until the runs that break others are
 * within the share. For the error that is decided again for each left-out part, by the others.
 */
struct budget budget_decide(const struct left_out *left_out, double share);

/* Adds "100 good runs 0 (at most 16) break a rule by chance". Of one run nothing is known. */
void budget_write_rates(const struct budget *budget, struct buffer *out);

/*
 * Writes a rules file as learn_file does, with its error and with soft rules. Returns 0, or -1 and
 * error.
 */
int budget_write(const struct side *side, const struct learn_options *options, const char *head,
                 const struct left_out *left_out, const struct budget *budget, struct buffer *out,
                 struct trail_error *error);

#endif
