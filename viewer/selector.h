/*
 * RUN on the command line: a number, `last`, `last~N`, `@key=value` (all runs so labelled),
 * FILE:RUN, or a FILE alone, which means its last run. What is a selector by itself is never taken
 * for a file.
 */
#ifndef TRAIL_SELECTOR_H
#define TRAIL_SELECTOR_H

#include "viewer.h"

/* What a RUN without a file says. `key` and `value` point into the parsed text. */
struct selector {
    enum { SELECT_NUMBER, SELECT_LAST, SELECT_LABEL } type;
    int64_t number; /* the run, or how far back from the last */
    const char *key, *value;
    size_t key_length;
};

/* Whether the text is a selector without a file. Pure. */
bool selector_parse(const char *text, struct selector *selector);

/*
 * The colon at which FILE:RUN splits: the last one with a selector to its right and a file (as
 * `is_file` says) to its left; if there is no such file, the last one with a selector to its right.
 * NULL if there is none. Pure but for is_file, which may be NULL.
 */
const char *selector_split(const char *text, bool (*is_file)(const char *path, size_t length));

/* Whether the text could name a run: it is a selector, or a file is there. */
bool selector_names_run(const char *text);

/*
 * Adds the runs that the text names to viewer->runs, opening files as needed. Returns 0, or -1 and
 * error if there is no such run.
 */
int selector_add_runs(struct viewer *viewer, const char *text, struct trail_error *error);

/* Adds all runs of the file of -d, in order; possibly none. */
int selector_add_all_runs(struct viewer *viewer, struct trail_error *error);

#endif
