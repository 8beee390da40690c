/* An array of objects, one a line, streamed. */
#include "json_rows.h"

static int begin(struct output *output)
{
    buffer_add_char(&output->line, '[');
    return json_rows_begin(output);
}

static void row(struct output *output, const struct cell *cells)
{
    buffer_add_text(&output->line, output->row_count > 0 ? ",\n " : "\n ");
    json_rows_add(output, cells);
    output_write_line(output);
}

static void end(struct output *output)
{
    buffer_add_text(&output->line, output->row_count > 0 ? "\n]\n" : "]\n");
    output_write_line(output);
    json_rows_end(output);
}

const struct format format_json = {
    .name = "json",
    .begin = begin,
    .row = row,
    .end = end,
};
