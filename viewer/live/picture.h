/* What `trailview top` shows of a recording at one moment. Main thread. */
#ifndef TRAIL_PICTURE_H
#define TRAIL_PICTURE_H

#include "live/watch.h"

enum picture_sort { SORT_CPU, SORT_PID, SORT_NAME, SORT_QUIET, SORTS };

struct picture {
    const char *title;    /* "run 3 of trail.db": of the user, made harmless here */
    size_t columns, rows; /* how large it is at most */
    bool is_screen;       /* drawn over what was there: with controls, and its keys named */
    bool color;
    enum picture_sort sort;
};

/* What --sort and the help call it, and the key that chooses it. */
extern const char *const picture_sort_names[SORTS];
extern const char picture_sort_keys[SORTS];

/* Adds the picture: whole lines, or on a screen just as many as that has. */
void picture_draw(struct watch *watch, const struct picture *picture, struct buffer *out);

#endif
