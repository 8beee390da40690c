/*
 * The code points that may not reach a terminal, or a reader, as they are: they steer the terminal,
 * reorder what is read, or cannot be seen. Pure, any thread.
 */
#ifndef TRAIL_HARMFUL_H
#define TRAIL_HARMFUL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether the code point has Unicode's general category Cc (controls), Cf (format characters:
 * bidirectional controls, zero-width, interlinear, tags), Zl or Zp (separators of lines and
 * paragraphs).
 */
bool harmful_is(uint32_t code_point);

#endif
