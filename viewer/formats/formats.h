/* The list of output formats; output.h says what a format does. */
#ifndef TRAIL_FORMATS_H
#define TRAIL_FORMATS_H

#include "output.h"

extern const struct format format_table;  /* for people */
extern const struct format format_json;   /* an array of objects */
extern const struct format format_ndjson; /* an object a line */
extern const struct format format_csv;    /* RFC 4180 */

#endif
