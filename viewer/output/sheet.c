/* See sheet.h. */
#include "sheet.h"

#include "shown.h"

#include <stdlib.h>

int sheet_begin(struct output *output)
{
    struct sheet *sheet = calloc(1, sizeof *sheet);

    if (sheet == NULL ||
        (sheet->used = calloc(output->column_count + 1, sizeof *sheet->used)) == NULL) {
        free(sheet);
        return -1;
    }
    output->state = sheet;
    return 0;
}

static bool has_room(struct sheet *sheet, size_t more)
{
    size_t capacity = sheet->capacity > 0 ? 2 * sheet->capacity : 256, *ends;

    if (sheet->count + more <= sheet->capacity)
        return true;
    while (capacity < sheet->count + more)
        capacity *= 2;
    if ((ends = realloc(sheet->ends, capacity * sizeof *ends)) == NULL)
        return false;
    sheet->ends = ends;
    sheet->capacity = capacity;
    return true;
}

void sheet_row(struct output *output, const struct cell *cells)
{
    struct sheet *sheet = output->state;

    if (sheet == NULL || !has_room(sheet, output->column_count)) {
        output->line.failed = true;
        return;
    }
    for (size_t i = 0; i < output->column_count; i++) {
        size_t before = sheet->text.length;
        shown_add(&sheet->text, output->columns[i].style, &cells[i]);
        sheet->used[i] |= sheet->text.length > before;
        sheet->ends[sheet->count++] = sheet->text.length;
        buffer_add_char(&sheet->text, '\0');
    }
    output->line.failed |= sheet->text.failed;
}

void sheet_end(struct output *output)
{
    struct sheet *sheet = output->state;

    output->state = NULL;
    if (sheet == NULL)
        return;
    buffer_release(&sheet->text);
    free(sheet->ends);
    free(sheet->used);
    free(sheet);
}

bool sheet_shows(const struct output *output, size_t column)
{
    const struct sheet *sheet = output->state;

    return !(output->columns[column].flags & COLUMN_HIDE_EMPTY) || sheet->used[column];
}

const char *sheet_cell(const struct output *output, size_t row, size_t column, size_t *length)
{
    const struct sheet *sheet = output->state;
    size_t cell = row * output->column_count + column,
           start = cell > 0 ? sheet->ends[cell - 1] + 1 : 0;

    *length = sheet->ends[cell] - start;
    return sheet->text.data + start;
}

bool sheet_is_number(const struct output *output, size_t column)
{
    return shown_is_number(output->columns[column].style);
}
