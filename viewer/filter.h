/* The values of the options that narrow, order and limit rows, checked. */
#ifndef TRAIL_FILTER_H
#define TRAIL_FILTER_H

#include "options.h"

#include <sqlite3.h>
#include <stdint.h>

struct filter {
    int64_t pid, tid, from_ns, to_ns;
    int64_t limit;             /* -1: none */
    const char *module, *text; /* NULL: not given */
    const char *sort;          /* without its -, NULL: not given */
    bool is_reversed;
    char kinds[512]; /* a JSON array of the kinds' names */
};

/* Returns 0, or -1 and a sentence about the first value that makes no sense. */
int filter_parse(const struct options *options, struct filter *filter, struct trail_error *error);

/* Binds those of :pid, :tid, :module, :from, :to, :text and :kind that the statement has. */
void filter_bind(const struct filter *filter, sqlite3_stmt *statement);

#endif
