/*
 * How often each run of a side had what has no name of its own: processes, threads, exceptions and debug strings, in classes of those that
 * are alike. Numbers that vary (addresses, pids, counters) make no class of their own. Main thread.
 */
#ifndef TRAIL_TALLY_H
#define TRAIL_TALLY_H

#include "buffer.h"
#include "side.h"

enum tally_kind { TALLY_PROCESS, TALLY_THREAD, TALLY_EXCEPTION, TALLY_OUTPUT, TALLY_KINDS };

struct tally_class {
    enum tally_kind kind;
    uint32_t role, name; /* of the process; what it is: an image, where a thread starts, the exception and its module, the text */
    size_t runs;         /* with one at least */
    size_t least, most;  /* per run, over all runs */
    size_t now, last_run; /* private */
    int64_t first_seq;   /* of the first run that has it */
};

struct tally {
    struct tally_class *classes; /* in the order in which they came up */
    size_t count;
    struct tuple_map index; /* private */
};

/* Fills the tally (all zero before). Returns 0, or -1 and error; tally_release in either case. */
int tally_init(struct tally *tally, const struct side *side, struct trail_error *error);
void tally_release(struct tally *tally);

/* The class of that kind, role and name, or NULL. */
const struct tally_class *tally_class(const struct tally *tally, enum tally_kind kind, uint32_t role, uint32_t name);

/* Adds the text with every number of two digits or more, and every hexadecimal one, written as {n}. */
void tally_add_pattern(struct buffer *out, const char *text);

#endif
