/* Folders that vary: see varying.h. Main thread. */
#ifndef TRAIL_VARYING_PLACES_H
#define TRAIL_VARYING_PLACES_H

#include "compare/model/recordings.h"

/* As varying_names_find; the modules have their keys. */
int varying_places_find(struct recordings *recordings, const uint32_t *builds);

#endif
