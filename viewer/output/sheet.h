/*
 * All rows of a result as people are shown them, kept until the end: for formats that leave out a
 * column in which nothing stands. Memory that runs out is remembered in the output's line.
 */
#ifndef TRAIL_SHEET_H
#define TRAIL_SHEET_H

#include "output.h"

struct sheet {
    struct buffer text; /* the cells one after the other, row after row */
    size_t *ends;       /* of each cell in the text */
    size_t count, capacity;
    bool *used; /* by column: something stands in it */
};

/*
 * For a format's begin, row and end; the sheet is output->state. sheet_begin returns 0, or -1
 * without memory.
 */
int sheet_begin(struct output *output);
void sheet_row(struct output *output, const struct cell *cells);
void sheet_end(struct output *output);

/* Whether a column is shown: it has something, or is not one to hide. */
bool sheet_shows(const struct output *output, size_t column);

/* A cell of a row, NUL-terminated, and its length. */
const char *sheet_cell(const struct output *output, size_t row, size_t column, size_t *length);

/* Whether a column is one of numbers. */
bool sheet_is_number(const struct output *output, size_t column);

#endif
