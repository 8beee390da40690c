/*
 * The copy of an event's stack as a row of raw_stack, compressed. Writer thread, inside a
 * transaction.
 */
#ifndef TRAIL_RAW_STACKS_H
#define TRAIL_RAW_STACKS_H

#include "error.h"
#include "event.h"

#include <sqlite3.h>

struct raw_stacks;

/* NULL and error on failure. raw_stacks_free accepts NULL. */
struct raw_stacks *raw_stacks_new(sqlite3 *db, struct trail_error *error);
void raw_stacks_free(struct raw_stacks *stacks);

/* For an event that has a stack. What is no copy of one is passed over. 0, or -1 and error. */
int raw_stacks_add(struct raw_stacks *stacks, int64_t run_id, uint64_t seq,
                   const struct event *event, struct trail_error *error);

#endif
