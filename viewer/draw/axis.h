/* The scale of a picture: round numbers along the time. Pure functions. */
#ifndef TRAIL_AXIS_H
#define TRAIL_AXIS_H

#include "buffer.h"

#include <stddef.h>
#include <stdint.h>

/* The smallest of 1, 2, 5, 10, 20, 50, ... ns that parts the span into at most so many steps. */
int64_t axis_step(int64_t span_ns, size_t steps_at_most);

/* The first multiple of the step that is not before a time. */
int64_t axis_first(int64_t from_ns, int64_t step_ns);

/*
 * Adds what stands at a multiple of the step: "20 ms", with as many decimals as the step needs. The
 * unit is that of the largest number on the scale; 0 has none.
 */
void axis_label(struct buffer *out, int64_t ns, int64_t step_ns, int64_t largest_ns);

#endif
