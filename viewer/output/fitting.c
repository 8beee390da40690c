/* See fitting.h. */
#include "fitting.h"

#include "escape.h"
#include "text.h"

/* Of what may be cut each keeps the same and some more. */
enum { LEAST_CELLS = 8, READABLE_CELLS = 16 };
enum { MORE_FOR_NAMES = 2, MORE_FOR_WORDS = 6, MORE_FOR_PATHS = 10 };

static const char ellipsis[] = "\xE2\x80\xA6";

enum fitting fitting_of(enum style style, bool is_last)
{
    return style == STYLE_PATH               ? FITTING_PATH
           : style == STYLE_TITLE            ? FITTING_MIDDLE
           : is_last || style == STYLE_WORDS ? FITTING_END
                                             : FITTING_WHOLE;
}

static void add_beginning(struct buffer *out, const char *text, size_t length, size_t width)
{
    buffer_add(out, text, escape_fitting_bytes(text, length, width));
    buffer_add_text(out, ellipsis);
}

/* The last so many cells, after an ellipsis. */
static void add_end(struct buffer *out, const char *text, size_t length, size_t width)
{
    size_t at = 0, all = escape_display_width(text, length);

    if (all > width)
        at = escape_fitting_bytes(text, length, all - width);
    if (escape_display_width(text + at, length - at) > width) /* half of a wide character */
        at += escape_fitting_bytes(text + at, length - at, 2);
    buffer_add(out, text + at, length - at);
}

static void add_middle(struct buffer *out, const char *text, size_t length, size_t width)
{
    size_t head = (width - 1) / 3;

    add_beginning(out, text, length, head);
    add_end(out, text, length, width - 1 - head);
}

/* Where the last part before `end` begins, with its separator: 0 where there is none. */
static size_t part_before(const char *path, size_t end)
{
    size_t folder = text_folder_bytes(path, end);

    return folder > 0 ? folder - 1 : 0;
}

/* The name mostly stands in a column of its own: rather it is cut than the folder. */
static void add_path(struct buffer *out, const char *path, size_t length, size_t width)
{
    size_t name = part_before(path, length), folder = part_before(path, name),
           tail = escape_display_width(path + folder, length - folder),
           part = escape_display_width(path + folder, name - folder);

    if (name == 0 || part + 2 > width) {
        add_middle(out, path, length, width);
    } else if (tail < width) {
        add_beginning(out, path, folder, width - 1 - tail);
        buffer_add(out, path + folder, length - folder);
    } else {
        buffer_add_text(out, ellipsis);
        add_beginning(out, path + folder, length - folder, width - 2);
    }
}

void fitting_add(struct buffer *out, const char *text, size_t length, size_t width,
                 enum fitting fitting)
{
    if (fitting == FITTING_WHOLE || escape_display_width(text, length) <= width)
        buffer_add(out, text, length);
    else if (fitting == FITTING_PATH)
        add_path(out, text, length, width);
    else if (fitting == FITTING_MIDDLE)
        add_middle(out, text, length, width);
    else
        add_beginning(out, text, length, width - 1);
}

/* A table's columns while they are fitted. */
struct columns {
    const struct column *items;
    size_t count, last;
    size_t *widths;
    bool *shown;
};

static size_t cut_width(const struct columns *columns, size_t i, size_t least)
{
    enum fitting fitting = fitting_of(columns->items[i].style, i == columns->last);

    least += fitting == FITTING_PATH     ? MORE_FOR_PATHS
             : fitting == FITTING_END    ? MORE_FOR_WORDS
             : fitting == FITTING_MIDDLE ? MORE_FOR_NAMES
                                         : 0;
    return fitting != FITTING_WHOLE && columns->widths[i] > least ? least : columns->widths[i];
}

/* How wide the rows are if each cell that may be cut takes no more than `least`. */
static size_t width_of(const struct columns *columns, size_t least)
{
    size_t sum = 0;

    for (size_t i = 0; i < columns->count; i++)
        if (columns->shown[i])
            sum += cut_width(columns, i, least) + 2;
    return sum > 0 ? sum - 2 : 0;
}

void fitting_columns(const struct column *columns, size_t count, size_t width, size_t *widths,
                     bool *shown)
{
    struct columns all = {columns, count, 0, widths, shown};
    size_t cells = width;

    for (size_t i = 0; i < count; i++)
        if (shown[i])
            all.last = i;
    for (size_t i = 0; i < count && width_of(&all, READABLE_CELLS) > width; i++)
        if (columns[i].flags & COLUMN_IF_WIDE)
            shown[i] = false;
    while (cells > LEAST_CELLS && width_of(&all, cells) > width)
        cells--;
    for (size_t i = 0; i < count; i++)
        widths[i] = cut_width(&all, i, cells);
}
