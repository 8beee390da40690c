/* An array of objects, one a line, streamed. */
#include "formats.h"

static int begin(struct output *output)
{
    buffer_add_char(&output->line, '[');
    return 0;
}

static void row(struct output *output, const struct cell *cells)
{
    buffer_add_text(&output->line, output->row_count > 0 ? ",\n " : "\n ");
    output_add_json_object(output, cells);
    output_write_line(output);
}

static void end(struct output *output)
{
    buffer_add_text(&output->line, output->row_count > 0 ? "\n]\n" : "]\n");
    output_write_line(output);
}

const struct format format_json = {"json", false, begin, row, NULL, end};
