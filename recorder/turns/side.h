/*
 * A command of trailrec's command line, and what is its own: where several take turns, each is one
 * side of a comparison. Main thread only.
 */
#ifndef TRAIL_TURNS_SIDE_H
#define TRAIL_TURNS_SIDE_H

#include "session.h"

enum { SIDES_MAX = 26 }; /* A to Z */

/* All texts belong to the arguments of main. */
struct side {
    char **arguments;   /* ends with NULL; nothing where trailrec attaches */
    char *command_line; /* freed by side_release */
    const char *directory;
    const char **labels, **variables; /* NULL-terminated; freed by side_release */
};

/* Room for as many labels and variables as there are arguments. Returns 0, or -1 without memory. */
int side_init(struct side *side, int argument_count);
void side_release(struct side *side);

/* Appends to such a list. */
void side_append(const char **list, const char *value);

/* What a run of that side is to have. */
void side_apply(const struct side *side, struct session_options *session);

/*
 * A label ("build=100") that can be typed as it is and that the other side does not have; NULL if
 * there is none. `other` may be NULL: any.
 */
const char *side_own_label(const struct side *side, const struct side *other);

#endif
