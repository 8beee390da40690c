/* See trend_rows.h. */
#include "trend_rows.h"

#include <math.h>

enum { SPARK_WIDTH = 60, DRAWING_WIDTH = 22 };

static const struct column time_columns[] = {
    {.name = "change", .style = STYLE_KIND, .flags = COLUMN_HIDE_EMPTY, .title = ""},
    {.name = "label", .style = STYLE_TITLE},
    {.name = "runs", .style = STYLE_COUNT},
    {.name = "median_ns", .style = STYLE_MS, .title = "median ms"},
    {.name = "low_ns", .style = STYLE_MS, .flags = COLUMN_HIDE_EMPTY, .title = "from"},
    {.name = "high_ns", .style = STYLE_MS, .flags = COLUMN_HIDE_EMPTY, .title = "to"},
    {.name = "level", .style = STYLE_COUNT, .flags = COLUMN_FOR_PROGRAMS},
    {.name = "level_ns", .style = STYLE_MS, .flags = COLUMN_FOR_PROGRAMS},
    {.name = "change_percent", .style = STYLE_PERCENT, .flags = COLUMN_HIDE_EMPTY, .title = "%"},
    {.name = "p", .flags = COLUMN_FOR_PROGRAMS},
    {.name = "", .flags = COLUMN_FOR_PEOPLE},
};

static const struct column count_columns[] = {
    {.name = "change", .style = STYLE_KIND, .flags = COLUMN_HIDE_EMPTY, .title = ""},
    {.name = "label", .style = STYLE_TITLE},
    {.name = "runs", .style = STYLE_COUNT},
    {.name = "median"},
    {.name = "low", .flags = COLUMN_HIDE_EMPTY, .title = "from"},
    {.name = "high", .flags = COLUMN_HIDE_EMPTY, .title = "to"},
    {.name = "level", .style = STYLE_COUNT, .flags = COLUMN_FOR_PROGRAMS},
    {.name = "level_median", .flags = COLUMN_FOR_PROGRAMS},
    {.name = "change_percent", .style = STYLE_PERCENT, .flags = COLUMN_HIDE_EMPTY, .title = "%"},
    {.name = "p", .flags = COLUMN_FOR_PROGRAMS},
    {.name = "", .flags = COLUMN_FOR_PEOPLE},
};

/* From what to what all builds reach. */
struct range {
    double least, most;
};

static struct range range_of(const struct trend *trend)
{
    struct range range = {INFINITY, -INFINITY};

    for (size_t i = 0; i < trend->build_count; i++) {
        const struct trend_build *build = &trend->builds[i];
        range.least = fmin(range.least, fmin(build->median, build->low));
        range.most = fmax(range.most, fmax(build->median, build->high));
    }
    return range;
}

static size_t place_in(const struct range *range, double value, size_t width)
{
    double share =
        range->most > range->least ? (value - range->least) / (range->most - range->least) : 0;

    return (size_t)(share * (double)(width - 1) + 0.5);
}

/* "|....--o--.....|": where the median is between the least and the most of all builds. */
static void draw(struct buffer *out, const struct range *range, const struct trend_build *build)
{
    size_t at = place_in(range, build->median, DRAWING_WIDTH),
           from = isfinite(build->low) ? place_in(range, build->low, DRAWING_WIDTH) : at,
           to = isfinite(build->high) ? place_in(range, build->high, DRAWING_WIDTH) : at;

    buffer_clear(out);
    buffer_add_char(out, '|');
    for (size_t i = 0; i < DRAWING_WIDTH; i++)
        buffer_add_char(out, i == at ? 'o' : i >= from && i <= to ? '-' : '.');
    buffer_add_char(out, '|');
}

static struct cell cell_value(const struct trend *trend, double value)
{
    return trend->is_time || fabs(value - floor(value)) <= 0 ? cell_ns(value) : cell_real(value);
}

static const char *change_word(const struct trend *trend, double change)
{
    return trend->is_time ? change > 0 ? "+ slower" : "- faster"
           : change > 0   ? "+ more"
                          : "- fewer";
}

static int print_row(const struct trend *trend, size_t at, const char *drawing,
                     struct output *output, struct trail_error *error)
{
    const struct trend_build *build = &trend->builds[at];
    const struct trend_level *level = &trend->levels[build->level];
    bool begins = build->level > 0 && level->first == at;
    double before = begins ? level[-1].median : NAN;
    const char *word = begins ? change_word(trend, level->median - before) : NULL;
    const struct cell cells[] = {
        cell_text(word != NULL && !output->format->is_for_people ? word + 2 : word),
        cell_text(build->name),
        cell_count(build->count),
        cell_value(trend, build->median),
        cell_value(trend, build->low),
        cell_value(trend, build->high),
        cell_count(build->level + 1),
        cell_value(trend, level->median),
        cell_real(before > 0 ? (level->median / before - 1) * 100 : NAN),
        cell_real(begins ? level->p : NAN),
        cell_text(drawing),
    };

    return output_row(output, cells, error);
}

int trend_rows_print(const struct trend *trend, struct output *output, struct trail_error *error)
{
    const struct column *columns = trend->is_time ? time_columns : count_columns;
    struct range range = range_of(trend);
    struct buffer drawing = {0};
    int result = output_begin(output, columns, sizeof time_columns / sizeof time_columns[0], error);

    for (size_t i = 0; i < trend->build_count && result == 0; i++) {
        draw(&drawing, &range, &trend->builds[i]);
        result = print_row(trend, i, buffer_text(&drawing), output, error);
    }
    if (output_end(output, result == 0 ? error : NULL) != 0)
        result = -1;
    buffer_release(&drawing);
    return result;
}

void trend_add_spark(const struct trend *trend, struct buffer *out)
{
    static const char *const signs[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    size_t builds = trend->build_count, width = builds < SPARK_WIDTH ? builds : SPARK_WIDTH;
    struct range range = {INFINITY, -INFINITY};

    for (size_t i = 0; i < builds; i++) {
        range.least = fmin(range.least, trend->builds[i].median);
        range.most = fmax(range.most, trend->builds[i].median);
    }
    for (size_t i = 0; i < width; i++) {
        size_t from = i * builds / width, to = (i + 1) * builds / width;
        double sum = 0;
        for (size_t k = from; k < to; k++)
            sum += trend->builds[k].median;
        buffer_add_text(
            out,
            signs[place_in(&range, sum / (double)(to - from), sizeof signs / sizeof signs[0])]);
    }
}
