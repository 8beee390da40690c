/*
 * What a table does where the terminal is narrower than its rows: columns that can wait are left
 * out, long names and paths are cut where that costs least. Text is harmless already. Pure
 * functions.
 */
#ifndef TRAIL_FITTING_H
#define TRAIL_FITTING_H

#include "output.h"

/*
 * Where a cell of that column is cut: at its end, in the middle, or as a path, of which the last
 * folder stays. FITTING_WHOLE: never.
 */
enum fitting { FITTING_WHOLE, FITTING_END, FITTING_MIDDLE, FITTING_PATH };
enum fitting fitting_of(enum style style, bool is_last);

/* Adds the text, cut to so many cells of the terminal (at least 1). */
void fitting_add(struct buffer *out, const char *text, size_t length, size_t width,
                 enum fitting fitting);

/*
 * Makes columns that stand two blanks apart fit into `width` cells as far as that goes: changes
 * how wide those are that may be cut, and which are shown.
 */
void fitting_columns(const struct column *columns, size_t count, size_t width, size_t *widths,
                     bool *shown);

#endif
