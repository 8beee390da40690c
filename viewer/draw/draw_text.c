/* See draw_text.h. */
#include "draw_text.h"

#include "axis.h"
#include "escape.h"
#include "fitting.h"
#include "human.h"
#include "raster.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { GLYPH_BYTES = 24, CELLS_PER_TICK = 10, INDENT = 2 };

/* One cell of what stands to the right of the labels. */
struct glyph {
    char text[GLYPH_BYTES]; /* "": nothing, or the second half of a wide character */
    const char *color;      /* NULL: none */
    bool is_free;
};

struct drawing {
    const struct picture *picture;
    const struct draw_text_options *options;
    struct buffer *out;
    size_t time_width, label_width;
    size_t cells, room; /* of the scale, and with what is free for words behind it */
    struct raster_step *steps;
    size_t *counts;
    struct glyph *glyphs;
    bool used[PART_STYLES];
    int64_t tick_ns;
};

static const char dim[] = "\x1B[2m", bold[] = "\x1B[1m", red[] = "\x1B[31m";

/* How a style looks: its color, and what a whole cell of it is with Unicode and without. */
static const struct look {
    const char *color, *cell, *ascii, *meaning;
} looks[PART_STYLES] = {
    [PART_COMPUTING] = {"\x1B[32m", "\u2588", "#", "computing"},
    [PART_WAITING] = {"\x1B[33m", "\u2591", "-", "waiting"},
    [PART_HELD] = {"\x1B[35m", "\u2592", "+", "held by the recorder"},
    [PART_UNKNOWN] = {dim, "\u2593", "%", "computing or waiting"},
    [PART_LOADER] = {"\x1B[34m", "\u2501", "=", NULL},
    [PART_CONSTRUCTORS] = {"\x1B[35m", "\u2501", "=", NULL},
    [PART_PROGRAM] = {"\x1B[36m", "\u2501", "=", NULL},
    [PART_MARK] = {"\x1B[33m", "\u2501", "=", NULL},
    [PART_THREAD] = {NULL, "\u2500", "-", NULL},
    [PART_EXCEPTION] = {red, "\u2717", "X", "exception"},
    [PART_FAILED] = {red, "\u2717", "X", "not loaded"},
    [PART_ALIVE] = {"\x1B[34m", NULL, NULL, NULL},
};

static void add_color(struct drawing *drawing, const char *color)
{
    if (drawing->options->color)
        buffer_add_text(drawing->out, color != NULL ? color : "\x1B[0m");
}

static void add_spaces(struct buffer *out, size_t count)
{
    while (count-- > 0)
        buffer_add_char(out, ' ');
}

static const char *ellipsis_of(const struct drawing *drawing)
{
    return drawing->options->unicode ? "\u2026" : "...";
}

/* Adds as much of a text as fits, and says so where it was cut. Returns its cells. */
static size_t add_cut(const struct drawing *drawing, struct buffer *out, const char *text,
                      size_t width)
{
    const char *ellipsis = ellipsis_of(drawing);
    size_t length = strlen(text), all = escape_display_width(text, length),
           mark = escape_display_width(ellipsis, strlen(ellipsis)), fitting;

    if (all <= width) {
        buffer_add(out, text, length);
        return all;
    }
    fitting = escape_fitting_bytes(text, length, width > mark ? width - mark : 0);
    buffer_add(out, text, fitting);
    buffer_add_text(out, width >= mark ? ellipsis : "");
    return escape_display_width(text, fitting) + (width >= mark ? mark : 0);
}

static void put(struct drawing *drawing, size_t cell, const char *text, const char *color)
{
    struct glyph *glyph = &drawing->glyphs[cell];

    snprintf(glyph->text, sizeof glyph->text, "%s", text);
    glyph->color = color;
    glyph->is_free = false;
}

/* Puts a text, which fits, from a cell on. */
static void put_text(struct drawing *drawing, size_t cell, const char *text, const char *color)
{
    size_t length = strlen(text), size, width;
    uint32_t c;

    for (size_t at = 0; at < length && cell < drawing->room; at += size) {
        char one[8] = "";
        struct glyph *before = cell > 0 ? &drawing->glyphs[cell - 1] : NULL;
        size = text_decode(text + at, length - at, &c);
        size = size > 0 ? size : 1;
        memcpy(one, text + at, size);
        width = escape_display_width(one, size);
        if (width == 0 && before != NULL && strlen(before->text) + size < GLYPH_BYTES) {
            strcat(before->text, one);
            continue;
        }
        put(drawing, cell++, one, color);
        if (width == 2 && cell < drawing->room)
            put(drawing, cell++, "", color);
    }
}

static void clear_glyphs(struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->room; i++)
        drawing->glyphs[i] = (struct glyph){" ", NULL, true};
}

/* A thin line where the scale has a number. */
static void put_ticks(struct drawing *drawing)
{
    const struct picture *picture = drawing->picture;

    for (int64_t ns = axis_first(picture->from_ns, drawing->tick_ns); ns <= picture->to_ns;
         ns += drawing->tick_ns) {
        size_t cell = raster_at(picture, ns, drawing->cells);
        if (cell < drawing->cells && drawing->glyphs[cell].is_free && drawing->options->unicode)
            put(drawing, cell, "\u250A", dim);
    }
}

static void print_glyphs(struct drawing *drawing)
{
    size_t last = drawing->room;
    const char *color = NULL;

    while (last > 0 && strcmp(drawing->glyphs[last - 1].text, " ") == 0)
        last--;
    for (size_t i = 0; i < last; i++) {
        const struct glyph *glyph = &drawing->glyphs[i];
        if (glyph->color != color && strcmp(glyph->text, " ") != 0) {
            if (color != NULL)
                add_color(drawing, NULL);
            if (glyph->color != NULL)
                add_color(drawing, glyph->color);
            color = glyph->color;
        }
        buffer_add_text(drawing->out, glyph->text);
    }
    if (color != NULL)
        add_color(drawing, NULL);
}

static void end_line(struct drawing *drawing)
{
    struct buffer *out = drawing->out;

    while (out->length > 0 && out->data[out->length - 1] == ' ')
        out->length--;
    buffer_add_char(out, '\n');
}

/* The time of a row and its label, in their columns. */
static void print_label(struct drawing *drawing, const struct picture_row *row)
{
    struct buffer time = {0};
    size_t indent = INDENT * row->depth, used;
    const char *color = row->is_bad ? red : row->kind == PICTURE_PROCESS ? bold : NULL;

    if (row->t_ns != LANES_UNKNOWN)
        human_ms(&time, row->t_ns);
    add_spaces(drawing->out, drawing->time_width - time.length);
    add_color(drawing, dim);
    buffer_add_text(drawing->out, buffer_text(&time));
    add_color(drawing, NULL);
    add_spaces(drawing->out, 2 + indent);
    if (color != NULL)
        add_color(drawing, color);
    used = add_cut(drawing, drawing->out, picture_text(drawing->picture, row->label),
                   drawing->label_width - indent);
    if (color != NULL)
        add_color(drawing, NULL);
    add_spaces(drawing->out, drawing->label_width - indent - used + 2);
    buffer_release(&time);
}

/* A bar: solid where it computed, with eighths of a cell at its end. */
static void put_cells(struct drawing *drawing)
{
    static const char *const left[] = {" ",      "\u258F", "\u258E", "\u258D", "\u258C",
                                       "\u258B", "\u258A", "\u2589", "\u2588"};

    for (size_t i = 0; i < drawing->cells; i++) {
        struct raster_cell cell = raster_cell(drawing->steps + i * RASTER_STEPS);
        const struct look *look;
        if (cell.style >= PART_STYLES)
            continue;
        look = &looks[cell.style];
        drawing->used[cell.style] = true;
        if (!drawing->options->unicode)
            put(drawing, i, look->ascii, look->color);
        else if (cell.style != PART_COMPUTING)
            put(drawing, i, look->cell, look->color);
        else if (cell.begin == 0)
            put(drawing, i, left[cell.end], look->color);
        else
            put(drawing, i,
                cell.begin >= 6   ? "\u2595"
                : cell.begin >= 3 ? "\u2590"
                                  : look->cell,
                look->color);
    }
}

/* A line from start to end, parted where phases change, with their names where there is room. */
static void put_line(struct drawing *drawing, const struct picture_row *row, size_t *last)
{
    const struct picture *picture = drawing->picture;
    bool unicode = drawing->options->unicode;
    const struct picture_part *part = picture->parts + row->first_part;
    size_t last_cell = drawing->cells - 1;

    for (size_t i = 0; i < row->part_count; i++, part++) {
        const struct look *look = &looks[part->style];
        const char *name = picture_text(picture, part->name);
        size_t begin = raster_at(picture, part->t_ns, drawing->cells),
               end = raster_at(picture, part->end_ns, drawing->cells),
               width = escape_display_width(name, strlen(name));
        if (part->end_ns < picture->from_ns || part->t_ns > picture->to_ns)
            continue;
        begin = begin < last_cell ? begin : last_cell;
        end = end < last_cell ? end : last_cell;
        *last = end > *last ? end : *last;
        for (size_t cell = begin; cell <= end; cell++)
            put(drawing, cell, unicode ? look->cell : look->ascii, look->color);
        if (part->style == PART_MARK)
            put(drawing, begin, unicode ? "\u25C6" : "*", look->color);
        else if (part->style != PART_THREAD && (row->opens || i > 0))
            put(drawing, begin, unicode ? i == 0 ? "\u2523" : "\u254B" : "|", look->color);
        else if (part->style == PART_THREAD && row->opens)
            put(drawing, begin, unicode ? "\u251C" : "|", look->color);
        if (width > 0 && end > begin + width + 3) {
            size_t at = part->style == PART_MARK ? begin + 2 : (begin + end - width + 1) / 2;
            put(drawing, at - 1, " ", NULL);
            put_text(drawing, at, name, look->color);
            put(drawing, at + width, " ", NULL);
        }
        if (i + 1 == row->part_count && (row->ends || part->style == PART_THREAD) && end > begin)
            put(drawing, end, unicode ? part->style == PART_THREAD ? "\u2524" : "\u252B" : "|",
                look->color);
    }
}

/* How many there are of what has no row, as a line of small bars. */
static void put_counts(struct drawing *drawing, const struct picture_row *row)
{
    static const char *const bars[] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                       "\u2585", "\u2586", "\u2587", "\u2588"};
    static const char ascii[] = ".:-=+*#@";
    size_t most = 1;

    raster_count(drawing->picture, row, drawing->counts, drawing->cells);
    for (size_t i = 0; i < drawing->cells; i++)
        most = drawing->counts[i] > most ? drawing->counts[i] : most;
    for (size_t i = 0; i < drawing->cells; i++) {
        size_t height = (drawing->counts[i] * 8 + most - 1) / most;
        char one[2] = {ascii[height > 0 ? height - 1 : 0], '\0'};
        if (height > 0)
            put(drawing, i, drawing->options->unicode ? bars[height - 1] : one,
                looks[PART_ALIVE].color);
    }
}

/* Words beside what is drawn, to the right or else to the left; false if they fit on neither side.
 */
static bool put_words(struct drawing *drawing, const char *words, size_t first, size_t last,
                      const char *color)
{
    size_t width = escape_display_width(words, strlen(words)),
           right = drawing->room > last + 2 ? drawing->room - last - 2 : 0,
           left = first > 1 ? first - 1 : 0;

    if (width > right && width > left)
        return false;
    put_text(drawing, width <= right ? last + 2 : first - 1 - width, words, color);
    return true;
}

/* A line that has only words. */
static void print_words(struct drawing *drawing, const char *words, const char *color)
{
    struct buffer cut = {0};

    add_spaces(drawing->out, drawing->time_width + 2 + drawing->label_width + 2);
    clear_glyphs(drawing);
    add_cut(drawing, &cut, words, drawing->room);
    put_text(drawing, 0, buffer_text(&cut), color);
    print_glyphs(drawing);
    end_line(drawing);
    buffer_release(&cut);
}

static void print_row(struct drawing *drawing, const struct picture_row *row)
{
    const char *words = picture_text(drawing->picture, row->words),
               *seen = picture_text(drawing->picture, row->looks),
               *color = row->is_bad ? red : NULL;
    size_t first, last;
    struct buffer all = {0};
    bool is_seen = *seen == '\0', is_said;

    clear_glyphs(drawing);
    if (!raster_fill(drawing->picture, row, drawing->steps, drawing->cells, &first, &last))
        first = last = 0;
    if (row->kind == PICTURE_PROCESS || row->kind == PICTURE_THREAD)
        put_line(drawing, row, &last);
    else
        put_cells(drawing);
    buffer_add_text(&all, words);
    buffer_add_text(&all, is_seen ? "" : ", ");
    buffer_add_text(&all, seen);
    is_said = put_words(drawing, buffer_text(&all), first, last, color);
    is_seen |= is_said;
    if (!is_said)
        is_said = put_words(drawing, words, first, last, color);
    put_ticks(drawing);
    print_label(drawing, row);
    print_glyphs(drawing);
    end_line(drawing);
    if (!is_said)
        print_words(drawing, buffer_text(&all), color);
    else if (!is_seen)
        print_words(drawing, seen, NULL);
    buffer_release(&all);
}

static void print_text(struct drawing *drawing, const struct picture_row *row, const char *color)
{
    size_t indent = row->depth > 0 ? drawing->time_width + 2 + INDENT * row->depth : 0;

    add_spaces(drawing->out, indent);
    add_color(drawing, color);
    add_cut(drawing, drawing->out, picture_text(drawing->picture, row->label),
            drawing->options->width - indent);
    add_color(drawing, NULL);
    buffer_add_char(drawing->out, '\n');
}

static void print_alive(struct drawing *drawing, const struct picture_row *row)
{
    struct picture_row text = *row;

    text.depth = 0;
    print_text(drawing, &text, row->is_bad ? red : dim);
    clear_glyphs(drawing);
    put_counts(drawing, row);
    put_ticks(drawing);
    add_spaces(drawing->out, drawing->time_width + 2 + drawing->label_width + 2);
    print_glyphs(drawing);
    end_line(drawing);
}

/* The numbers of the scale, and below them the scale. */
static void print_axis(struct drawing *drawing)
{
    const struct picture *picture = drawing->picture;
    bool unicode = drawing->options->unicode;
    struct buffer label = {0};

    for (int line = 0; line < 2; line++) {
        clear_glyphs(drawing);
        for (size_t i = 0; line == 1 && i < drawing->cells; i++)
            put(drawing, i, unicode ? "\u2500" : "-", dim);
        for (int64_t ns = axis_first(picture->from_ns, drawing->tick_ns); ns <= picture->to_ns;
             ns += drawing->tick_ns) {
            size_t cell = raster_at(picture, ns, drawing->cells);
            buffer_clear(&label);
            axis_label(&label, ns, drawing->tick_ns, picture->to_ns);
            if (cell >= drawing->cells)
                cell = drawing->cells - 1;
            if (line == 1)
                put(drawing, cell, unicode ? cell > 0 ? "\u252C" : "\u250C" : "+", dim);
            else if (cell + label.length <= drawing->room)
                put_text(drawing, cell, buffer_text(&label), dim);
        }
        add_spaces(drawing->out, drawing->time_width - 2);
        add_color(drawing, dim);
        buffer_add_text(drawing->out, line == 0 ? "ms" : "  ");
        add_color(drawing, NULL);
        add_spaces(drawing->out, 2 + drawing->label_width + 2);
        print_glyphs(drawing);
        end_line(drawing);
    }
    buffer_release(&label);
}

/* What the signs mean, of those that were drawn. */
static void print_legend(struct drawing *drawing)
{
    static const char shares[] = "(shares of a bar, in no order)";
    bool unicode = drawing->options->unicode, is_any = false;
    size_t used = 0;

    for (int i = 0; i < PART_STYLES; i++) {
        size_t width;
        if (!drawing->used[i] || looks[i].meaning == NULL)
            continue;
        width = 2 + strlen(looks[i].meaning) + 2;
        if (used > 0 && used + width > drawing->options->width + 2) {
            end_line(drawing);
            used = 0;
        }
        used += width;
        if (looks[i].color != NULL)
            add_color(drawing, looks[i].color);
        buffer_add_text(drawing->out, unicode ? looks[i].cell : looks[i].ascii);
        add_color(drawing, NULL);
        buffer_format(drawing->out, " %s  ", looks[i].meaning);
        is_any = true;
    }
    if (drawing->used[PART_COMPUTING] && drawing->used[PART_WAITING]) {
        if (used + sizeof shares > drawing->options->width)
            end_line(drawing);
        add_color(drawing, dim);
        buffer_add_text(drawing->out, shares);
        add_color(drawing, NULL);
    }
    if (is_any)
        end_line(drawing);
}

/* How wide the columns of times and labels are. */
static void find_widths(struct drawing *drawing)
{
    const struct picture *picture = drawing->picture;
    size_t width = drawing->options->width, most = width * 3 / 10;
    struct buffer time = {0};

    drawing->time_width = 5;
    drawing->label_width = 8;
    for (size_t i = 0; i < picture->row_count; i++) {
        const struct picture_row *row = &picture->rows[i];
        const char *label = picture_text(picture, row->label);
        size_t label_width = INDENT * row->depth + escape_display_width(label, strlen(label));
        if (row->t_ns == LANES_UNKNOWN)
            continue;
        buffer_clear(&time);
        human_ms(&time, row->t_ns);
        if (time.length > drawing->time_width)
            drawing->time_width = time.length;
        if (label_width > drawing->label_width)
            drawing->label_width = label_width;
    }
    buffer_release(&time);
    if (drawing->label_width > most)
        drawing->label_width = most;
    drawing->room = width - drawing->time_width - drawing->label_width - 4;
}

/* Behind the scale there is room for the words of what fills most of it. */
static void find_room_for_words(struct drawing *drawing)
{
    const struct picture *picture = drawing->picture;
    size_t most = 0;

    for (size_t i = 0; i < picture->row_count; i++) {
        const struct picture_row *row = &picture->rows[i];
        const char *words = picture_text(picture, row->words);
        size_t width = escape_display_width(words, strlen(words)) + 2;
        if (row->t_ns == LANES_UNKNOWN || width <= most || width > drawing->room / 3)
            continue;
        if (raster_at(picture, row->t_ns, drawing->room) < width + 1 &&
            raster_at(picture, row->end_ns, drawing->room) + width > drawing->room)
            most = width;
    }
    drawing->cells = drawing->room - most;
}

static void print_any_row(struct drawing *drawing, const struct picture_row *row)
{
    if (row->kind == PICTURE_TITLE)
        print_text(drawing, row, bold);
    else if (row->kind == PICTURE_NOTE)
        print_text(drawing, row, dim);
    else if (row->kind == PICTURE_AXIS)
        print_axis(drawing);
    else if (row->kind == PICTURE_ALIVE || row->kind == PICTURE_RATE)
        print_alive(drawing, row);
    else
        print_row(drawing, row);
}

void draw_text(const struct picture *picture, const struct draw_text_options *options,
               struct buffer *out)
{
    struct drawing drawing = {.picture = picture, .options = options, .out = out};

    find_widths(&drawing);
    find_room_for_words(&drawing);
    drawing.tick_ns = axis_step(picture->to_ns - picture->from_ns, drawing.cells / CELLS_PER_TICK);
    drawing.steps = calloc(drawing.cells * RASTER_STEPS, sizeof *drawing.steps);
    drawing.counts = calloc(drawing.cells + 1, sizeof *drawing.counts);
    drawing.glyphs = calloc(drawing.room, sizeof *drawing.glyphs);
    if (drawing.steps == NULL || drawing.counts == NULL || drawing.glyphs == NULL)
        out->failed = true;
    for (size_t i = 0; !out->failed && i < picture->row_count; i++) {
        if (i > 0 && picture->rows[i].kind == PICTURE_TITLE)
            buffer_add_char(out, '\n');
        print_any_row(&drawing, &picture->rows[i]);
    }
    if (!out->failed)
        print_legend(&drawing);
    free(drawing.steps);
    free(drawing.counts);
    free(drawing.glyphs);
}
