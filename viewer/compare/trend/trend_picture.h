/* A trend as an SVG that is part of a page: a dot for each run, a line for each level. */
#ifndef TRAIL_TREND_PICTURE_H
#define TRAIL_TREND_PICTURE_H

#include "trend.h"

/*
 * Adds markup, which trend.css lays, in the colours that the page's style gives (--line,
 * --soft, --add, --change).
 */
void trend_add_picture(const struct trend *trend, struct buffer *out);

#endif
