/* See comparison.h. */
#include "comparison.h"

#include "compare/answer/answer.h"
#include "compare/answer/conclusion.h"
#include "compare/diff/describe_side.h"
#include "compare/diff/difference_rows.h"
#include "compare/match/load_runs.h"
#include "compare/order/busy_runs.h"
#include "table.h"

#include <stdlib.h>

enum { CONTEXT_LOADS = 2 };

static int find_differences(struct comparison *comparison, struct trail_error *error)
{
    struct side *a = &comparison->sides[0], *b = &comparison->sides[1];

    comparison->options.context = CONTEXT_LOADS;
    for (int i = 0; i < SECTIONS; i++)
        comparison->options.only[i] = true;
    if (side_learn_order(a->count >= ORDER_RUNS_AT_LEAST ? a : b, error) != 0 ||
        differences_find(&comparison->differences, a, b, &comparison->options, error) != 0)
        return -1;
    conclusion_find(&comparison->conclusion, &comparison->differences);
    return answer_find(&comparison->answer, &comparison->differences, error);
}

int comparison_init(struct comparison *comparison, struct viewer *viewer, size_t *counts,
                    struct trail_error *error)
{
    size_t first = 0;

    if (busy_runs(viewer, counts, comparison->side_count, &comparison->busy, error) != 0 ||
        (comparison->recordings =
             load_sides(viewer, comparison->side_count > 1 ? counts[0] : 0, error)) == NULL)
        return -1;
    for (size_t i = 0; i < comparison->side_count; first += counts[i++])
        if (side_init(&comparison->sides[i], comparison->recordings, first, counts[i], error) != 0)
            return -1;
    return comparison->side_count > 1 ? find_differences(comparison, error) : 0;
}

void comparison_release(struct comparison *comparison)
{
    differences_release(&comparison->differences);
    for (size_t i = 0; i < comparison->side_count; i++)
        side_release(&comparison->sides[i]);
    recordings_free(comparison->recordings);
    buffer_release(&comparison->answer);
    buffer_release(&comparison->conclusion);
    buffer_release(&comparison->busy);
}

/* Runs by the time that they took; then by their place, so that there is one order. */
static int compare_times(const void *left, const void *right)
{
    const struct recording *a = *(const struct recording *const *)left,
                           *b = *(const struct recording *const *)right;

    if (a->net_wall_ns != b->net_wall_ns)
        return a->net_wall_ns < b->net_wall_ns ? -1 : 1;
    return (a > b) - (a < b);
}

size_t comparison_typical_run(const struct comparison *comparison, size_t side)
{
    const struct side *of = &comparison->sides[side];
    const struct recording *items = comparison->recordings->items,
                           **sorted = malloc(of->count * sizeof *sorted);
    size_t typical = of->first;

    if (sorted == NULL)
        return typical;
    for (size_t i = 0; i < of->count; i++)
        sorted[i] = &items[of->first + i];
    qsort(sorted, of->count, sizeof *sorted, compare_times);
    typical = (size_t)(sorted[(of->count - 1) / 2] - items);
    free(sorted);
    return typical;
}

void comparison_describe(const struct comparison *comparison, size_t side, struct buffer *out)
{
    describe_side(out, &comparison->sides[side], comparison->names[side]);
}

int comparison_write_differences(struct page *page, const struct comparison *comparison,
                                 struct trail_error *error)
{
    static const struct table_words words = {
        "differences", "Differences",
        "Rows in grey are the same on both sides, or no more than chance. Times are without what "
        "the recorder held the target for.",
        "There is no difference.", "trailview diff"};

    table_prepare(page, &words);
    page->is_uncounted = true;
    return difference_rows_print(&comparison->differences, "", &page->output, error);
}

static const struct column run_columns[] = {
    {.name = "side"},
    {.name = "run", .style = STYLE_COUNT},
    {.name = "file", .style = STYLE_PATH},
    {.name = "took", .style = STYLE_DURATION},
    {.name = "without the recorder", .style = STYLE_DURATION},
    {.name = "processes", .style = STYLE_COUNT},
    {.name = "loads", .style = STYLE_COUNT},
    {.name = "state", .style = STYLE_KIND},
    {.name = "command", .style = STYLE_PATH},
};

static int add_run(struct page *page, const struct comparison *comparison, size_t side, size_t run,
                   struct trail_error *error)
{
    const struct recording *recording = &comparison->recordings->items[run];
    struct cell cells[] = {
        cell_text(comparison->side_count > 1 ? (side == 0 ? "A" : "B") : ""),
        cell_integer(recording->run),
        cell_text(recording->path),
        cell_if(recording->wall_ns > 0, recording->wall_ns),
        cell_if(recording->net_wall_ns > 0, recording->net_wall_ns),
        cell_count(recording->process_count),
        cell_count(recording->load_count),
        cell_text(recordings_text(comparison->recordings, recording->state)),
        cell_text(recordings_text(comparison->recordings, recording->command_line)),
    };

    return output_row(&page->output, cells, error);
}

int comparison_write_runs(struct page *page, const struct comparison *comparison,
                          struct trail_error *error)
{
    static const struct table_words words = {"runs", "Runs", NULL, "There is no run.",
                                             "trailview runs"};
    int result;

    table_prepare(page, &words);
    result =
        output_begin(&page->output, run_columns, sizeof run_columns / sizeof *run_columns, error);
    for (size_t i = 0; i < comparison->side_count && result == 0; i++)
        for (size_t run = 0; run < comparison->sides[i].count && result == 0; run++)
            result = add_run(page, comparison, i, comparison->sides[i].first + run, error);
    return output_end(&page->output, result == 0 ? error : NULL) != 0 ? -1 : result;
}
