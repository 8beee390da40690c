/*
 * What a rules file says of its own error: how many of the good runs that it was learned from break
 * rules that were learned from the others. As a line of the file:
 *
 *     budget 3% alarms 0 of 20 notices 2 of 20
 *
 * Alarms break a hard rule; the others a soft one, which in one run is a notice. Pure functions,
 * but for the parser.
 */
#ifndef TRAIL_RULES_OWN_ERROR_H
#define TRAIL_RULES_OWN_ERROR_H

#include "buffer.h"

#include <stddef.h>

struct own_error {
    double budget;                /* the share of good runs that may alarm */
    size_t alarms, notices, runs; /* runs is 0 where nothing is said */
};

#define OWN_ERROR_BUDGET 0.03

struct share_interval {
    double low, high;
};

/* The 95 % interval of a share of which `hits` of `count` were seen (Wilson); count > 0. */
struct share_interval share_interval(size_t hits, size_t count);

/* "3%", "0.5%" or "3": a share above 0 %, below 100 %. Returns 0, or -1 if it is none. */
int share_parse(const char *text, double *share);

/* Adds "0 (at most 16)", "10 (3 to 30)": percent. */
void share_write(struct buffer *out, size_t hits, size_t count);

/* Parses what follows the word 'budget' into the rules: 0, or -1 having complained. */
struct parser;
int own_error_parse(struct parser *parser);

void own_error_write(struct buffer *out, const struct own_error *error);

#endif
