/*
 * A picture as an SVG document: no script, nothing from elsewhere, colors for light and dark, text
 * that can be selected. Main thread.
 */
#ifndef TRAIL_DRAW_SVG_H
#define TRAIL_DRAW_SVG_H

#include "picture.h"

/* Adds the document; memory that runs out is remembered in `out`. */
void draw_svg(const struct picture *picture, const char *title, struct buffer *out);

#endif
