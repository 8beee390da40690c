/* See trend.h. */
#include "trend.h"

#include "array.h"
#include "builds.h"
#include "compare/order/statistics.h"
#include "compare/times/floors.h"
#include "human.h"
#include "quantity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_OF_INTERVAL = 6 };
static const char whole[] = "start..end";

static int out_of_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

static int compare_names(const void *left, const void *right)
{
    const struct trend_run *a = left, *b = right;
    int by_name = strcmp(a->label, b->label);

    if (by_name != 0)
        return by_name;
    return a->start_utc_ns != b->start_utc_ns
               ? (a->start_utc_ns > b->start_utc_ns) - (a->start_utc_ns < b->start_utc_ns)
               : (a->run > b->run) - (a->run < b->run);
}

static int compare_starts(const void *left, const void *right)
{
    const struct trend_build *a = left, *b = right;

    return a->start_utc_ns != b->start_utc_ns
               ? (a->start_utc_ns > b->start_utc_ns) - (a->start_utc_ns < b->start_utc_ns)
               : (a->first > b->first) - (a->first < b->first);
}

static int compare_versions(const void *left, const void *right)
{
    return builds_compare_versions(((const struct trend_build *)left)->name,
                                   ((const struct trend_build *)right)->name);
}

/* Those with a label and a value, by name and time; returns how many, or RECORDING_NONE. */
static size_t take_runs(struct trend *trend, const struct viewer *viewer, const double *values,
                        struct trend_run *runs, struct trail_error *error)
{
    const char *key = viewer->options.argument[OPTION_BY];
    size_t count = 0;

    for (size_t i = 0; i < trend->recordings->count; i++) {
        char *name;
        error->code = TRAIL_OK;
        name = builds_label(&viewer->runs[i], key, error);
        if (name == NULL && error->code != TRAIL_OK)
            return RECORDING_NONE;
        trend->without_label += name == NULL;
        trend->without_value += name != NULL && values[i] < 0;
        if (name != NULL && values[i] >= 0)
            runs[count++] =
                (struct trend_run){name, i, trend->recordings->items[i].start_utc_ns, values[i]};
        else
            free(name);
    }
    return count;
}

static void find_interval(struct trend_build *build, const double *sorted)
{
    double chance = pow(0.5, (double)build->count), ways = chance;
    size_t rank = 0; /* how many values are left out at each end */

    build->low = build->high = NAN;
    if (build->count < RUNS_OF_INTERVAL)
        return;
    while (build->count < 1000 && 2 * chance <= 0.05) {
        rank++;
        ways *= (double)(build->count - rank + 1) / (double)rank;
        chance += ways;
    }
    if (build->count >= 1000)
        rank = (size_t)((double)build->count / 2 - 0.98 * sqrt((double)build->count));
    build->low = sorted[rank - 1];
    build->high = sorted[build->count - rank];
}

/* Builds with their values, in the order that is asked for. */
static int make_builds(struct trend *trend, struct trend_run *runs, size_t count, bool by_version)
{
    double *grouped = malloc((count + 1) * sizeof *grouped);

    trend->values = malloc((count + 1) * sizeof *trend->values);
    trend->builds = calloc(count + 1, sizeof *trend->builds);
    if (grouped == NULL || trend->values == NULL || trend->builds == NULL) {
        free(grouped);
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        struct trend_build *build = trend->builds + trend->build_count;
        grouped[i] = runs[i].value;
        if (trend->build_count > 0 && strcmp(build[-1].name, runs[i].label) == 0) {
            build[-1].count++;
            continue;
        }
        *build = (struct trend_build){runs[i].label, runs[i].start_utc_ns, i, 1, 0, 0, 0, 0};
        runs[i].label = NULL;
        trend->build_count++;
    }
    qsort(trend->builds, trend->build_count, sizeof *trend->builds,
          by_version ? compare_versions : compare_starts);
    for (size_t i = 0; i < trend->build_count; i++) {
        struct trend_build *build = &trend->builds[i];
        memcpy(trend->values + trend->value_count, grouped + build->first,
               build->count * sizeof *grouped);
        build->median = statistics_summary(grouped + build->first, build->count).median;
        find_interval(build, grouped + build->first);
        build->first = trend->value_count;
        trend->value_count += build->count;
    }
    free(grouped);
    return 0;
}

static double median_of(const struct trend *trend, size_t first, size_t count, double *room)
{
    const struct trend_build *last = &trend->builds[first + count - 1];
    size_t from = trend->builds[first].first, values = last->first + last->count - from;

    memcpy(room, trend->values + from, values * sizeof *room);
    return statistics_summary(room, values).median;
}

/* Levels from the changes; one that differs less than the floors from the one before goes on. */
static void make_levels(struct trend *trend, const struct change *changes, size_t count,
                        const struct evidence_floors *floors, double *room)
{
    for (size_t i = 0; i <= count; i++) {
        size_t first = i > 0 ? changes[i - 1].group : 0,
               end = i < count ? changes[i].group : trend->build_count;
        double median = median_of(trend, first, end - first, room), difference;
        struct trend_level *last = trend->levels + trend->level_count;
        difference = i > 0 ? fabs(median - last[-1].median) : 0;
        if (i > 0 && trend->is_time &&
            (difference < floors->ns || difference < floors->share * last[-1].median)) {
            last[-1].count = end - last[-1].first;
            last[-1].median = median_of(trend, last[-1].first, last[-1].count, room);
            continue;
        }
        *last = (struct trend_level){first, end - first, median, i > 0 ? changes[i - 1].p : NAN};
        trend->level_count++;
    }
    for (size_t i = 0; i < trend->level_count; i++)
        for (size_t k = 0; k < trend->levels[i].count; k++)
            trend->builds[trend->levels[i].first + k].level = i;
}

static int find_levels(struct trend *trend, const struct evidence_floors *floors,
                       struct trail_error *error)
{
    size_t count = trend->build_count, changed = 0;
    size_t *ends = malloc((count + 1) * sizeof *ends);
    struct change *changes = malloc((count + 1) * sizeof *changes);
    double *room = malloc((trend->value_count + 1) * sizeof *room);
    int result = -1;

    trend->levels = calloc(count + 1, sizeof *trend->levels);
    for (size_t i = 0; i < count && ends != NULL; i++)
        ends[i] = trend->builds[i].first + trend->builds[i].count;
    if (ends == NULL || changes == NULL || room == NULL || trend->levels == NULL) {
        out_of_memory(error);
    } else if (changes_find(&(struct series){trend->values, ends, count}, changes, &changed,
                            &trend->drift, error) == 0) {
        make_levels(trend, changes, changed, floors, room);
        result = 0;
    }
    free(room);
    free(changes);
    free(ends);
    return result;
}

/* What --of and --threshold say, and whether --sort says what it may. */
static int begin(struct trend *trend, const struct options *options, const char *module,
                 struct trail_error *error)
{
    const char *sort = options->argument[OPTION_SORT],
               *what = options->argument[OPTION_OF] != NULL ? options->argument[OPTION_OF] : whole;
    size_t room = strlen(what) + (module != NULL ? strlen(module) : 0) + 2;

    if (sort != NULL && strcmp(sort, "version") != 0)
        return error_set(error, TRAIL_FAILED, 0, "--sort is 'version' here, not '%.40s'", sort);
    if ((trend->what = malloc(room)) == NULL)
        return out_of_memory(error);
    trend->is_time = strcmp(what, "loads") != 0;
    snprintf(trend->what, room, "%s%s%s", what, module != NULL ? " " : "",
             module != NULL ? module : "");
    return 0;
}

int trend_of_runs(struct trend *trend, const struct options *options, const char *module,
                  struct trend_run *runs, size_t count, struct trail_error *error)
{
    struct evidence_floors floors;

    if (floors_parse(options->argument[OPTION_THRESHOLD], &floors, error) != 0 ||
        begin(trend, options, module, error) != 0)
        return -1;
    if (count > 0)
        qsort(runs, count, sizeof *runs, compare_names);
    if (make_builds(trend, runs, count, options->argument[OPTION_SORT] != NULL) != 0)
        return out_of_memory(error);
    if (trend->build_count == 0)
        return error_set(error, TRAIL_FAILED, 0, "no run that has '%.60s' has a label '%.60s'",
                         trend->what, options->argument[OPTION_BY]);
    return find_levels(trend, &floors, error);
}

int trend_find(struct trend *trend, const struct viewer *viewer, struct recordings *recordings,
               const char *module, struct trail_error *error)
{
    const char *of = viewer->options.argument[OPTION_OF];
    size_t runs = recordings->count, count = 0;
    double *values = malloc((runs + 1) * sizeof *values);
    struct trend_run *labelled = calloc(runs + 1, sizeof *labelled);
    int result = values == NULL || labelled == NULL ? out_of_memory(error) : 0;

    trend->recordings = recordings;
    trend->side.without_modules = true;
    if (result == 0)
        result = side_init(&trend->side, recordings, 0, runs, error);
    if (result == 0)
        result = quantity_find(&trend->side, of != NULL ? of : whole, module, values, error);
    if (result == 0 &&
        (count = take_runs(trend, viewer, values, labelled, error)) == RECORDING_NONE)
        result = -1;
    if (result == 0)
        result = trend_of_runs(trend, &viewer->options, module, labelled, count, error);
    for (size_t i = 0; i < runs && labelled != NULL; i++)
        free(labelled[i].label);
    free(labelled);
    free(values);
    return result;
}

void trend_release(struct trend *trend)
{
    for (size_t i = 0; i < trend->build_count; i++)
        free(trend->builds[i].name);
    free(trend->builds);
    free(trend->values);
    free(trend->levels);
    free(trend->what);
    side_release(&trend->side);
    memset(trend, 0, sizeof *trend);
}

void trend_add_value(const struct trend *trend, struct buffer *out, double value)
{
    if (trend->is_time)
        human_duration(out, llround(value));
    else
        buffer_format(out, "%.10g", value);
}

void trend_add_change(const struct trend *trend, struct buffer *out, size_t level)
{
    const struct trend_level *now = &trend->levels[level], *before = now - 1;

    buffer_add_text(out, trend->builds[now->first].name);
    buffer_add_text(out, " (");
    trend_add_value(trend, out, before->median);
    buffer_add_text(out, " -> ");
    trend_add_value(trend, out, now->median);
    if (before->median > 0)
        buffer_format(out, ", %+.1f %%", (now->median / before->median - 1) * 100);
    buffer_add_char(out, ')');
}

static void add_amount(const struct trend *trend, struct buffer *out, double amount)
{
    if (trend->drift.is_relative)
        buffer_format(out, "%.2g %%", amount * 100);
    else
        trend_add_value(trend, out, amount);
}

void trend_add_drift(const struct trend *trend, struct buffer *out)
{
    const struct changes_drift *drift = &trend->drift;

    if (drift->withheld == 0)
        return;
    if (fabs(drift->growth) > 0) {
        buffer_add_text(out,
                        drift->growth > 0 ? "it grows steadily, by " : "it falls steadily, by ");
        add_amount(trend, out, fabs(drift->growth));
        buffer_add_text(out, " a build");
    } else if (drift->walk > 0) {
        buffer_add_text(out, "it drifts from build to build, by about ");
        add_amount(trend, out, drift->walk);
    } else {
        buffer_add_text(out, "the builds vary by themselves");
    }
    buffer_add_text(out, ": a step would have to be over ");
    add_amount(trend, out, drift->least);
    buffer_add_text(out, " to stand out");
}
