/* See output.h. */
#include "output.h"

#include "escape.h"
#include "formats/formats.h"
#include "human.h"
#include "json.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct format *const formats[] = {&format_table, &format_json,     &format_ndjson,
                                               &format_csv,   &format_markdown, &format_html};

enum { FORMATS = sizeof formats / sizeof formats[0] };

const struct format *output_format(const char *name)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

const struct format *output_table_format(void)
{
    return &format_table;
}

const char *output_format_names(void)
{
    static char names[64];

    names[0] = '\0';
    for (size_t i = 0; i < FORMATS; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i > 0 ? ", " : "",
                 formats[i]->name);
    return names;
}

const char *output_nearest_format(const char *name)
{
    const char *names[FORMATS];

    for (size_t i = 0; i < FORMATS; i++)
        names[i] = formats[i]->name;
    return human_nearest(name, names, FORMATS, sizeof names[0]);
}

static int check(struct output *output, struct trail_error *error)
{
    int reason = errno; /* EINVAL is what Windows says of a pipe without a reader */

    if (output->line.failed)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    if (ferror(output->stream)) {
        output->is_closed |= reason == EPIPE || reason == EINVAL;
        return error_set(error, TRAIL_FAILED, 0, "cannot write the output");
    }
    return 0;
}

int output_begin(struct output *output, const struct column *columns, size_t count,
                 struct trail_error *error)
{
    output->columns = columns;
    output->column_count = count;
    output->row_count = 0;
    output->state = NULL;
    output->cells = calloc(count + 1, sizeof *output->cells);
    if (output->format->begin(output) != 0 || output->cells == NULL)
        output->line.failed = true;
    return check(output, error);
}

int output_row(struct output *output, const struct cell *cells, struct trail_error *error)
{
    output->format->row(output, cells);
    output->row_count++;
    return check(output, error);
}

int output_flush(struct output *output, struct trail_error *error)
{
    if (output->format->flush != NULL)
        output->format->flush(output);
    fflush(output->stream);
    return check(output, error);
}

int output_end(struct output *output, struct trail_error *error)
{
    int result;

    output->format->end(output);
    result = check(output, error);
    buffer_release(&output->line);
    free(output->cells);
    output->cells = NULL;
    return result;
}

struct cell output_cell(sqlite3_stmt *statement, int column)
{
    struct cell cell = {CELL_NULL, 0, 0, NULL, 0};

    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        cell.type = CELL_INTEGER;
        cell.integer = sqlite3_column_int64(statement, column);
        break;
    case SQLITE_FLOAT:
        cell.type = CELL_REAL;
        cell.real = sqlite3_column_double(statement, column);
        break;
    case SQLITE_TEXT:
        cell.text = (const char *)sqlite3_column_text(statement, column);
        cell.type = cell.text != NULL ? CELL_TEXT : CELL_NULL;
        break;
    case SQLITE_BLOB:
        cell.text = sqlite3_column_blob(statement, column);
        cell.type = CELL_BLOB;
        break;
    default:
        break;
    }
    if (cell.text != NULL)
        cell.length = (size_t)sqlite3_column_bytes(statement, column);
    return cell;
}

void output_lines(const struct output *output, const char *lines)
{
    struct buffer text = {0};

    for (; *lines != '\0'; lines += strspn(lines, "\n")) {
        size_t length = strcspn(lines, "\n"), fitting;
        buffer_clear(&text);
        escape_for_terminal(&text, lines, length);
        fitting = output->width > 0
                      ? escape_fitting_bytes(buffer_text(&text), text.length, output->width)
                      : text.length;
        if (fitting < text.length && output->width > 1)
            fprintf(output->stream, "%.*s\xE2\x80\xA6\n",
                    (int)escape_fitting_bytes(buffer_text(&text), text.length, output->width - 1),
                    buffer_text(&text));
        else
            fprintf(output->stream, "%s\n", buffer_text(&text));
        lines += length;
    }
    buffer_release(&text);
}

void output_write_line(struct output *output)
{
    if (output->line.length > 0)
        fwrite(output->line.data, 1, output->line.length, output->stream);
    buffer_clear(&output->line);
}

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

void output_add_json_object(struct output *output, const struct cell *cells)
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
