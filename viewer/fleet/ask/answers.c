/* See answers.h. */
#include "answers.h"

#include "array.h"
#include "compare/trend/history.h"
#include "filter.h"
#include "fleet/tsv_ask.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_MAX = 4000000 }; /* of a history, in memory */

/* Asks, and hands the rows to `take`. */
static int ask(struct asking *asking, const struct question *question, tsv_take take, void *context,
               struct trail_error *error)
{
    struct buffer sql = {0};
    struct filter filter;
    int result = filter_parse(&asking->viewer->options, &filter, error);

    question_add_sql(question, asking, &sql);
    if (result == 0 && filter.limit >= 0)
        buffer_format(&sql, "LIMIT %" PRId64, filter.limit);
    buffer_add_text(&sql, "\nFORMAT TabSeparated");
    if (result == 0)
        result = tsv_ask(asking->server, &sql, question->column_count, take, context, error);
    buffer_release(&sql);
    return result;
}

static bool is_number(const struct column *column)
{
    return column->style == STYLE_COUNT || column->style == STYLE_MS;
}

static int take_row(void *context, const struct tsv_value *values, struct trail_error *error)
{
    struct output *output = context;
    struct cell cells[TSV_COLUMNS_MAX];

    for (size_t i = 0; i < output->all_count; i++) {
        int64_t number = 0;
        if (values[i].text == NULL || !is_number(&output->all_columns[i]))
            cells[i] = cell_text(values[i].text);
        else if (tsv_integer(&values[i], &number, error) == 0)
            cells[i] = cell_integer(number);
        else
            return -1;
    }
    return output_row(output, cells, error);
}

int answers_rows(struct asking *asking, const struct question *question, struct trail_error *error)
{
    struct output *output = &asking->viewer->output;
    int result = output_begin(output, question->columns, question->column_count, error);

    if (result == 0)
        result = ask(asking, question, take_row, output, error);
    return output_end(output, result == 0 ? error : NULL) != 0 ? -1 : result;
}

struct runs {
    struct trend_run *items;
    size_t count;
};

static int take_run(void *context, const struct tsv_value *values, struct trail_error *error)
{
    struct runs *runs = context;
    struct trend_run *items, *run;
    int64_t start_ns, value;

    if (tsv_integer(&values[1], &start_ns, error) != 0 ||
        tsv_integer(&values[2], &value, error) != 0)
        return -1;
    if (values[0].text == NULL || runs->count == RUNS_MAX)
        return error_set(error, TRAIL_FAILED, 0,
                         values[0].text == NULL ? "the server sent a run without its build"
                                                : "these are more than 4 million runs; --since "
                                                  "or @key=value takes fewer");
    if ((items = array_with_room(runs->items, runs->count, sizeof *items)) == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    runs->items = items;
    run = &items[runs->count];
    *run = (struct trend_run){NULL, runs->count, start_ns, (double)value};
    if ((run->label = malloc(values[0].length + 1)) == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    memcpy(run->label, values[0].text, values[0].length + 1);
    runs->count++;
    return 0;
}

int answers_history(struct asking *asking, const struct question *question,
                    struct trail_error *error)
{
    struct runs runs = {0};
    struct trend trend = {0};
    int result = ask(asking, question, take_run, &runs, error);

    if (result == 0)
        result = trend_of_runs(&trend, &asking->viewer->options, asking->module, runs.items,
                               runs.count, error);
    if (result == 0)
        result = history_print_trend(asking->viewer, &trend, 0, error);
    for (size_t i = 0; i < runs.count; i++)
        free(runs.items[i].label);
    free(runs.items);
    trend_release(&trend);
    return result;
}
