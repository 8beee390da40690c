/*
 * The runs that the command line named, brought into memory for comparing, and lines that tell
 * people about a side. Main thread.
 */
#ifndef TRAIL_COMPARISON_H
#define TRAIL_COMPARISON_H

#include "compare/order/side.h"
#include "viewer.h"

/* All of viewer->runs, in order. NULL and error on failure; free with recordings_free. */
struct recordings *comparison_load(const struct viewer *viewer, struct trail_error *error);

/*
 * Adds one line about a side without an end of line: "@build=100: 20 runs (medians: 36 loads, 47.1
 * ms, 46.2 ms without the recorder): app.exe". `name` is how the user called it.
 */
void comparison_describe_side(struct buffer *out, const struct side *side, const char *name);

#endif
