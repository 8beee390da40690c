/* See timeline_picture.h. */
#include "timeline_picture.h"

#include "text.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 1000, GUTTER = 180, LANE = 24, AXIS = 22, LETTER = 7, TICKS = 8 };

struct picture {
    struct page *page;
    const struct lanes *lanes; /* whose processes are drawn */
    double ns;                 /* how long the picture lasts */
    int y;
};

static double x_of(const struct picture *picture, int64_t t_ns)
{
    double share = picture->ns > 0 ? (double)t_ns / picture->ns : 0;

    return GUTTER + (WIDTH - GUTTER) * (share < 0 ? 0 : share > 1 ? 1 : share);
}

static size_t lanes_shown(const struct lanes *lanes)
{
    return lanes->process_count < PICTURE_LANES_AT_MOST ? lanes->process_count
                                                        : PICTURE_LANES_AT_MOST;
}

/* Of a text what has room in so many units. */
static void add_label(struct picture *picture, double x, int y, const char *text, double room,
                      const char *class)
{
    size_t letters = room > LETTER ? (size_t)(room / LETTER) : 0, length = strlen(text),
           kept = text_cut(text, length, letters);
    char label[256];

    if (kept < 3 && kept < length)
        return;
    snprintf(label, sizeof label, "%.*s%s", (int)(kept < 200 ? kept : 200), text,
             kept < length ? "\xE2\x80\xA6" : "");
    buffer_format(&picture->page->line, "<text x=\"%.1f\" y=\"%d\"%s>", x, y, class);
    page_text(picture->page, label);
    page_markup(picture->page, "</text>");
}

static void add_box(struct picture *picture, const char *class, double from, double to, int y,
                    int height)
{
    buffer_format(&picture->page->line,
                  "<rect class=\"%s\" x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\"/>", class,
                  from, y, to - from, height);
}

static void add_phases(struct picture *picture, const struct lane_process *process)
{
    static const char *const classes[] = {"loader", "constructors", "program", "marked", "unknown"};
    const struct lane_phase *phase = picture->lanes->phases + process->first_phase;

    for (size_t i = 0; i < process->phase_count; i++, phase++)
        if (x_of(picture, phase->end_ns) - x_of(picture, phase->t_ns) > 0.2)
            add_box(picture, classes[phase->kind], x_of(picture, phase->t_ns),
                    x_of(picture, phase->end_ns), picture->y + 2, 3);
}

/* What follows an event: of that time what was computed, the rest was waiting. */
static void add_bar(struct picture *picture, const struct lane_bar *bar, double from, double to)
{
    double ns = (double)(bar->end_ns / 2 - bar->t_ns / 2) * 2 -
                (bar->held_ns > 0 ? (double)bar->held_ns : 0),
           share = bar->cpu_ns >= 0 && ns > 0 ? fmin(1, (double)bar->cpu_ns / ns) : 0;

    add_box(picture, bar->cpu_ns >= 0 ? "waiting" : "unknown", from, to, picture->y + 7, 12);
    if (share > 0)
        add_box(picture, "computing", from, from + (to - from) * share, picture->y + 7, 12);
    if (to - from > 40)
        add_label(picture, from + 5, picture->y + 17, lanes_text(picture->lanes, bar->name),
                  to - from - 10, "");
}

static void add_bars(struct picture *picture, const struct lane_process *process)
{
    const struct lane_bar *bar = picture->lanes->bars + process->first_bar;
    double drawn = 0;

    for (size_t i = 0; i < process->bar_count; i++, bar++) {
        double from = x_of(picture, bar->t_ns), to = x_of(picture, bar->end_ns);
        if (to - from > 0.5)
            add_bar(picture, bar, from, to);
        if (bar->what != LANE_FAILED && from - drawn < 0.7)
            continue;
        drawn = from;
        add_box(picture, lanes_what(bar->what), from, from + 1.5, picture->y + 7, 12);
    }
}

static void add_process(struct picture *picture, const struct lane_process *process)
{
    double indent = 8.0 * (double)(process->depth < 6 ? process->depth : 6);

    add_label(picture, 4 + indent, picture->y + 17, lanes_text(picture->lanes, process->name),
              GUTTER - 12 - indent, " class=\"name\"");
    add_phases(picture, process);
    add_bars(picture, process);
    page_markup(picture->page, "\n");
    page_flush(picture->page);
    picture->y += LANE;
}

static void add_exceptions(struct picture *picture, int top)
{
    const struct lanes *lanes = picture->lanes;

    for (size_t i = 0; i < lanes->exception_count; i++)
        if (lanes->exceptions[i].process < lanes_shown(lanes))
            buffer_format(&picture->page->line,
                          "<path class=\"exception\" d=\"M%.1f %dl4 4-4 4-4-4z\"/>",
                          x_of(picture, lanes->exceptions[i].t_ns),
                          top + LANE * (int)lanes->exceptions[i].process + 9);
    page_flush(picture->page);
}

/* A round number of nanoseconds, of which about TICKS have room. */
static double tick_of(double ns)
{
    double size = pow(10, floor(log10(fmax(ns, 1) / TICKS)));

    return size * (ns / TICKS > 5 * size ? 10 : ns / TICKS > 2 * size ? 5 : 2);
}

static void add_axis(struct picture *picture, int height)
{
    double tick = tick_of(picture->ns);

    for (double at = 0; at <= picture->ns; at += tick) {
        double x = x_of(picture, (int64_t)at);
        buffer_format(&picture->page->line, "<path class=\"grid\" d=\"M%.1f %dV%d\"/>", x, AXIS - 4,
                      height);
        if (x > WIDTH - 50)
            continue;
        buffer_format(&picture->page->line, "<text class=\"tick\" x=\"%.1f\" y=\"12\">", x + 2);
        page_duration(picture->page, (int64_t)at);
        page_markup(picture->page, "</text>\n");
    }
    page_flush(picture->page);
}

static void add_run(struct picture *picture, const struct lanes *lanes, size_t run, bool are_two)
{
    char title[40];
    int top;

    picture->lanes = lanes;
    if (are_two) {
        snprintf(title, sizeof title, "%c: run %lld", "AB"[run], (long long)lanes -> run);
        add_label(picture, 4, picture->y + 17, title, GUTTER, " class=\"run\"");
        picture->y += LANE;
    }
    top = picture->y;
    for (size_t i = 0; i < lanes_shown(lanes); i++)
        add_process(picture, &lanes->processes[i]);
    add_exceptions(picture, top);
}

void timeline_picture_write(struct page *page, const struct lanes *runs, size_t count)
{
    struct picture picture = {.page = page, .y = AXIS};
    int height = AXIS;

    for (size_t i = 0; i < count; i++) {
        height += LANE * (int)(lanes_shown(&runs[i]) + (count > 1));
        picture.ns = fmax(picture.ns, (double)runs[i].wall_ns);
    }
    buffer_format(&page->line, "<svg class=\"still\" viewBox=\"0 0 %d %d\" role=\"img\" ", WIDTH,
                  height);
    page_markup(page, "aria-label=\"Timeline: processes as lanes\">\n");
    add_axis(&picture, height);
    for (size_t i = 0; i < count; i++)
        add_run(&picture, &runs[i], i, count > 1);
    page_markup(page, "</svg>\n");
    page_flush(page);
}
