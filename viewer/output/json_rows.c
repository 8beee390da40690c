/* See json_rows.h. */
#include "json_rows.h"

#include "escape.h"
#include "json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* The columns of the views, and of the commands' own rows, that hold JSON. */
static bool holds_json(const char *name)
{
    static const char *const names[] = {
        "labels",           "counts",           "holds",       "detail", "parameters",
        "nested_codes",     "nested_addresses", "kinds",       "phases", "load_gaps",
        "repeated_modules", "first_exception",  "not_observed"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void add_json_value(struct buffer *out, const struct column *column, const struct cell *cell)
{
    switch (cell->type) {
    case CELL_INTEGER:
        buffer_format(out, "%" PRId64, cell->integer);
        return;
    case CELL_REAL:
        if (isfinite(cell->real))
            buffer_format(out, "%.17g", cell->real);
        else
            buffer_add_text(out, "null");
        return;
    case CELL_TEXT:
        if (holds_json(column->name) && json_is_container(cell->text, cell->length))
            escape_json_document(out, cell->text, cell->length);
        else
            escape_json_string(out, cell->text, cell->length);
        return;
    case CELL_BLOB:
        buffer_add_char(out, '"');
        for (size_t i = 0; i < cell->length; i++)
            buffer_format(out, "%02X", (unsigned char)cell->text[i]);
        buffer_add_char(out, '"');
        return;
    default:
        buffer_add_text(out, "null");
    }
}

void json_rows_add(struct output *output, const struct cell *cells)
{
    buffer_add_char(&output->line, '{');
    for (size_t i = 0; i < output->column_count; i++) {
        if (i > 0)
            buffer_add_char(&output->line, ',');
        escape_json_string(&output->line, output->columns[i].name, strlen(output->columns[i].name));
        buffer_add_char(&output->line, ':');
        add_json_value(&output->line, &output->columns[i], &cells[i]);
    }
    buffer_add_char(&output->line, '}');
}
