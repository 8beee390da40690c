/*
 * Copies of stacks as rows of raw_stack, compressed: of a thread's stack most is as it was the last
 * time, so what has changed is kept. Writer thread, inside a transaction.
 */
#ifndef TRAIL_RAW_STACKS_H
#define TRAIL_RAW_STACKS_H

#include "error.h"
#include "event.h"

#include <sqlite3.h>

struct raw_stacks;

/* See stack_copy.h. */
struct raw_stack {
    int64_t seq, event_seq; /* as table raw_stack has them */
    uint64_t owner;         /* the same of one thread's */
    const void *registers, *bytes;
    size_t registers_bytes, size;
};

/* NULL and error on failure. raw_stacks_free accepts NULL. */
struct raw_stacks *raw_stacks_new(sqlite3 *db, struct trail_error *error);
void raw_stacks_free(struct raw_stacks *stacks);

/* The transaction was rolled back. */
void raw_stacks_forget(struct raw_stacks *stacks);

/* What is no copy of a stack is passed over. 0, or -1 and error. */
int raw_stacks_add(struct raw_stacks *stacks, int64_t run_id, const struct raw_stack *copy,
                   struct trail_error *error);

/* For an event that has a stack. */
int raw_stacks_add_event(struct raw_stacks *stacks, int64_t run_id, uint64_t seq,
                         const struct event *event, struct trail_error *error);

#endif
