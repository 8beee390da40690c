/* What getopt_long wants, made of a table of options, and what it does not like. */
#ifndef TRAIL_OPTION_TABLE_H
#define TRAIL_OPTION_TABLE_H

#include "error.h"
#include "manual.h"

#include <getopt.h>

enum { OPTION_TABLE_AT_MOST = 64, OPTION_TABLE_FIRST = 256 };

struct option_table {
    struct option longs[OPTION_TABLE_AT_MOST + 1];
    char shorts[2 * OPTION_TABLE_AT_MOST + 3];
};

/* `start` is what the short options begin with: "+", ":". */
void option_table_fill(struct option_table *table, const struct manual_option *options,
                       size_t count, const char *start);

/*
 * What is wrong where getopt_long has found `found`, '?' or ':' (a missing argument), at `word`,
 * the argument it looked at; opterr is 0. Always -1 and error. `help` is the call that explains.
 */
int option_table_wrong(const struct manual_option *options, size_t count, int found,
                       const char *word, const char *help, struct trail_error *error);

/* The index of the option that getopt_long found; -1: it found none. */
int option_table_index(const struct manual_option *options, size_t count, int found);

#endif
