/* A row as one JSON object: what the formats json and ndjson share. */
#ifndef TRAIL_JSON_ROWS_H
#define TRAIL_JSON_ROWS_H

#include "output.h"

/* Adds it to the output's line. */
void json_rows_add(struct output *output, const struct cell *cells);

#endif
