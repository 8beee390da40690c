/*
 * Which events keep a stack (-k): by kind, and by default only what says something new. Loop
 * thread; nothing is allocated.
 */
#ifndef TRAIL_STACK_CHOICE_H
#define TRAIL_STACK_CHOICE_H

#include "error.h"
#include "event.h"

/* What was asked for: bits of stack_choice.c. 0: none. */
struct stack_kinds {
    unsigned bits;
};

extern const struct stack_kinds stack_kinds_default;

/* Reads "all", "none", or a list of kinds with commas. Returns 0, or -1 and error. */
int stack_kinds_read(struct stack_kinds *kinds, const char *text, struct trail_error *error);

enum { STACK_SEEN_MAX = 4096, STACK_IMAGES_MAX = 1024 };

/* What was kept so far. All zero at the start, but for kinds. */
struct stack_choice {
    struct stack_kinds kinds;
    /* what has its stack already; a full table forgets, and then a stack is kept once more */
    uint64_t seen[STACK_SEEN_MAX];
    uint32_t images[STACK_IMAGES_MAX]; /* how often a process (its pid's place) began an image */
    uint64_t stop_ns;                  /* of the last event that keeps one */
    uint32_t stop_tid;
};

/* Whether this event is to keep a stack. Call it once for each event, in order. */
bool stack_choice_wants(struct stack_choice *choice, const struct event *event);

#endif
