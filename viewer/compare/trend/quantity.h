/*
 * What --of of history means, in each run: a span between marks, a gap between two loads, how many
 * loads, or when a module is loaded. Main thread.
 */
#ifndef TRAIL_QUANTITY_H
#define TRAIL_QUANTITY_H

#include "compare/order/side.h"

/*
 * Fills a value for each run of the side, negative where it has none. `what` is "FROM..TO" (of
 * marks the names do), "A -> B", "loads" or "module"; `module` is then its name. Returns 0, or -1
 * and error if no run has it.
 */
int quantity_find(const struct side *side, const char *what, const char *module, double *values,
                  struct trail_error *error);

#endif
