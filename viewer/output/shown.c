/* See shown.h. */
#include "shown.h"

#include "escape.h"
#include "human.h"

#include <inttypes.h>

static void add_integer(struct buffer *out, enum style style, int64_t value)
{
    if (style == STYLE_MS)
        human_ms(out, value);
    else if (style == STYLE_DURATION)
        human_duration(out, value);
    else if (style == STYLE_BYTES)
        human_bytes(out, value);
    else
        buffer_format(out, "%" PRId64, value);
}

void shown_add(struct buffer *out, enum style style, const struct cell *cell)
{
    switch (cell->type) {
    case CELL_INTEGER:
        add_integer(out, style, cell->integer);
        break;
    case CELL_REAL:
        if (style == STYLE_PERCENT)
            buffer_format(out, "%.1f%%", cell->real);
        else
            buffer_format(out, "%.15g", cell->real);
        break;
    case CELL_TEXT:
        escape_for_terminal(out, cell->text, cell->length);
        break;
    case CELL_BLOB:
        for (size_t i = 0; i < cell->length; i++)
            buffer_format(out, "%02X", (unsigned char)cell->text[i]);
        break;
    default:
        break;
    }
}

bool shown_is_number(enum style style)
{
    return style == STYLE_COUNT || style == STYLE_MS || style == STYLE_DURATION ||
           style == STYLE_PERCENT || style == STYLE_BYTES;
}
