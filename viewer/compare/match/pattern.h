/* What is the same in texts that differ from run to run: numbers vary, words do not. Pure. */
#ifndef TRAIL_PATTERN_H
#define TRAIL_PATTERN_H

#include "buffer.h"

/*
 * Adds the text with every number of two digits or more, and every hexadecimal one, written as {n}.
 */
void pattern_add(struct buffer *out, const char *text);

#endif
