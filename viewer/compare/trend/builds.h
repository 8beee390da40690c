/*
 * Runs by the value of a label, and the order of such values. Main thread.
 */
#ifndef TRAIL_BUILDS_H
#define TRAIL_BUILDS_H

#include "viewer.h"

/* The value of the run's label, to be freed; NULL and no error if it has none. */
char *builds_label(const struct run_reference *run, const char *key, struct trail_error *error);

/* Like strcmp, but numbers in the texts compare as numbers: 1.9 < 1.10. Pure. */
int builds_compare_versions(const char *a, const char *b);

#endif
