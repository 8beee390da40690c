/*
 * What the answer of a comparison says of differences that are no times: a sentence for each kind,
 * ranked, which begins with what is guilty. Main thread.
 */
#ifndef TRAIL_SAYINGS_H
#define TRAIL_SAYINGS_H

#include "compare/diff/difference_list.h"

/* Modules of which was said already that they are another build, or only in one side. */
struct sayings_told {
    const char *names[2];
    size_t count;
};

/* Adds a line for each of the `most` first kinds that there are, made harmless for a terminal. */
void sayings_find(struct buffer *out, const struct differences *differences,
                  const struct sayings_told *told, size_t most);

/* Adds "564c2aed -> 8e201ed7": of the numbers of builds the beginnings, where these differ. */
void sayings_add_builds(struct buffer *out, const char *a, const char *b);

#endif
