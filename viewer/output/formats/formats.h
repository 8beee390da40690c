/* The list of output formats; output.h says what a format does. */
#ifndef TRAIL_FORMATS_H
#define TRAIL_FORMATS_H

#include "output.h"

extern const struct format format_table;    /* for people */
extern const struct format format_json;     /* an array of objects */
extern const struct format format_ndjson;   /* an object a line */
extern const struct format format_csv;      /* RFC 4180 */
extern const struct format format_markdown; /* a table for a comment on GitHub or GitLab */
extern const struct format format_html;     /* one page with all it needs */

/* Adds a cell as people are shown it, made harmless for a terminal (table.c). */
void format_add_human(struct buffer *out, enum style style, const struct cell *cell);

#endif
