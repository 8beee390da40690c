/* One JSON object a line, nothing around them. */
#include "formats.h"

static int begin(struct output *output)
{
    (void)output;
    return 0;
}

static void row(struct output *output, const struct cell *cells)
{
    output_add_json_object(output, cells);
    /* Stored JSON may have line breaks between its values; here a line is an object. */
    for (size_t i = 0; i < output->line.length; i++)
        if (output->line.data[i] == '\n' || output->line.data[i] == '\r')
            output->line.data[i] = ' ';
    buffer_add_char(&output->line, '\n');
    output_write_line(output);
}

static void end(struct output *output)
{
    (void)output;
}

const struct format format_ndjson = {"ndjson", false, begin, row, NULL, end};
