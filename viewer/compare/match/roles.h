/*
 * Which processes of several runs correspond: those of one parent, with one image and the same
 * arguments (arguments.h), and where several are alike, in the order of their starts, so that what
 * they loaded agrees; what is left over of one parent and image likewise, with other arguments.
 * Main thread.
 */
#ifndef TRAIL_ROLES_H
#define TRAIL_ROLES_H

#include "compare/model/recordings.h"

/*
 * Fills role and arguments of all processes. In time n log n for n processes, but that of children
 * that are alike, where one run has more of them than another, their product, up to a bound.
 * Returns 0, or -1 and error without memory.
 */
int roles_assign(struct recordings *recordings, struct trail_error *error);

#endif
