/* See lane_rows.h. */
#include "draw/lane_rows.h"

#include <string.h>

static const struct column columns[] = {
    {.name = "run", .style = STYLE_COUNT},
    {.name = "pid"},
    {.name = "process"},
    {.name = "tid"},
    {.name = "what", .style = STYLE_KIND},
    {.name = "name", .style = STYLE_TITLE},
    {.name = "t_ns", .style = STYLE_MS, .title = "ms"},
    {.name = "duration_ns", .style = STYLE_DURATION, .title = "took"},
    {.name = "held_ns", .style = STYLE_DURATION, .flags = COLUMN_HIDE_EMPTY, .title = "held"},
    {.name = "cpu_ns", .style = STYLE_DURATION, .flags = COLUMN_HIDE_EMPTY, .title = "cpu"},
    {.name = "waiting_ns", .style = STYLE_DURATION, .flags = COLUMN_HIDE_EMPTY, .title = "waited"},
    {.name = "is_open", .style = STYLE_COUNT, .flags = COLUMN_FOR_PROGRAMS},
    {.name = "note", .style = STYLE_WORDS, .flags = COLUMN_HIDE_EMPTY},
    {.name = "seq", .style = STYLE_COUNT, .flags = COLUMN_FOR_PROGRAMS},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* What all rows have; the rest is filled by their kind. */
struct lane_row {
    size_t process, thread;
    const char *what, *name, *note;
    int64_t t_ns, end_ns, seq;
    const struct lane_bar *bar;
    bool is_open;
};

static struct cell number(int64_t value)
{
    return cell_if(value != LANES_UNKNOWN, value);
}

static int print(struct output *output, const struct lanes *lanes, const struct lane_row *row,
                 struct trail_error *error)
{
    const struct lane_process *process = &lanes->processes[row->process];
    bool has_end = row->end_ns != LANES_UNKNOWN && row->t_ns != LANES_UNKNOWN;
    struct cell cells[COLUMNS] = {
        cell_integer(lanes->run),
        cell_integer(process->pid),
        cell_text(lanes_text(lanes, process->name)),
        cell_if(row->thread != LANES_NONE,
                row->thread != LANES_NONE ? lanes->threads[row->thread].tid : 0),
        cell_text(row->what),
        cell_text(row->name),
        number(row->t_ns),
        cell_if(has_end, has_end ? row->end_ns - row->t_ns : 0),
        number(row->bar != NULL ? row->bar->held_ns : LANES_UNKNOWN),
        number(row->bar != NULL ? row->bar->cpu_ns : LANES_UNKNOWN),
        number(row->bar != NULL ? lanes_waiting_ns(row->bar) : LANES_UNKNOWN),
        cell_integer(row->is_open),
        cell_text(row->note),
        cell_if(row->seq > 0, row->seq),
    };

    return output_row(output, cells, error);
}

static bool is_in_range(const struct lanes *lanes, int64_t t_ns, int64_t end_ns)
{
    return t_ns <= lanes->to_ns && (end_ns == LANES_UNKNOWN || end_ns >= lanes->from_ns);
}

static int print_bars(struct output *output, struct lanes *lanes, size_t process,
                      struct trail_error *error)
{
    const struct lane_bar *bar = lanes->bars + lanes->processes[process].first_bar;
    struct buffer looks = {0};
    int result = 0;

    for (size_t i = lanes->processes[process].bar_count; result == 0 && i > 0; i--, bar++) {
        if (!is_in_range(lanes, bar->t_ns, bar->end_ns))
            continue;
        buffer_clear(&looks);
        result = lanes_looks(lanes, bar, &looks, error);
        if (result == 0)
            result = print(output, lanes,
                           &(struct lane_row){.process = process,
                                              .thread = bar->thread,
                                              .what = lanes_what(bar->what),
                                              .name = lanes_text(lanes, bar->name),
                                              .note = buffer_text(&looks),
                                              .t_ns = bar->t_ns,
                                              .end_ns = bar->end_ns,
                                              .seq = bar->seq,
                                              .bar = bar,
                                              .is_open = bar->is_open},
                           error);
    }
    buffer_release(&looks);
    return result;
}

static int print_phases(struct output *output, const struct lanes *lanes, size_t process,
                        struct trail_error *error)
{
    const struct lane_phase *phase = lanes->phases + lanes->processes[process].first_phase;
    int result = 0;

    for (size_t i = lanes->processes[process].phase_count; result == 0 && i > 0; i--, phase++)
        if (phase->kind != PHASE_UNKNOWN && is_in_range(lanes, phase->t_ns, phase->end_ns))
            result = print(output, lanes,
                           &(struct lane_row){.process = process,
                                              .thread = LANES_NONE,
                                              .what = "phase",
                                              .name = lanes_phase_name(lanes, phase),
                                              .t_ns = phase->t_ns,
                                              .end_ns = phase->end_ns},
                           error);
    return result;
}

static int print_process(struct output *output, const struct lanes *lanes, size_t process,
                         struct trail_error *error)
{
    const struct lane_process *lane = &lanes->processes[process];

    return print(output, lanes,
                 &(struct lane_row){.process = process,
                                    .thread = LANES_NONE,
                                    .what = "process",
                                    .name = lanes_text(lanes, lane->command_line),
                                    .note = lanes_text(lanes, lane->exit),
                                    .t_ns = lane->t_ns,
                                    .end_ns = lane->end_ns,
                                    .is_open = lane->is_open},
                 error);
}

static int print_thread(struct output *output, const struct lanes *lanes, size_t thread,
                        struct trail_error *error)
{
    const struct lane_thread *lane = &lanes->threads[thread];

    return print(output, lanes,
                 &(struct lane_row){.process = lane->process,
                                    .thread = thread,
                                    .what = "thread",
                                    .name = lane->is_main ? "main" : lanes_text(lanes, lane->name),
                                    .t_ns = lane->t_ns,
                                    .end_ns = lane->end_ns,
                                    .is_open = lane->end_ns == LANES_UNKNOWN},
                 error);
}

static int print_exception(struct output *output, const struct lanes *lanes, size_t exception,
                           struct trail_error *error)
{
    const struct lane_exception *lane = &lanes->exceptions[exception];

    return print(output, lanes,
                 &(struct lane_row){.process = lane->process,
                                    .thread = lane->thread,
                                    .what = "exception",
                                    .name = lanes_text(lanes, lane->name),
                                    .note = lanes_text(lanes, lane->place),
                                    .t_ns = lane->t_ns,
                                    .end_ns = LANES_UNKNOWN,
                                    .seq = lane->seq},
                 error);
}

int lane_rows_begin(struct output *output, struct trail_error *error)
{
    return output_begin(output, columns, COLUMNS, error);
}

int lane_rows_print(struct output *output, struct lanes *lanes, struct trail_error *error)
{
    int result = 0;

    for (size_t i = 0; result == 0 && i < lanes->process_count; i++)
        if ((result = print_process(output, lanes, i, error)) == 0 &&
            (result = print_phases(output, lanes, i, error)) == 0)
            result = print_bars(output, lanes, i, error);
    for (size_t i = 0; result == 0 && i < lanes->thread_count; i++)
        if (is_in_range(lanes, lanes->threads[i].t_ns, lanes->threads[i].end_ns))
            result = print_thread(output, lanes, i, error);
    for (size_t i = 0; result == 0 && i < lanes->exception_count; i++)
        if (is_in_range(lanes, lanes->exceptions[i].t_ns, LANES_UNKNOWN))
            result = print_exception(output, lanes, i, error);
    return result;
}
