/*
 * A part of os.h: processes that come to have a name, for --wait. One thread.
 */
#ifndef TRAIL_OS_NEWCOMERS_H
#define TRAIL_OS_NEWCOMERS_H

#include "error.h"

#include <stdbool.h>
#include <stdint.h>

struct os_newcomer {
    uint32_t pid;
    char name[256];  /* of its image's file, UTF-8, as far as it fits */
    uint64_t age_ns; /* it has run this program for no longer than that */
    uint64_t made;   /* with pid it tells one process from another; 0: it does not tell */
};

/* The name is a glob, which belongs to the caller; any case on Windows. NULL: no memory, error. */
struct os_newcomers *os_newcomers_new(const char *name, struct trail_error *error);

/*
 * Tells processes that have the name until `tell` returns true, which is returned: all in the first
 * call; then those that may have come, or run this program now in the place of another, and maybe
 * others. Costs little where no process was made since the last call: call it each millisecond.
 */
typedef bool (*os_newcomers_tell)(void *context, const struct os_newcomer *newcomer);
bool os_newcomers_look(struct os_newcomers *newcomers, os_newcomers_tell tell, void *context);

/* NULL is accepted. */
void os_newcomers_free(struct os_newcomers *newcomers);

#endif
