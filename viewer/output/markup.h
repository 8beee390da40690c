/* Text as HTML: nothing of it becomes markup. Pure functions. */
#ifndef TRAIL_MARKUP_H
#define TRAIL_MARKUP_H

#include "buffer.h"

/* Text that is harmless already (escape.h). */
void markup_add(struct buffer *out, const char *text, size_t length);

/* Any text: what could hide or reorder it is made visible. */
void markup_add_harmless(struct buffer *out, const char *text, size_t length);

/* The class of a word of STYLE_KIND: add, remove, move, change, or "". */
const char *markup_class(const char *word);

#endif
