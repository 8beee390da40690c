/*
 * As RFC 4180 has it, but that lines end in LF, which shells and their tools want: a header line,
 * quotes where a value needs them. NULL is an empty field, an empty text is "". Values are the
 * data, byte for byte, where the output is no terminal and --safe is not given.
 */
#include "output.h"

#include "escape.h"

#include <string.h>

static void add_text(struct buffer *out, const char *text, size_t length)
{
    bool quoted = length == 0 || text[0] == ' ' || text[length - 1] == ' ';

    for (size_t i = 0; i < length && !quoted; i++)
        quoted = text[i] == '"' || text[i] == ',' || text[i] == '\n' || text[i] == '\r';
    if (!quoted) {
        buffer_add(out, text, length);
        return;
    }
    buffer_add_char(out, '"');
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            buffer_add_char(out, '"');
        buffer_add_char(out, text[i]);
    }
    buffer_add_char(out, '"');
}

/* With --safe an apostrophe stands before what a spreadsheet would take for a formula. */
static void add_safe_text(struct output *output, const char *text, size_t length)
{
    struct buffer escaped = {0};

    if (!output->is_terminal && !output->is_safe) {
        add_text(&output->line, text, length);
        return;
    }
    if (output->is_safe && length > 0 && memchr("=+-@\t\r", text[0], 6) != NULL)
        buffer_add_char(&escaped, '\'');
    escape_for_terminal(&escaped, text, length);
    add_text(&output->line, buffer_text(&escaped), escaped.length);
    output->line.failed |= escaped.failed;
    buffer_release(&escaped);
}

static int begin(struct output *output)
{
    for (size_t i = 0; i < output->column_count; i++) {
        if (i > 0)
            buffer_add_char(&output->line, ',');
        add_safe_text(output, output->columns[i].name, strlen(output->columns[i].name));
    }
    buffer_add_text(&output->line, "\n");
    output_write_line(output);
    return 0;
}

static void add_cell(struct output *output, const struct cell *cell)
{
    switch (cell->type) {
    case CELL_INTEGER:
        buffer_add_number(&output->line, cell->integer);
        break;
    case CELL_REAL:
        buffer_format(&output->line, "%.17g", cell->real);
        break;
    case CELL_TEXT:
        add_safe_text(output, cell->text, cell->length);
        break;
    case CELL_BLOB:
        for (size_t i = 0; i < cell->length; i++)
            buffer_format(&output->line, "%02X", (unsigned char)cell->text[i]);
        break;
    default:
        break;
    }
}

static void row(struct output *output, const struct cell *cells)
{
    for (size_t i = 0; i < output->column_count; i++) {
        if (i > 0)
            buffer_add_char(&output->line, ',');
        add_cell(output, &cells[i]);
    }
    buffer_add_text(&output->line, "\n");
    output_write_line(output);
}

const struct format format_csv = {
    .name = "csv",
    .begin = begin,
    .row = row,
};
