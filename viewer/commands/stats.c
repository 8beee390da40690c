/* trailview stats: what several runs have in common, and what varies. */
#include "command.h"
#include "compare/match/load_runs.h"
#include "compare/diff/describe_side.h"
#include "compare/diff/stats_rows.h"
#include "compare/order/busy_runs.h"
#include "compare/order/side_names.h"
#include "compare/order/statistics.h"
#include "human.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWING_WIDTH = 60, GAPS_FOR_PEOPLE = 20 };

struct stats {
    struct viewer *viewer;
    struct side side;
    bool only[STATS_PARTS];
    double *samples; /* room for a side's */
    struct stats_rows rows;
    struct buffer texts[3];
    struct buffer preface, conclusion, busy;
};

static bool is_for_people(const struct stats *stats)
{
    return stats->viewer->output.format->is_for_people;
}

static void fill_times(struct stats *stats, struct stats_row *row, const double *times)
{
    size_t count = side_samples(times, stats->side.count, stats->samples);
    struct sample_summary summary = statistics_summary(stats->samples, count);

    if (count == 0)
        return;
    row->median = summary.median;
    row->low = count > 1 ? summary.low : NAN;
    row->high = count > 1 ? summary.high : NAN;
    row->mad = count > 1 ? summary.mad : NAN;
}

static double median_of(struct stats *stats, const double *times)
{
    size_t count = side_samples(times, stats->side.count, stats->samples);

    return count > 0 ? statistics_summary(stats->samples, count).median : NAN;
}

static int print_modules(struct stats *stats, struct trail_error *error)
{
    const struct side *side = &stats->side;
    int result = 0;

    for (size_t i = 0; i < side->module_count && result == 0; i++) {
        const struct side_module *module = &side->modules[i];
        struct stats_row row = stats_row_of(STATS_LOADS);
        row.role = module->role;
        row.name = module->name;
        row.presence = module->runs == side->count ? "always" : "sometimes";
        row.runs = module->runs;
        row.of_runs = side->count;
        if (!is_for_people(stats) || module->most > 1) {
            row.least = module->least;
            row.most = module->most;
        }
        if (!is_for_people(stats) || module->variant_count > 1)
            row.builds = module->variant_count;
        row.note = module->variant_count == 1
                       ? recordings_text(side->all, module->variants[0].place)
                       : NULL;
        fill_times(stats, &row, module->times);
        row.step = median_of(stats, module->gaps);
        result = stats_rows_add(&stats->rows, &row, error);
    }
    return result;
}

static int print_phases(struct stats *stats, struct trail_error *error)
{
    const struct side *side = &stats->side;
    int result = 0;

    for (size_t i = 0; i < side->phase_count && result == 0; i++) {
        const struct side_phase *phase = &side->phases[i];
        struct stats_row row = stats_row_of(STATS_TIME);
        struct buffer *name = &stats->texts[0];
        buffer_clear(name);
        side_add_phase_name(name, side->all, phase);
        row.name = text_pool_add(side->all->texts, buffer_text(name), name->length);
        row.presence = phase->runs == side->count ? "always" : "sometimes";
        row.runs = phase->runs;
        row.of_runs = side->count;
        fill_times(stats, &row, phase->times);
        row.held = median_of(stats, phase->held);
        result = stats_rows_add(&stats->rows, &row, error);
    }
    return result;
}

/* A gap and how long it takes. */
struct ranked_gap {
    const struct side_gap *gap;
    struct sample_summary summary;
};

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked_gap *a = left, *b = right;

    if (a->summary.median < b->summary.median || b->summary.median < a->summary.median)
        return a->summary.median > b->summary.median ? -1 : 1;
    return (a->gap > b->gap) - (a->gap < b->gap);
}

static int print_gap(struct stats *stats, const struct ranked_gap *ranked,
                     struct trail_error *error)
{
    const struct recordings *all = stats->side.all;
    struct stats_row row = stats_row_of(STATS_GAPS);
    struct buffer *name = &stats->texts[0];

    buffer_clear(name);
    side_add_gap_name(name, all, ranked->gap);
    row.name = text_pool_add(all->texts, buffer_text(name), name->length);
    row.role = ranked->gap->role;
    row.presence = ranked->gap->count == stats->side.count ? "always" : "sometimes";
    row.runs = ranked->gap->count;
    row.of_runs = stats->side.count;
    row.median = ranked->summary.median;
    row.low = row.runs > 1 ? ranked->summary.low : NAN;
    row.high = row.runs > 1 ? ranked->summary.high : NAN;
    row.mad = row.runs > 1 ? ranked->summary.mad : NAN;
    return stats_rows_add(&stats->rows, &row, error);
}

/* The longest first; for people not all of them. */
static int print_gaps(struct stats *stats, struct trail_error *error)
{
    const struct side_gaps *gaps = &stats->side.gaps;
    struct ranked_gap *ranked = malloc((gaps->count + 1) * sizeof *ranked);
    size_t most =
        is_for_people(stats) && gaps->count > GAPS_FOR_PEOPLE ? GAPS_FOR_PEOPLE : gaps->count;
    int result = 0;

    if (ranked == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    for (size_t i = 0; i < gaps->count; i++) {
        memcpy(stats->samples, gaps->items[i].times, gaps->items[i].count * sizeof *stats->samples);
        ranked[i] = (struct ranked_gap){&gaps->items[i],
                                        statistics_summary(stats->samples, gaps->items[i].count)};
    }
    qsort(ranked, gaps->count, sizeof *ranked, compare_ranked);
    for (size_t i = 0; i < most && result == 0; i++)
        result = print_gap(stats, &ranked[i], error);
    free(ranked);
    return result;
}

/*
 * "|....---o-----...|": from the first to the last place of a group, where this one was, and where
 * it was in the middle.
 */
static void draw(struct buffer *out, const struct order_swap *swap, size_t least, size_t most)
{
    size_t width = most - least + 1 < DRAWING_WIDTH ? most - least + 1 : DRAWING_WIDTH;
    double scale = (double)width / (double)(most - least + 1);

    buffer_clear(out);
    buffer_add_char(out, '|');
    for (size_t i = 0; i < width; i++) {
        size_t from = (size_t)((double)(swap->least - least) * scale),
               to = (size_t)((double)(swap->most - least) * scale);
        size_t middle = (size_t)((swap->median - (double)least) * scale);
        buffer_add_char(out, i == middle ? 'o' : i >= from && i <= to ? '-' : '.');
    }
    buffer_add_char(out, '|');
}

static int print_group(struct stats *stats, const struct order_swap *swaps, size_t count,
                       struct trail_error *error)
{
    size_t least = SIZE_MAX, most = 0;
    int result = 0;

    for (size_t i = 0; i < count; i++) {
        least = swaps[i].least < least ? swaps[i].least : least;
        most = swaps[i].most > most ? swaps[i].most : most;
    }
    for (size_t i = 0; i < count && result == 0; i++) {
        const struct element *element = &stats->side.all->elements[swaps[i].element];
        struct stats_row row = stats_row_of(STATS_FLAKY);
        row.role = element->role;
        row.name = element->name;
        row.least = swaps[i].least;
        row.most = swaps[i].most;
        row.group = swaps[i].group;
        draw(&stats->texts[1], &swaps[i], least, most);
        row.note = buffer_text(&stats->texts[1]);
        result = stats_rows_add(&stats->rows, &row, error);
    }
    return result;
}

static int print_flaky(struct stats *stats, struct trail_error *error)
{
    struct order_swap *swaps;
    size_t count, end;
    int result;

    if (stats->side.order == NULL)
        return 0;
    if ((result = order_swaps(stats->side.order, &swaps, &count, error)) != 0)
        return -1;
    for (size_t i = 0; i < count && result == 0; i = end) {
        for (end = i; end < count && swaps[end].group == swaps[i].group; end++)
            ;
        result = print_group(stats, swaps + i, end - i, error);
    }
    free(swaps);
    return result;
}

static int print_order(struct stats *stats, struct trail_error *error)
{
    struct order_pair *pairs;
    size_t count;
    int result;

    if (stats->side.order == NULL)
        return 0;
    if ((result = order_reduction(stats->side.order, &pairs, &count, error)) != 0)
        return -1;
    for (size_t i = 0; i < count && result == 0; i++) {
        const struct element *before = &stats->side.all->elements[pairs[i].before],
                             *after = &stats->side.all->elements[pairs[i].after];
        struct stats_row row = stats_row_of(STATS_ORDER);
        row.role = before->role;
        row.name = before->name;
        row.other = after->name;
        row.runs = pairs[i].runs;
        row.of_runs = stats->side.count;
        row.note = order_reason(stats->side.order);
        result = stats_rows_add(&stats->rows, &row, error);
    }
    free(pairs);
    return result;
}

static int print_part(struct stats *stats, int part, struct trail_error *error)
{
    static int (*const print[STATS_PARTS])(struct stats *, struct trail_error *) = {
        print_modules, print_phases, print_gaps, print_flaky, print_order};

    return print[part](stats, error);
}

/* For programs: all rows have the same columns. */
static int print_rows(struct stats *stats, struct trail_error *error)
{
    int result = stats_rows_begin(&stats->rows, &stats->viewer->output, stats->side.all, error);

    for (int part = 0; part < STATS_PARTS && result == 0; part++)
        if (stats->only[part])
            result = print_part(stats, part, error);
    return output_end(&stats->viewer->output, result == 0 ? error : NULL) != 0 ? -1 : result;
}

/* For people: a table for each part, with the columns that it has something in. */
static int print_tables(struct stats *stats, struct trail_error *error)
{
    static const char *const headings[STATS_PARTS] = {
        "loads, by their place", "time", "gaps: the longest, each in its thread",
        "flaky: loads that trade places, from the first place to the last",
        "learned order, without what follows from it"};
    struct output *output = &stats->viewer->output;
    int last = STATS_PARTS - 1, result = 0;

    while (last > 0 && !stats->only[last])
        last--;
    output->follows_another = false;
    for (int part = 0; part <= last && result == 0; part++) {
        if (!stats->only[part])
            continue;
        output->heading = headings[part];
        output->is_followed = part < last;
        result = stats_rows_begin(&stats->rows, output, stats->side.all, error);
        if (result == 0)
            result = print_part(stats, part, error);
        if (output_end(output, result == 0 ? error : NULL) != 0)
            result = -1;
        output->follows_another = true;
    }
    output->heading = NULL;
    output->follows_another = output->is_followed = false;
    return result;
}

static void conclude(struct stats *stats)
{
    const struct order *order = stats->side.order;

    if (order == NULL)
        buffer_format(&stats->conclusion, "order: not learned, since that takes %d runs or more\n",
                      (int)ORDER_RUNS_AT_LEAST);
    else
        buffer_format(
            &stats->conclusion,
            "order: %zu pairs learned; --only order lists those that the others follow from\n",
            order_pair_count(order));
    if (order != NULL && order_left_out(order) > 0)
        buffer_format(&stats->conclusion,
                      "order: %zu loads were left out, since there are more than %d\n",
                      order_left_out(order), (int)ORDER_ELEMENTS_AT_MOST);
    buffer_add_text(&stats->conclusion, buffer_text(&stats->busy));
}

static int print(struct stats *stats, struct trail_error *error)
{
    struct output *output = &stats->viewer->output;
    bool is_table = viewer_prints_table(stats->viewer);
    int result;

    describe_side(&stats->preface, &stats->side,
                  stats->viewer->argument_count == 1 ? stats->viewer->arguments[0] : "runs");
    conclude(stats);
    output->preface = buffer_text(&stats->preface);
    output->conclusion = buffer_text(&stats->conclusion);
    if (is_table) {
        output_lines(output, output->preface);
        printf("\n");
    }
    result = is_for_people(stats) ? print_tables(stats, error) : print_rows(stats, error);
    if (is_table && result == 0) {
        printf("\n");
        output_lines(output, output->conclusion);
    }
    output->preface = output->conclusion = NULL;
    return result;
}

static int parse_parts(struct stats *stats, struct trail_error *error)
{
    const char *only = stats->viewer->options.argument[OPTION_ONLY];

    for (int i = 0; i < STATS_PARTS; i++)
        stats->only[i] = only == NULL && (i != STATS_ORDER || !is_for_people(stats));
    while (only != NULL) {
        size_t length = strcspn(only, ",");
        int part = 0;
        while (part < STATS_PARTS &&
               (strlen(stats_part_name((enum stats_part)part)) != length ||
                memcmp(stats_part_name((enum stats_part)part), only, length) != 0))
            part++;
        if (part == STATS_PARTS)
            return error_set(
                error, TRAIL_FAILED, 0,
                "there is no part '%.*s'; stats has loads, time, gaps, flaky and order",
                (int)length, only);
        stats->only[part] = true;
        only = only[length] == ',' ? only + length + 1 : NULL;
    }
    return 0;
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    struct stats stats = {.viewer = viewer};
    struct recordings *recordings;
    int result = -1;

    if (parse_parts(&stats, error) != 0)
        return -1;
    if (busy_runs(viewer, &viewer->run_count, 1, &stats.busy, error) != 0 ||
        (recordings = load_runs(viewer,
                                viewer->run_count < ORDER_RUNS_AT_LEAST ? LOAD_LOADS_WITHOUT_STEPS
                                                                        : LOAD_LOADS,
                                error)) == NULL) {
        buffer_release(&stats.busy);
        return -1;
    }
    if ((stats.samples = malloc((recordings->count + 1) * sizeof *stats.samples)) == NULL)
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    else if (side_init(&stats.side, recordings, 0, recordings->count, error) == 0 &&
             side_learn_order(&stats.side, error) == 0)
        result = print(&stats, error);
    free(stats.samples);
    side_release(&stats.side);
    recordings_free(recordings);
    for (size_t i = 0; i < sizeof stats.texts / sizeof stats.texts[0]; i++)
        buffer_release(&stats.texts[i]);
    buffer_release(&stats.preface);
    buffer_release(&stats.conclusion);
    buffer_release(&stats.busy);
    return result;
}

const struct command command_stats = {
    .name = "stats",
    .summary = "what several runs have in common: which loads, in which order, when",
    .arguments = "[RUN...]",
    .details = "Takes all runs that are named as one set, as in 'trailview stats @build=100'. PART "
               "is loads, time, gaps, flaky or order.\n"
               "\n"
               "loads: each module, always or sometimes there; the median of the time to its first "
               "load and the quartiles; 'step ms' is the median\n"
               "since the load before it in its thread. time: phases between marks, and totals. "
               "gaps: from one load of a thread to its next, from its start,\n"
               "the entry point, to the exit. "
               "flaky: groups of loads that trade places from run\n"
               "to run, with a line from the first to the last place and an o in the middle. "
               "order: the learned order (see 'trailview help diff'),\n"
               "without the pairs that follow from others. Times are without what the recorder "
               "held the target for.\n",
    .options = OPTION_BIT(OPTION_ONLY) | OPTION_BIT(OPTION_QUIET_ONLY),
    .flags = COMMAND_TAKES_RUNS,
    .run = run,
};
