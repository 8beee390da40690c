/*
 * A table for people: aligned columns under a header line. Widths come from the first rows, which
 * are kept until there are WINDOW_ROWS of them or WINDOW_BYTES of text, or until they must be
 * shown; later rows are printed as they come, a wider cell then pushes its line to the right. What
 * is too wide for a terminal is cut as fitting.h says, and nothing where the output is none.
 */
#include "escape.h"
#include "fitting.h"
#include "shown.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW_ROWS = 500, WINDOW_BYTES = 1 << 20 };

/* So far other rows are padded, in a file: one huge cell does not make all of them huge. */
enum { WIDEST = 300 };

struct table {
    struct buffer *cells; /* WINDOW_ROWS rows of column_count cells */
    size_t rows, bytes;
    size_t *widths;
    bool *right, *shown;
    bool is_streaming;
};

static void free_table(struct table *table, size_t columns)
{
    if (table == NULL)
        return;
    for (size_t i = 0; table->cells != NULL && i < (WINDOW_ROWS + 1) * columns; i++)
        buffer_release(&table->cells[i]);
    free(table->cells);
    free(table->widths);
    free(table->right);
    free(table->shown);
    free(table);
}

static int begin(struct output *output)
{
    struct table *table = calloc(1, sizeof *table);
    size_t count = output->column_count;

    if (table == NULL)
        return -1;
    table->cells = calloc((WINDOW_ROWS + 1) * count, sizeof *table->cells);
    table->widths = calloc(count, sizeof *table->widths);
    table->right = calloc(count, sizeof *table->right);
    table->shown = calloc(count, sizeof *table->shown);
    if (table->cells == NULL || table->widths == NULL || table->right == NULL ||
        table->shown == NULL) {
        free_table(table, count);
        return -1;
    }
    for (size_t i = 0; i < count; i++)
        table->right[i] =
            shown_is_number(output->columns[i].style) || output->columns[i].style == STYLE_PLAIN;
    output->state = table;
    return 0;
}

/* A row whose first column tells what changed, and tells nothing, only gives context. */
static bool is_context(const struct output *output, const struct buffer *cells)
{
    return output->columns[0].style == STYLE_KIND &&
           (cells[0].length == 0 || buffer_text(&cells[0])[0] == ' ');
}

static const char *color_of(enum style style, const char *text)
{
    static const struct {
        const char *word, *color;
    } colors[] = {{"Exception", "\x1B[31m"}, {"RipEvent", "\x1B[31m"},
                  {"problem", "\x1B[31m"},   {"interrupted", "\x1B[33m"},
                  {"recovered", "\x1B[33m"}, {"recording", "\x1B[33m"},
                  {"Mark", "\x1B[36m"},      {"OutputDebugString", "\x1B[36m"},
                  {"LoadDll", "\x1B[32m"},   {"ok", "\x1B[32m"},
                  {"+ ", "\x1B[32m"},        {"- ", "\x1B[31m"},
                  {"> ", "\x1B[33m"},        {"! ", "\x1B[35m"},
                  {"violated", "\x1B[31m"},  {"holds", "\x1B[32m"}};

    if (*text == '\0')
        return NULL;
    if (style == STYLE_TITLE)
        return "\x1B[1m";
    for (size_t i = 0; style == STYLE_KIND && i < sizeof colors / sizeof colors[0]; i++)
        if (strncmp(text, colors[i].word, strlen(colors[i].word)) == 0)
            return colors[i].color;
    return NULL;
}

static void add_spaces(struct buffer *out, size_t count)
{
    while (count-- > 0)
        buffer_add_char(out, ' ');
}

/* Adds text in its column, cut where the terminal is too narrow. The last one is not padded. */
static void add_aligned(struct output *output, size_t column, const char *text, size_t length,
                        bool is_last, const char *color)
{
    struct table *table = output->state;
    size_t width = escape_display_width(text, length), room = table->widths[column],
           padding = room > width ? room - width : 0;
    bool right = table->right[column];

    add_spaces(&output->line, right ? padding : 0);
    if (output->color && color != NULL)
        buffer_add_text(&output->line, color);
    fitting_add(&output->line, text, length, room,
                output->width > 0 ? fitting_of(output->columns[column].style, is_last)
                                  : FITTING_WHOLE);
    if (output->color && color != NULL)
        buffer_add_text(&output->line, "\x1B[0m");
    if (!is_last)
        add_spaces(&output->line, 2 + (right ? 0 : padding));
}

static size_t last_column(const struct output *output)
{
    const struct table *table = output->state;
    size_t last = 0;

    for (size_t i = 0; i < output->column_count; i++)
        if (table->shown[i])
            last = i;
    return last;
}

static void add_end_of_line(struct output *output)
{
    while (output->line.length > 0 && output->line.data[output->line.length - 1] == ' ')
        output->line.length--;
    buffer_add_char(&output->line, '\n');
    output_write_line(output);
}

static void print_row(struct output *output, const struct buffer *cells)
{
    struct table *table = output->state;
    size_t last = last_column(output);
    bool quiet = is_context(output, cells);

    for (size_t i = 0; i <= last; i++) {
        const char *text = buffer_text(&cells[i]);
        if (table->shown[i])
            add_aligned(output, i, text, cells[i].length, i == last,
                        quiet && *text != '\0' ? "\x1B[2m"
                                               : color_of(output->columns[i].style, text));
    }
    add_end_of_line(output);
}

static void print_header(struct output *output)
{
    struct table *table = output->state;
    size_t last = last_column(output);

    buffer_add_text(&output->line, output->color ? "\x1B[1m" : "");
    for (size_t i = 0; i <= last; i++)
        if (table->shown[i])
            add_aligned(output, i, output->columns[i].name, strlen(output->columns[i].name),
                        i == last, NULL);
    buffer_add_text(&output->line, output->color ? "\x1B[0m" : "");
    add_end_of_line(output);
}

static void print_heading(struct output *output)
{
    if (output->heading == NULL)
        return;
    buffer_add_text(&output->line, output->follows_another ? "\n" : "");
    buffer_add_text(&output->line, output->color ? "\x1B[1m" : "");
    buffer_add_text(&output->line, output->heading);
    buffer_add_text(&output->line, output->color ? "\x1B[0m\n" : "\n");
    output_write_line(output);
}

/* How wide a column gets as a rule, for when rows are still to come; `seen` is how wide it is. */
static size_t usual_width(enum style style, size_t seen)
{
    switch (style) {
    case STYLE_MS:
        return sizeof "99999.999" - 1;
    case STYLE_DURATION:
        return sizeof "99.9 us" - 1;
    case STYLE_KIND:
        return sizeof "OutputDebugString" - 1;
    case STYLE_COUNT:
        return seen < 3 ? sizeof "99999" - 1 : sizeof "9999999" - 1;
    default:
        return sizeof "99999" - 1;
    }
}

/* `is_complete`: no row will follow, so that columns without any text may go. */
static void print_window(struct output *output, bool is_complete)
{
    struct table *table = output->state;

    for (size_t i = 0; i < output->column_count; i++) {
        const char *name = output->columns[i].name;
        size_t title = escape_display_width(name, strlen(name)),
               usual = is_complete ? 0 : usual_width(output->columns[i].style, table->widths[i]);
        table->shown[i] = !(output->columns[i].flags & COLUMN_HIDE_EMPTY) || table->widths[i] > 0 ||
                          (!is_complete && output->width == 0);
        if (table->widths[i] == 0 && !shown_is_number(output->columns[i].style))
            table->right[i] = false;
        if (title > table->widths[i])
            table->widths[i] = title;
        if (usual > table->widths[i])
            table->widths[i] = usual;
    }
    if (output->width > 0)
        fitting_columns(output->columns, output->column_count, output->width, table->widths,
                        table->shown);
    print_heading(output);
    print_header(output);
    for (size_t i = 0; i < table->rows; i++)
        print_row(output, &table->cells[i * output->column_count]);
    table->is_streaming = true;
}

static void row(struct output *output, const struct cell *cells)
{
    struct table *table = output->state;
    struct buffer *row_cells;

    if (table == NULL)
        return;
    row_cells =
        &table->cells[(table->is_streaming ? WINDOW_ROWS : table->rows) * output->column_count];
    for (size_t i = 0; i < output->column_count; i++) {
        size_t width;
        buffer_clear(&row_cells[i]);
        shown_add(&row_cells[i], output->columns[i].style, &cells[i]);
        output->line.failed |= row_cells[i].failed;
        if (table->is_streaming)
            continue;
        width = escape_display_width(buffer_text(&row_cells[i]), row_cells[i].length);
        if (width > WIDEST && output->width == 0)
            width = WIDEST;
        if (width > table->widths[i])
            table->widths[i] = width;
        if (cells[i].type == CELL_TEXT || cells[i].type == CELL_BLOB)
            table->right[i] &= shown_is_number(output->columns[i].style);
        table->bytes += row_cells[i].length;
    }
    if (table->is_streaming)
        print_row(output, row_cells);
    else if (++table->rows == WINDOW_ROWS || table->bytes >= WINDOW_BYTES)
        print_window(output, false);
}

static void flush(struct output *output)
{
    struct table *table = output->state;

    if (table != NULL && !table->is_streaming && table->rows > 0)
        print_window(output, false);
}

static void end(struct output *output)
{
    struct table *table = output->state;

    if (table != NULL && !table->is_streaming && (output->heading == NULL || output->row_count > 0))
        print_window(output, true);
    free_table(table, output->column_count);
    output->state = NULL;
}

const struct format format_table = {
    .name = "table",
    .is_for_people = true,
    .begin = begin,
    .row = row,
    .flush = flush,
    .end = end,
};
