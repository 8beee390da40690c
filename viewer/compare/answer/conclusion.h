/*
 * What is said below the differences: what the order was learned from, and what the times tell or
 * could not have told. Main thread.
 */
#ifndef TRAIL_CONCLUSION_H
#define TRAIL_CONCLUSION_H

#include "compare/diff/difference_list.h"

/* Adds a line for each of these. */
void conclusion_find(struct buffer *out, const struct differences *differences);

#endif
