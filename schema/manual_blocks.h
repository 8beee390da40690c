/* The paragraphs and items of a text, see manual.h. Pure functions. */
#ifndef TRAIL_MANUAL_BLOCKS_H
#define TRAIL_MANUAL_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

struct manual_block {
    const char *term, *start, *end; /* the term is NULL in a paragraph */
    size_t term_length, column;     /* where an item's meaning stands */
    bool follows_gap;               /* an empty line is before it */
};

/* The next block at *text, which moves behind it; false at the end. */
bool manual_next_block(const char **text, struct manual_block *block);

/* The next word between *at and the end, which *at moves behind; its length, 0 if there is none. */
size_t manual_next_word(const char **at, const char *end, const char **word);

#endif
