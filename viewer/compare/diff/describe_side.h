/* A side of a comparison in a line for people. Main thread. */
#ifndef TRAIL_DESCRIBE_SIDE_H
#define TRAIL_DESCRIBE_SIDE_H

#include "buffer.h"
#include "compare/order/side.h"

/*
 * Adds one line without an end of line: "@build=100: 20 runs (medians: 36 loads, 47.1 ms, 46.2 ms
 * without the recorder): app.exe". `name` is how the user called it.
 */
void describe_side(struct buffer *out, const struct side *side, const char *name);

#endif
