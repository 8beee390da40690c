/* How people are shown a cell. Pure functions. */
#ifndef TRAIL_SHOWN_H
#define TRAIL_SHOWN_H

#include "output.h"

/* Adds a cell in its column's style, made harmless for a terminal. */
void shown_add(struct buffer *out, enum style style, const struct cell *cell);

/* Whether a column of that style is one of numbers, which stand to the right. */
bool shown_is_number(enum style style);

#endif
