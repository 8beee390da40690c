/* See stats_rows.h. */
#include "stats_rows.h"

#include <math.h>

static const struct column columns[] = {
    {.name = "section", .flags = COLUMN_FOR_PROGRAMS},
    {.name = "process", .flags = COLUMN_HIDE_EMPTY},
    {.name = "name", .style = STYLE_TITLE},
    {.name = "other", .style = STYLE_TITLE, .flags = COLUMN_HIDE_EMPTY, .title = "before"},
    {.name = "presence", .flags = COLUMN_HIDE_EMPTY},
    {.name = "runs", .style = STYLE_COUNT, .flags = COLUMN_HIDE_EMPTY},
    {.name = "of_runs", .style = STYLE_COUNT, .flags = COLUMN_FOR_PROGRAMS},
    {.name = "least", .style = STYLE_COUNT, .flags = COLUMN_HIDE_EMPTY},
    {.name = "most", .style = STYLE_COUNT, .flags = COLUMN_HIDE_EMPTY},
    {.name = "median_ns", .style = STYLE_MS, .flags = COLUMN_HIDE_EMPTY, .title = "median ms"},
    {.name = "low_ns", .style = STYLE_MS, .flags = COLUMN_HIDE_EMPTY, .title = "25 %"},
    {.name = "high_ns", .style = STYLE_MS, .flags = COLUMN_HIDE_EMPTY, .title = "75 %"},
    {.name = "mad_ns", .style = STYLE_MS, .flags = COLUMN_FOR_PROGRAMS},
    {.name = "step_ns", .style = STYLE_MS, .flags = COLUMN_HIDE_EMPTY, .title = "step ms"},
    {.name = "held_ns", .style = STYLE_MS, .flags = COLUMN_HIDE_EMPTY, .title = "held ms"},
    {.name = "builds", .style = STYLE_COUNT, .flags = COLUMN_HIDE_EMPTY},
    {.name = "group", .style = STYLE_COUNT, .flags = COLUMN_HIDE_EMPTY},
    {.name = "note", .style = STYLE_PATH, .flags = COLUMN_HIDE_EMPTY, .title = ""},
};

const char *stats_part_name(enum stats_part part)
{
    static const char *const names[STATS_PARTS] = {"loads", "time", "gaps", "flaky", "order"};

    return names[part];
}

struct stats_row stats_row_of(enum stats_part part)
{
    return (struct stats_row){.part = part,
                              .runs = SIZE_MAX,
                              .of_runs = SIZE_MAX,
                              .least = SIZE_MAX,
                              .most = SIZE_MAX,
                              .builds = SIZE_MAX,
                              .group = SIZE_MAX,
                              .median = NAN,
                              .low = NAN,
                              .high = NAN,
                              .mad = NAN,
                              .step = NAN,
                              .held = NAN};
}

int stats_rows_begin(struct stats_rows *rows, struct output *output, const struct recordings *all,
                     struct trail_error *error)
{
    rows->output = output;
    rows->all = all;
    return output_begin(output, columns, sizeof columns / sizeof columns[0], error);
}

int stats_rows_add(struct stats_rows *rows, const struct stats_row *row, struct trail_error *error)
{
    const struct cell cells[] = {
        cell_text(stats_part_name(row->part)),
        cell_text(recordings_text(rows->all, row->role)),
        cell_text(recordings_text(rows->all, row->name)),
        cell_text(recordings_text(rows->all, row->other)),
        cell_text(row->presence),
        cell_count(row->runs),
        cell_count(row->of_runs),
        cell_count(row->least),
        cell_count(row->most),
        cell_ns(row->median),
        cell_ns(row->low),
        cell_ns(row->high),
        cell_ns(row->mad),
        cell_ns(row->step),
        cell_ns(row->held),
        cell_count(row->builds),
        cell_count(row->group),
        cell_text(row->note),
    };

    return output_row(rows->output, cells, error);
}
