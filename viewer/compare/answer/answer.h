/*
 * The answer of a comparison, before its table: at most three sentences, ranked by what they
 * explain, which follow from what was recorded. Main thread.
 */
#ifndef TRAIL_ANSWER_H
#define TRAIL_ANSWER_H

#include "compare/diff/difference_list.h"

/*
 * Adds the sentences, a line each, made harmless for a terminal; none if there is nothing to be
 * said. Returns 0, or -1 and error.
 */
int answer_find(struct buffer *out, const struct differences *differences,
                struct trail_error *error);

#endif
