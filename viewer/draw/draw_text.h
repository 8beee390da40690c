/* A picture for a terminal, or for a file of text. Main thread. */
#ifndef TRAIL_DRAW_TEXT_H
#define TRAIL_DRAW_TEXT_H

#include "picture.h"

struct draw_text_options {
    size_t width; /* in cells */
    bool color;
    bool unicode; /* else nothing of our own but ASCII */
};

enum { DRAW_TEXT_NARROWEST = 40, DRAW_TEXT_WIDEST = 1000 };

/* Adds lines; memory that runs out is remembered in `out`. */
void draw_text(const struct picture *picture, const struct draw_text_options *options,
               struct buffer *out);

#endif
