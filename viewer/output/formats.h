/* The list of output formats; output.h says what a format does. */
#ifndef TRAIL_FORMATS_H
#define TRAIL_FORMATS_H

#include "output.h"

/* All formats, the default first; ends with NULL. */
extern const struct format *const formats[];

/* The format of that name, or NULL. */
const struct format *formats_find(const char *name);

/* "table, json, ndjson", and the name that may have been meant, or NULL: for messages. */
const char *formats_names(void);
const char *formats_nearest(const char *name);

#endif
