/* Names that vary: see varying.h. Main thread. */
#ifndef TRAIL_VARYING_NAMES_H
#define TRAIL_VARYING_NAMES_H

#include "compare/model/recordings.h"

/*
 * Finds them and changes the keys of modules; `builds` has a number for each module, the same for
 * those of one build. Returns 0, or -1 without memory.
 */
int varying_names_find(struct recordings *recordings, const uint32_t *builds);

#endif
