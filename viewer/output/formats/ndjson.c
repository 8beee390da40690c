/* One JSON object a line, nothing around them. */
#include "json_rows.h"

#include <string.h>

static void row(struct output *output, const struct cell *cells)
{
    json_rows_add(output, cells);
    /* Stored JSON may have line breaks between its values; here a line is an object. */
    for (char *at = output->line.data, *end = at + output->line.length;
         at != NULL && (at = memchr(at, '\n', (size_t)(end - at))) != NULL;)
        *at = ' ';
    for (char *at = output->line.data, *end = at + output->line.length;
         at != NULL && (at = memchr(at, '\r', (size_t)(end - at))) != NULL;)
        *at = ' ';
    buffer_add_char(&output->line, '\n');
    output_write_line(output);
}

const struct format format_ndjson = {
    .name = "ndjson",
    .begin = json_rows_begin,
    .row = row,
    .end = json_rows_end,
};
