/* The documented views, each as a query for all of its columns. Constant. */
#ifndef TRAIL_VIEWS_H
#define TRAIL_VIEWS_H

#include "error.h"

struct exported_view {
    const char *name;
    const char *order; /* the columns that order its rows, within a run if it has runs */
    int has_runs;      /* 0: its rows are of all runs together */
};

/* All of them; ends with a NULL name. */
extern const struct exported_view views_list[];

/* The view of that name, or NULL and a sentence with the nearest name. */
const struct exported_view *views_find(const char *name, struct trail_error *error);

#endif
