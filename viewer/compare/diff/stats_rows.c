/* See stats_rows.h. */
#include "stats_rows.h"

#include <math.h>
#include <string.h>

/*
 * Data columns, and those for people, in one order: what only one of them has is left out of the
 * other.
 */
struct stats_column {
    struct column column;
    bool for_data, for_people;
    const char *human_name;
};

static const struct stats_column columns[STATS_COLUMNS] = {
    {{"section", STYLE_PLAIN, 0}, true, false, NULL},
    {{"process", STYLE_PLAIN, COLUMN_HIDE_EMPTY}, true, true, "process"},
    {{"name", STYLE_TITLE, 0}, true, true, "name"},
    {{"other", STYLE_TITLE, COLUMN_HIDE_EMPTY}, true, true, "before"},
    {{"presence", STYLE_PLAIN, COLUMN_HIDE_EMPTY}, true, true, "presence"},
    {{"runs", STYLE_COUNT, COLUMN_HIDE_EMPTY}, true, true, "runs"},
    {{"of_runs", STYLE_COUNT, 0}, true, false, NULL},
    {{"least", STYLE_COUNT, COLUMN_HIDE_EMPTY}, true, true, "least"},
    {{"most", STYLE_COUNT, COLUMN_HIDE_EMPTY}, true, true, "most"},
    {{"median_ns", STYLE_MS, COLUMN_HIDE_EMPTY}, true, true, "median ms"},
    {{"low_ns", STYLE_MS, COLUMN_HIDE_EMPTY}, true, true, "25 %"},
    {{"high_ns", STYLE_MS, COLUMN_HIDE_EMPTY}, true, true, "75 %"},
    {{"mad_ns", STYLE_MS, 0}, true, false, NULL},
    {{"step_ns", STYLE_MS, COLUMN_HIDE_EMPTY}, true, true, "step ms"},
    {{"held_ns", STYLE_MS, COLUMN_HIDE_EMPTY}, true, true, "held ms"},
    {{"builds", STYLE_COUNT, COLUMN_HIDE_EMPTY}, true, true, "builds"},
    {{"group", STYLE_COUNT, COLUMN_HIDE_EMPTY}, true, true, "group"},
    {{"note", STYLE_PLAIN, COLUMN_HIDE_EMPTY}, true, true, ""},
};

static bool is_wanted(const struct output *output, size_t column)
{
    return output->format->is_for_people ? columns[column].for_people : columns[column].for_data;
}

const char *stats_part_name(enum stats_part part)
{
    static const char *const names[STATS_PARTS] = {"loads", "time", "flaky", "order"};

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

static struct cell text_cell(const char *text)
{
    return text == NULL || *text == '\0'
               ? (struct cell){.type = CELL_NULL}
               : (struct cell){.type = CELL_TEXT, .text = text, .length = strlen(text)};
}

static struct cell count_cell(size_t count)
{
    return count == SIZE_MAX ? (struct cell){.type = CELL_NULL}
                             : (struct cell){.type = CELL_INTEGER, .integer = (int64_t)count};
}

static struct cell ns_cell(double ns)
{
    return isfinite(ns) ? (struct cell){.type = CELL_INTEGER, .integer = (int64_t)llround(ns)}
                        : (struct cell){.type = CELL_NULL};
}

int stats_rows_begin(struct stats_rows *rows, struct output *output, const struct recordings *all,
                     struct trail_error *error)
{
    size_t count = 0;

    rows->output = output;
    rows->all = all;
    for (size_t i = 0; i < STATS_COLUMNS; i++) {
        if (!is_wanted(output, i))
            continue;
        rows->columns[count] = columns[i].column;
        rows->columns[count++].name =
            output->format->is_for_people ? columns[i].human_name : columns[i].column.name;
    }
    return output_begin(output, rows->columns, count, error);
}

int stats_rows_add(struct stats_rows *rows, const struct stats_row *row, struct trail_error *error)
{
    const struct cell cells[STATS_COLUMNS] = {
        text_cell(stats_part_name(row->part)),
        text_cell(recordings_text(rows->all, row->role)),
        text_cell(recordings_text(rows->all, row->name)),
        text_cell(recordings_text(rows->all, row->other)),
        text_cell(row->presence),
        count_cell(row->runs),
        count_cell(row->of_runs),
        count_cell(row->least),
        count_cell(row->most),
        ns_cell(row->median),
        ns_cell(row->low),
        ns_cell(row->high),
        ns_cell(row->mad),
        ns_cell(row->step),
        ns_cell(row->held),
        count_cell(row->builds),
        count_cell(row->group),
        text_cell(row->note),
    };
    struct cell shown[STATS_COLUMNS];
    size_t count = 0;

    for (size_t i = 0; i < STATS_COLUMNS; i++)
        if (is_wanted(rows->output, i))
            shown[count++] = cells[i];
    return output_row(rows->output, shown, error);
}
