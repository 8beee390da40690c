/*
 * The parts of a row as they fall into the cells of a terminal: each cell has eight steps. Pure
 * functions.
 */
#ifndef TRAIL_RASTER_H
#define TRAIL_RASTER_H

#include "picture.h"

enum { RASTER_STEPS = 8, RASTER_EMPTY = PART_STYLES };

struct raster_step {
    unsigned char style; /* RASTER_EMPTY */
    double weight;
};

/* Where a time stands among `steps` steps of the scale: 0 to steps. */
size_t raster_at(const struct picture *picture, int64_t ns, size_t steps);

/*
 * Fills `steps` (RASTER_STEPS for each of the cells) with the styles of the row's parts; what has
 * no length takes one step. Returns whether there is any, and in which cells the first and the last
 * one stand.
 */
bool raster_fill(const struct picture *picture, const struct picture_row *row,
                 struct raster_step *steps, size_t cells, size_t *first, size_t *last);

/* What a cell shows: the style that most of its steps have, and which of them the style covers. */
struct raster_cell {
    unsigned char style; /* RASTER_EMPTY */
    unsigned char begin, end;
};
struct raster_cell raster_cell(const struct raster_step *steps);

/*
 * How many of a row's parts there are in each cell, for rows of PICTURE_ALIVE; of PICTURE_RATE how
 * much of its parts falls into each, in thousandths.
 */
void raster_count(const struct picture *picture, const struct picture_row *row, size_t *counts,
                  size_t cells);

#endif
