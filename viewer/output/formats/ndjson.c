/* One JSON object a line, nothing around them. */
#include "json_rows.h"

static void row(struct output *output, const struct cell *cells)
{
    json_rows_add(output, cells);
    /* Stored JSON may have line breaks between its values; here a line is an object. */
    for (size_t i = 0; i < output->line.length; i++)
        if (output->line.data[i] == '\n' || output->line.data[i] == '\r')
            output->line.data[i] = ' ';
    buffer_add_char(&output->line, '\n');
    output_write_line(output);
}

const struct format format_ndjson = {
    .name = "ndjson",
    .begin = json_rows_begin,
    .row = row,
    .end = json_rows_end,
};
