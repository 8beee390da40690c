/* A row as one JSON object: what the formats json and ndjson share. */
#ifndef TRAIL_JSON_ROWS_H
#define TRAIL_JSON_ROWS_H

#include "output.h"

/* For a format's begin (0, or -1 without memory) and end; they keep something in the state. */
int json_rows_begin(struct output *output);
void json_rows_end(struct output *output);

/* Adds the object to the output's line. */
void json_rows_add(struct output *output, const struct cell *cells);

#endif
