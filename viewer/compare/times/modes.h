/*
 * Times that have two modes: now a cache is warm and now it is not. Each mode is compared with its
 * like, since what lies between the modes would hide a change of both. Pure functions.
 */
#ifndef TRAIL_MODES_H
#define TRAIL_MODES_H

#include <stddef.h>

/*
 * How many of the sorted values are in the lower one of two modes; 0 if there are no two: each has
 * three values or more, and they are far apart for how wide they are.
 */
size_t modes_split(const double *sorted, size_t count);

#endif
