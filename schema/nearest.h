/* What the user may have meant by a word that is not known. Pure functions. */
#ifndef TRAIL_NEAREST_H
#define TRAIL_NEAREST_H

#include <stddef.h>

/*
 * The name among `count` that may have been meant by `word` (case does not matter), or NULL if none
 * is near. `stride` is the distance in bytes from one name pointer to the next, so that names may
 * sit in a table of structs.
 */
const char *nearest_name(const char *word, const char *const *first, size_t count, size_t stride);

#endif
