/* See picture.h. Text of the target is made harmless before it is cut. */
#include "live/picture.h"

#include "escape.h"
#include "fitting.h"
#include "human.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIXED_LINES = 6, /* the head with an empty line, the heading of processes, the keys */
    LOADS_HEAD = 2,
    PROCESSES_LEAST = 3,
    COLUMNS_WIDE = 110,
    NAME_NARROW = 16,
    NAME_WIDE = 28
};

const char *const picture_sort_names[SORTS] = {
    [SORT_CPU] = "cpu", [SORT_PID] = "pid", [SORT_NAME] = "name", [SORT_QUIET] = "quiet"};
const char picture_sort_keys[SORTS] = {
    [SORT_CPU] = 'c', [SORT_PID] = 'p', [SORT_NAME] = 'n', [SORT_QUIET] = 't'};

/* A picture while it is drawn. */
struct drawing {
    const struct picture *picture;
    struct buffer *out, line; /* line: harmless text without an end */
    size_t rows_left;
};

static void add_text(struct drawing *drawing, const char *text)
{
    escape_for_terminal(&drawing->line, text, strlen(text));
}

/* Cut or filled up to so many cells. */
static void add_cell(struct drawing *drawing, const char *text, size_t width, enum fitting fitting)
{
    struct buffer harmless = {0};
    size_t shown;

    escape_for_terminal(&harmless, text, strlen(text));
    shown = escape_display_width(buffer_text(&harmless), harmless.length);
    fitting_add(&drawing->line, buffer_text(&harmless), harmless.length, width, fitting);
    for (; shown < width; shown++)
        buffer_add_char(&drawing->line, ' ');
    buffer_release(&harmless);
}

/* To the right of so many cells; nothing but blanks if it is not known. */
static void add_right(struct drawing *drawing, size_t width, bool is_known,
                      void (*add)(struct buffer *, int64_t), int64_t value)
{
    struct buffer text = {0};

    if (is_known)
        add(&text, value);
    for (size_t i = text.length; i < width; i++)
        buffer_add_char(&drawing->line, ' ');
    buffer_add_text(&drawing->line, buffer_text(&text));
    buffer_release(&text);
}

/* Ends the line, in a colour ("" for none). */
static void end_line(struct drawing *drawing, const char *color)
{
    const struct picture *picture = drawing->picture;

    while (drawing->line.length > 0 && drawing->line.data[drawing->line.length - 1] == ' ')
        drawing->line.data[--drawing->line.length] = '\0';
    if (drawing->rows_left > 0) {
        bool has_color = picture->color && *color != '\0' && drawing->line.length > 0;
        buffer_add_text(drawing->out, has_color ? color : "");
        fitting_add(drawing->out, buffer_text(&drawing->line), drawing->line.length,
                    picture->columns, FITTING_END);
        buffer_add_text(drawing->out, has_color ? "\x1B[0m" : "");
        buffer_add_text(drawing->out, picture->is_screen ? "\x1B[K" : "");
        drawing->rows_left--;
        if (drawing->rows_left > 0 || !picture->is_screen)
            buffer_add_char(drawing->out, '\n');
    }
    buffer_clear(&drawing->line);
}

static void add_percent(struct drawing *drawing, double share)
{
    buffer_format(&drawing->line, "%.1f%%", 100 * share);
}

/* How long ago that was; never less than nothing, whatever a file says. */
static int64_t since(int64_t now_ns, int64_t then_ns)
{
    uint64_t passed = now_ns > then_ns ? (uint64_t)now_ns - (uint64_t)then_ns : 0;

    return passed < INT64_MAX ? (int64_t)passed : INT64_MAX;
}

static void draw_head(struct drawing *drawing, const struct watch *watch)
{
    struct buffer *line = &drawing->line;

    add_text(drawing, drawing->picture->title);
    buffer_add_text(line, ", ");
    add_text(drawing, buffer_text(&watch->state));
    buffer_add_text(line, " for ");
    human_duration(line, watch->elapsed_ns);
    buffer_add_text(line, ": ");
    add_text(drawing, buffer_text(&watch->command_line));
    end_line(drawing, "\x1B[1m");
    human_count(line, watch->events);
    buffer_add_text(line, watch->events == 1 ? " event" : " events");
    if (watch->rate >= 0)
        buffer_format(line, " (%.0f/s)", watch->rate);
    buffer_format(line, ", %" PRId64 " load%s, %" PRId64 " exception%s, held ", watch->loads,
                  watch->loads == 1 ? "" : "s", watch->exceptions,
                  watch->exceptions == 1 ? "" : "s");
    human_duration(line, watch->hold_ns);
    if (watch->elapsed_ns > 0) {
        buffer_add_text(line, " (");
        add_percent(drawing, (double)watch->hold_ns / (double)watch->elapsed_ns);
        if (watch->hold_share >= 0) {
            buffer_add_text(line, ", now ");
            add_percent(drawing, watch->hold_share);
        }
        buffer_add_char(line, ')');
    }
    end_line(drawing, "");
    if (watch->is_recording) {
        if (watch->elapsed_ns > watch->last_t_ns) {
            buffer_add_text(line, "last event ");
            human_duration(line, since(watch->elapsed_ns, watch->last_t_ns));
            buffer_add_text(line, " ago; ");
        }
        buffer_add_text(line, "events come here in batches, a quarter of a second late or less");
        end_line(drawing, "\x1B[2m");
    }
    end_line(drawing, "");
}

static void draw_process(struct drawing *drawing, struct watch *watch,
                         const struct watched *process)
{
    char percent[32], doing[WATCH_DOING_BYTES];
    bool is_wide = drawing->picture->columns >= COLUMNS_WIDE;

    watch_doing(watch, process, doing);
    snprintf(percent, sizeof percent, "%5.1f", process->percent);
    buffer_format(&drawing->line, "%7" PRId64 " %s ", process->pid,
                  process->percent >= 0 ? percent : "     ");
    add_right(drawing, 9, process->cpu_ns >= 0, human_duration, process->cpu_ns);
    add_right(drawing, 10, process->last_t_ns >= 0, human_duration,
              since(watch->elapsed_ns, process->last_t_ns));
    buffer_add_text(&drawing->line, "  ");
    add_cell(drawing, process->name[0] != '\0' ? process->name : "?",
             is_wide ? NAME_WIDE : NAME_NARROW, FITTING_MIDDLE);
    buffer_add_text(&drawing->line, "  ");
    add_text(drawing, doing);
    end_line(drawing, process->percent >= 50 ? "\x1B[33m" : "");
}

static const struct watched *of(const void *pointer)
{
    return *(const struct watched *const *)pointer;
}

static int compare(int64_t left, int64_t right)
{
    return (left > right) - (left < right);
}

static int by_pid(const void *a, const void *b)
{
    int order = compare(of(a)->pid, of(b)->pid);

    return order != 0 ? order : compare(of(a)->id, of(b)->id);
}

static int by_cpu(const void *a, const void *b)
{
    int order = compare(of(b)->cpu_ns, of(a)->cpu_ns);

    if (of(a)->percent != of(b)->percent)
        return of(a)->percent < of(b)->percent ? 1 : -1;
    return order != 0 ? order : by_pid(a, b);
}

static int by_name(const void *a, const void *b)
{
    int order = strcmp(of(a)->name, of(b)->name);

    return order != 0 ? order : by_pid(a, b);
}

static int by_quiet(const void *a, const void *b)
{
    int order = compare(of(a)->last_t_ns, of(b)->last_t_ns);

    return order != 0 ? order : by_pid(a, b);
}

static int (*const orders[SORTS])(const void *, const void *) = {
    [SORT_CPU] = by_cpu, [SORT_PID] = by_pid, [SORT_NAME] = by_name, [SORT_QUIET] = by_quiet};

static void draw_processes(struct drawing *drawing, struct watch *watch, size_t room)
{
    size_t count = watch->process_count, shown = count <= room ? count : room - (room > 0);
    const struct watched **order = malloc((count + 1) * sizeof *order);

    if (order == NULL) {
        drawing->line.failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        order[i] = &watch->processes[i];
    qsort(order, count, sizeof *order, orders[drawing->picture->sort]);
    buffer_format(&drawing->line, "    pid  cpu%%  cpu time     quiet  %-*s  main thread",
                  drawing->picture->columns >= COLUMNS_WIDE ? NAME_WIDE : NAME_NARROW, "program");
    end_line(drawing, "\x1B[7m");
    for (size_t i = 0; i < shown; i++)
        draw_process(drawing, watch, order[i]);
    free(order);
    if (shown < count && room > 0) {
        buffer_format(&drawing->line, "        and %zu more", count - shown);
        end_line(drawing, "\x1B[2m");
    }
}

static void draw_loads(struct drawing *drawing, const struct watch *watch, size_t room)
{
    size_t name = drawing->picture->columns >= COLUMNS_WIDE ? 40 : 24,
           before = 12 + 1 + 7 + 2 + name + 2;

    if (watch->process_count > 0)
        end_line(drawing, "");
    buffer_format(&drawing->line, "%12s %7s  %-*s  folder", "ms", "pid", (int)name, "last loads");
    end_line(drawing, "\x1B[7m");
    for (size_t i = 0; i < watch->load_count && i < room; i++) {
        const struct watch_load *load = &watch->last_loads[i];
        add_right(drawing, 12, true, human_ms, load->t_ns);
        buffer_format(&drawing->line, " %7" PRId64 "  ", load->pid);
        add_cell(drawing, load->name, name, FITTING_MIDDLE);
        buffer_add_text(&drawing->line, "  ");
        if (drawing->picture->columns > before)
            add_cell(drawing, load->folder, drawing->picture->columns - before, FITTING_PATH);
        end_line(drawing, "");
    }
}

static void draw_keys(struct drawing *drawing)
{
    buffer_add_text(&drawing->line, "q quit   sort:");
    for (int i = 0; i < SORTS; i++)
        buffer_format(&drawing->line,
                      drawing->picture->sort == (enum picture_sort)i ? " [%c %s]" : "  %c %s ",
                      picture_sort_keys[i], picture_sort_names[i]);
    end_line(drawing, "\x1B[2m");
}

/* How many loads are shown, of which a third of the lines is, but never all processes' lines. */
static size_t room_for_loads(const struct watch *watch, const struct picture *picture)
{
    size_t loads = watch->load_count < picture->rows / 3 ? watch->load_count : picture->rows / 3,
           least = watch->process_count < PROCESSES_LEAST ? watch->process_count : PROCESSES_LEAST,
           others = FIXED_LINES + LOADS_HEAD + least;

    if (picture->rows <= others)
        return 0;
    return loads < picture->rows - others ? loads : picture->rows - others;
}

void picture_draw(struct watch *watch, const struct picture *picture, struct buffer *out)
{
    struct drawing drawing = {picture, out, {0}, picture->rows};
    size_t loads = room_for_loads(watch, picture),
           others = FIXED_LINES + (loads > 0 ? loads + LOADS_HEAD : 0),
           rest = picture->rows > others ? picture->rows - others : 0;

    buffer_add_text(out, picture->is_screen ? "\x1B[H" : "");
    draw_head(&drawing, watch);
    if (watch->process_count > 0)
        draw_processes(&drawing, watch, rest);
    if (loads > 0)
        draw_loads(&drawing, watch, loads);
    while (picture->is_screen && drawing.rows_left > 1)
        end_line(&drawing, "");
    if (picture->is_screen)
        draw_keys(&drawing);
    out->failed |= drawing.line.failed;
    buffer_release(&drawing.line);
}
