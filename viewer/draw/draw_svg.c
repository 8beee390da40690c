/* See draw_svg.h. */
#include "draw_svg.h"

#include "axis.h"
#include "escape.h"
#include "human.h"
#include "raster.h"
#include "xml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All in pixels; text is taken to be so wide on the average. */
enum {
    WIDTH = 1200,
    MARGIN = 16,
    TIME_END = 86,
    LABEL = 98,
    AREA = 380,
    ROW = 20,
    LOOKS = 16, /* a line of what was seen, below a row */
    ALIVE_HEIGHT = 28,
    INDENT = 14,
    TICKS = 8
};
static const double character_px = 6.6;

struct drawing {
    const struct picture *picture;
    struct buffer *out;
    double area_end; /* where the scale ends; behind it is room for words */
    double y;
    double axis_y; /* of the section that is drawn */
    struct raster_step *steps;
    size_t *counts;
    bool used[PART_STYLES];
    int64_t tick_ns;
};

static const char *const classes[PART_STYLES] = {"computing", "waiting",      "held",    "unknown",
                                                 "loader",    "constructors", "program", "mark",
                                                 "thread",    "failed",       "failed",  "alive"};

static const char *const meanings[PART_STYLES] = {
    [PART_COMPUTING] = "computing",
    [PART_WAITING] = "waiting",
    [PART_HELD] = "held by the recorder",
    [PART_UNKNOWN] = "computing or waiting",
    [PART_LOADER] = "loader",
    [PART_CONSTRUCTORS] = "constructors",
    [PART_PROGRAM] = "program",
    [PART_MARK] = "after a mark",
    [PART_EXCEPTION] = "exception",
    [PART_FAILED] = "not loaded",
};

static const char style[] =
    "<style>\n"
    "svg { --back: #fff; --text: #1f2328; --soft: #59636e; --grid: #e4e8ec; --computing: #1a7f37; "
    "--waiting: #f2cc60; --held: #bf3989; --unknown: #8c959f; --loader: #0969da; --constructors: "
    "#8250df; --program: #1b7c83; --mark: #bc4c00; --failed: #cf222e; --alive: #54aeff; "
    "--tint: .2 }\n"
    "@media (prefers-color-scheme: dark) { svg { --back: #0d1117; --text: #e6edf3; --soft: "
    "#9198a1; --grid: #262c36; --computing: #3fb950; --waiting: #845306; --held: #db61a2; "
    "--unknown: #656c76; --loader: #58a6ff; --constructors: #bc8cff; --program: #39c5cf; --mark: "
    "#f0883e; --failed: #ff7b72; --alive: #1f6feb; --tint: .28 } }\n"
    "text { font: 12px system-ui, sans-serif; fill: var(--text); font-variant-numeric: "
    "tabular-nums; white-space: pre }\n"
    ".back { fill: var(--back) } .title { font-size: 15px; font-weight: 600 } .soft { fill: "
    "var(--soft) } .bold { font-weight: 600 } .end { text-anchor: end } .middle { text-anchor: "
    "middle } .bad { fill: var(--failed) } .grid { stroke: var(--grid) } .tint { fill-opacity: "
    "var(--tint) }\n"
    ".row:hover .hover { fill: var(--grid); fill-opacity: .5 } .hover { fill: transparent }\n"
    ".computing { fill: var(--computing) } .waiting { fill: var(--waiting) } .held { fill: "
    "var(--held) } .unknown, .thread { fill: var(--unknown) } .thread { stroke: var(--unknown) } "
    ".loader { fill: var(--loader); stroke: var(--loader) } .constructors { fill: "
    "var(--constructors); stroke: var(--constructors) } .program { fill: var(--program); stroke: "
    "var(--program) } .mark { fill: var(--mark); stroke: var(--mark) } .failed { fill: "
    "var(--failed); stroke: var(--failed) } .alive { fill: var(--alive) }\n"
    "</style>\n";

static double x_of(const struct drawing *drawing, int64_t ns)
{
    double span = (double)(drawing->picture->to_ns - drawing->picture->from_ns),
           at = (double)(ns - drawing->picture->from_ns) / (span > 0 ? span : 1);

    return AREA + (drawing->area_end - AREA) * (at < 0 ? 0 : at > 1 ? 1 : at);
}

static double width_of(const char *text)
{
    return character_px * (double)escape_display_width(text, strlen(text));
}

static void add_text(struct drawing *drawing, double x, double y, const char *class,
                     const char *text)
{
    buffer_format(drawing->out, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
    xml_add(drawing->out, text);
    buffer_add_text(drawing->out, "</text>\n");
}

/* The text, cut to so many characters. */
static void add_cut_text(struct drawing *drawing, double x, double y, const char *class,
                         const char *text, double px)
{
    size_t length = strlen(text), most = px > character_px ? (size_t)(px / character_px) : 1;
    struct buffer cut = {0};

    if (escape_display_width(text, length) <= most) {
        add_text(drawing, x, y, class, text);
        return;
    }
    buffer_add(&cut, text, escape_fitting_bytes(text, length, most - 1));
    buffer_add_text(&cut, "\u2026");
    add_text(drawing, x, y, class, buffer_text(&cut));
    drawing->out->failed |= cut.failed;
    buffer_release(&cut);
}

static void add_rect(struct drawing *drawing, double x, double end, double y, double height,
                     const char *class)
{
    buffer_format(drawing->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" ", x, y,
                  end - x > 1 ? end - x : 1);
    buffer_format(drawing->out, "height=\"%.1f\" class=\"%s\"/>\n", height, class);
}

static void add_line(struct drawing *drawing, double x, double y, double to_x, double to_y,
                     const char *class)
{
    buffer_format(drawing->out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" ", x, y, to_x);
    buffer_format(drawing->out, "y2=\"%.1f\" class=\"%s\"/>\n", to_y, class);
}

static void add_cross(struct drawing *drawing, double x, double y)
{
    buffer_format(drawing->out, "<path d=\"M%.1f %.1fl8 8m0 -8l-8 8\" ", x - 4, y - 4);
    buffer_add_text(drawing->out, "class=\"failed\" fill=\"none\" stroke-width=\"2\"/>\n");
}

static bool is_point(const struct picture_part *part)
{
    return part->style == PART_EXCEPTION || part->style == PART_FAILED;
}

static bool is_visible(const struct drawing *drawing, const struct picture_part *part)
{
    return part->t_ns <= drawing->picture->to_ns && part->end_ns >= drawing->picture->from_ns;
}

static void add_bar(struct drawing *drawing, const struct picture_row *row)
{
    const struct picture_part *part = drawing->picture->parts + row->first_part;

    for (size_t i = row->part_count; i > 0; i--, part++) {
        if (!is_visible(drawing, part))
            continue;
        drawing->used[part->style] = true;
        if (is_point(part))
            add_cross(drawing, x_of(drawing, part->t_ns), drawing->y + ROW / 2.0);
        else
            add_rect(drawing, x_of(drawing, part->t_ns), x_of(drawing, part->end_ns),
                     drawing->y + 4, ROW - 8, classes[part->style]);
    }
}

/* Many bars: what is seen of them at each pixel. */
static void add_fold(struct drawing *drawing, const struct picture_row *row)
{
    size_t cells = (size_t)(drawing->area_end - AREA) / RASTER_STEPS, all = cells * RASTER_STEPS,
           first, last, at = 0, end;

    raster_fill(drawing->picture, row, drawing->steps, cells, &first, &last);
    for (; at < all; at = end) {
        unsigned char part = drawing->steps[at].style;
        for (end = at + 1; end < all && drawing->steps[end].style == part;)
            end++;
        if (part == RASTER_EMPTY)
            continue;
        drawing->used[part] = true;
        if (part == PART_FAILED || part == PART_EXCEPTION)
            add_cross(drawing, AREA + (double)at, drawing->y + ROW / 2.0);
        else
            add_rect(drawing, AREA + (double)at, AREA + (double)end, drawing->y + 5, ROW - 10,
                     classes[part]);
    }
}

static void add_phases(struct drawing *drawing, const struct picture_row *row)
{
    const struct picture_part *part = drawing->picture->parts + row->first_part;
    double y = drawing->y;

    for (size_t i = row->part_count; i > 0; i--, part++) {
        double x = x_of(drawing, part->t_ns), end = x_of(drawing, part->end_ns);
        const char *name = picture_text(drawing->picture, part->name);
        char class[32];
        if (!is_visible(drawing, part))
            continue;
        drawing->used[part->style] = true;
        snprintf(class, sizeof class, "%s tint", classes[part->style]);
        add_rect(drawing, x, end, y + 2, ROW - 4, class);
        add_line(drawing, x, y + 2, x, y + ROW - 2, classes[part->style]);
        if (width_of(name) + 8 < end - x)
            add_text(drawing, x + 5, y + 14.5, "", name);
    }
    add_line(drawing, x_of(drawing, row->t_ns), y + ROW - 2, x_of(drawing, row->end_ns),
             y + ROW - 2, "thread");
}

static void add_thread(struct drawing *drawing, const struct picture_row *row)
{
    double y = drawing->y + ROW / 2.0, x = x_of(drawing, row->t_ns),
           end = x_of(drawing, row->end_ns);

    add_line(drawing, x, y, end, y, "thread");
    add_line(drawing, x, y - 4, x, y + 4, "thread");
    add_line(drawing, end, y - 4, end, y + 4, "thread");
}

/* How much room there is to the left and to the right of what is drawn. */
static double room_left(const struct drawing *drawing, const struct picture_row *row)
{
    return x_of(drawing, row->t_ns) - AREA - 8;
}

static double room_right(const struct drawing *drawing, const struct picture_row *row)
{
    return WIDTH - MARGIN - x_of(drawing, row->end_ns) - 8;
}

static bool fits(const struct drawing *drawing, const struct picture_row *row, double width)
{
    return width <= room_left(drawing, row) || width <= room_right(drawing, row);
}

/* What was seen has a line of its own where it does not fit beside. */
static bool has_looks_below(const struct drawing *drawing, const struct picture_row *row)
{
    double width = width_of(picture_text(drawing->picture, row->words)) +
                   width_of(picture_text(drawing->picture, row->looks)) + 2 * character_px;

    return row->looks != TEXT_NONE && row->t_ns != LANES_UNKNOWN && !fits(drawing, row, width);
}

/* Words beside what is drawn: to the right if they fit there, else where there is more room. */
static void add_words(struct drawing *drawing, const struct picture_row *row)
{
    double right = room_right(drawing, row), left = room_left(drawing, row);
    const char *class = row->is_bad ? "bad" : "soft";
    struct buffer words = {0};
    char end_class[16];

    buffer_add_text(&words, picture_text(drawing->picture, row->words));
    if (row->looks != TEXT_NONE && !has_looks_below(drawing, row)) {
        buffer_add_text(&words, ", ");
        buffer_add_text(&words, picture_text(drawing->picture, row->looks));
    }
    snprintf(end_class, sizeof end_class, "%s end", class);
    if (width_of(buffer_text(&words)) <= right || right >= left)
        add_cut_text(drawing, WIDTH - MARGIN - right, drawing->y + 14, class, buffer_text(&words),
                     right);
    else
        add_cut_text(drawing, AREA + left, drawing->y + 14, end_class, buffer_text(&words), left);
    if (has_looks_below(drawing, row))
        add_cut_text(drawing, AREA, drawing->y + ROW + 11, "soft",
                     picture_text(drawing->picture, row->looks), WIDTH - MARGIN - AREA);
    drawing->out->failed |= words.failed;
    buffer_release(&words);
}

static double height_of_row(const struct drawing *drawing, const struct picture_row *row)
{
    if (row->kind == PICTURE_ALIVE || row->kind == PICTURE_RATE)
        return ROW + ALIVE_HEIGHT + 4;
    return has_looks_below(drawing, row) ? ROW + LOOKS : ROW;
}

static void begin_row(struct drawing *drawing, const struct picture_row *row)
{
    buffer_add_text(drawing->out, "<g class=\"row\"><title>");
    xml_add(drawing->out, picture_text(drawing->picture, row->details));
    buffer_add_text(drawing->out, "</title>\n");
    add_rect(drawing, MARGIN, WIDTH - MARGIN, drawing->y, height_of_row(drawing, row), "hover");
}

static void add_row(struct drawing *drawing, const struct picture_row *row)
{
    struct buffer time = {0};
    double indent = INDENT * (double)row->depth;
    const char *class = row->kind == PICTURE_PROCESS ? row->is_bad ? "bad bold" : "bold"
                        : row->is_bad                ? "bad"
                                                     : "";

    begin_row(drawing, row);
    human_ms(&time, row->t_ns);
    add_text(drawing, TIME_END, drawing->y + 14, "soft end", buffer_text(&time));
    add_cut_text(drawing, LABEL + indent, drawing->y + 14, class,
                 picture_text(drawing->picture, row->label), AREA - LABEL - indent - 8);
    if (row->kind == PICTURE_PROCESS)
        add_phases(drawing, row);
    else if (row->kind == PICTURE_THREAD)
        add_thread(drawing, row);
    else if (row->kind == PICTURE_FOLD)
        add_fold(drawing, row);
    else
        add_bar(drawing, row);
    add_words(drawing, row);
    buffer_add_text(drawing->out, "</g>\n");
    drawing->y += height_of_row(drawing, row);
    buffer_release(&time);
}

/* How many there are of what has no row: a hill. */
static void add_alive(struct drawing *drawing, const struct picture_row *row)
{
    size_t cells = (size_t)(drawing->area_end - AREA), most = 1;
    double base;

    buffer_add_text(drawing->out, "<g class=\"row\">\n");
    add_cut_text(drawing, LABEL, drawing->y + 14, row->is_bad ? "bad" : "soft",
                 picture_text(drawing->picture, row->label), WIDTH - MARGIN - LABEL);
    drawing->y += ROW;
    base = drawing->y + ALIVE_HEIGHT;
    raster_count(drawing->picture, row, drawing->counts, cells);
    for (size_t i = 0; i < cells; i++)
        most = drawing->counts[i] > most ? drawing->counts[i] : most;
    buffer_format(drawing->out, "<path class=\"alive\" d=\"M%d %.1f", (int)AREA, base);
    for (size_t i = 0; i < cells; i++)
        if (i == 0 || drawing->counts[i] != drawing->counts[i - 1])
            buffer_format(drawing->out, "H%zuV%.1f", AREA + i,
                          base - ALIVE_HEIGHT * (double)drawing->counts[i] / (double)most);
    buffer_format(drawing->out, "H%.1fV%.1fz\"/>\n</g>\n", drawing->area_end, base);
    drawing->y = base + 4;
}

/* The scale, and lines that go on down to where the section ends. */
static void add_axis(struct drawing *drawing, double end_y)
{
    const struct picture *picture = drawing->picture;
    struct buffer label = {0};

    for (int64_t ns = axis_first(picture->from_ns, drawing->tick_ns); ns <= picture->to_ns;
         ns += drawing->tick_ns) {
        double x = x_of(drawing, ns);
        buffer_clear(&label);
        axis_label(&label, ns, drawing->tick_ns, picture->to_ns);
        add_line(drawing, x, drawing->axis_y + 18, x, end_y, "grid");
        add_text(drawing, x, drawing->axis_y + 13, "soft middle", buffer_text(&label));
    }
    add_text(drawing, TIME_END, drawing->axis_y + 13, "soft end", "ms");
    buffer_release(&label);
}

/* How high the rows from one on are, up to the next run. */
static double height_of(const struct drawing *drawing, size_t first)
{
    const struct picture *picture = drawing->picture;
    double height = 0;

    for (size_t i = first; i < picture->row_count && picture->rows[i].kind != PICTURE_TITLE; i++)
        height += height_of_row(drawing, &picture->rows[i]);
    return height;
}

/* The words of what fills most of the scale have room behind it. */
static double find_area_end(struct drawing *drawing)
{
    double end = drawing->area_end = WIDTH - MARGIN - 70;

    for (size_t i = 0; i < drawing->picture->row_count; i++) {
        const struct picture_row *row = &drawing->picture->rows[i];
        double width = width_of(picture_text(drawing->picture, row->words));
        if (row->t_ns != LANES_UNKNOWN && width < 320 && !fits(drawing, row, width) &&
            WIDTH - MARGIN - width - 8 < end)
            end = WIDTH - MARGIN - width - 8;
    }
    return end;
}

static void add_any_row(struct drawing *drawing, size_t index)
{
    const struct picture_row *row = &drawing->picture->rows[index];
    const char *label = picture_text(drawing->picture, row->label);

    switch (row->kind) {
    case PICTURE_TITLE:
        drawing->y += index > 0 ? ROW : 0;
        add_cut_text(drawing, MARGIN, drawing->y + 15, "title", label, WIDTH - 3.0 * MARGIN);
        drawing->y += ROW + 4;
        break;
    case PICTURE_NOTE:
        add_cut_text(drawing, row->depth > 0 ? LABEL + INDENT * (double)row->depth : MARGIN,
                     drawing->y + 14, "soft", label, WIDTH - LABEL - 2.0 * MARGIN);
        drawing->y += ROW;
        break;
    case PICTURE_AXIS:
        drawing->axis_y = drawing->y + 4;
        add_axis(drawing, drawing->y + height_of(drawing, index));
        drawing->y += ROW + 4;
        break;
    case PICTURE_ALIVE:
    case PICTURE_RATE:
        add_alive(drawing, row);
        break;
    default:
        add_row(drawing, row);
    }
}

static void add_legend(struct drawing *drawing)
{
    double x = MARGIN, y = drawing->y + 10;
    char class[32];

    for (int i = 0; i < PART_STYLES; i++) {
        if (!drawing->used[i] || meanings[i] == NULL)
            continue;
        snprintf(class, sizeof class, "%s%s", classes[i], i >= PART_LOADER ? " tint" : "");
        if (i == PART_EXCEPTION || i == PART_FAILED)
            add_cross(drawing, x + 6, y + 8);
        else
            add_rect(drawing, x, x + 12, y + 2, 12, class);
        add_text(drawing, x + 18, y + 12, "soft", meanings[i]);
        x += 18 + width_of(meanings[i]) + 14;
    }
    if (drawing->used[PART_COMPUTING] && drawing->used[PART_WAITING])
        add_text(drawing, x, y + 12, "soft", "(shares of a bar, in no order)");
    drawing->y += 2 * ROW;
}

void draw_svg(const struct picture *picture, const char *title, struct buffer *out)
{
    struct buffer body = {0};
    struct drawing drawing = {.picture = picture, .out = &body, .y = MARGIN};

    drawing.area_end = find_area_end(&drawing);
    drawing.tick_ns = axis_step(picture->to_ns - picture->from_ns, TICKS);
    drawing.steps = calloc(WIDTH, sizeof *drawing.steps);
    drawing.counts = calloc(WIDTH, sizeof *drawing.counts);
    out->failed |= drawing.steps == NULL || drawing.counts == NULL;
    for (size_t i = 0; !out->failed && i < picture->row_count; i++)
        add_any_row(&drawing, i);
    if (!out->failed)
        add_legend(&drawing);
    buffer_format(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" ", (int)WIDTH);
    buffer_format(out, "height=\"%.0f\" viewBox=\"0 0 %d %.0f\" ", drawing.y, (int)WIDTH,
                  drawing.y);
    buffer_add_text(out, "role=\"img\" aria-labelledby=\"title\">\n<title id=\"title\">");
    xml_add(out, title);
    buffer_add_text(out, "</title>\n");
    buffer_add_text(out, style);
    buffer_add_text(out, "<rect width=\"100%\" height=\"100%\" class=\"back\"/>\n");
    buffer_add(out, buffer_text(&body), body.length);
    buffer_add_text(out, "</svg>\n");
    out->failed |= body.failed;
    buffer_release(&body);
    free(drawing.steps);
    free(drawing.counts);
}
