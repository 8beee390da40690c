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
};

/*
 * Notes which processes have the name (a glob; it belongs to the caller; any case on Windows) now:
 * they are none. NULL and error on failure.
 */
struct os_newcomers *os_newcomers_new(const char *name, struct trail_error *error);

/*
 * Whether one has come that is new, or runs this program now in the place of another. It is told
 * once. Costs little where no process was made since the last call: call it each millisecond.
 */
bool os_newcomers_look(struct os_newcomers *newcomers, struct os_newcomer *found);

/* NULL is accepted. */
void os_newcomers_free(struct os_newcomers *newcomers);

#endif
