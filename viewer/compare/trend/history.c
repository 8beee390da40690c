/* See history.h. */
#include "history.h"

#include "compare/match/load_runs.h"
#include "escape.h"
#include "formats.h"
#include "selector.h"
#include "trend_picture.h"
#include "trend_rows.h"
#include "viewer_sql.h"

#include <math.h>
#include <string.h>

struct history {
    struct viewer *viewer;
    const struct trend *trend;
    size_t last; /* of interest to check, or 0 */
    struct buffer title, preface, conclusion, picture;
};

/* '--of module NAME' has its NAME among the arguments; what follows are runs. */
static int choose_runs(struct viewer *viewer, const char **module, struct trail_error *error)
{
    const char *of = viewer->options.argument[OPTION_OF];
    int first = 0;

    *module = NULL;
    if (of != NULL && strcmp(of, "module") == 0) {
        if (viewer->argument_count == 0)
            return error_set(error, TRAIL_FAILED, 0, "'--of module' needs the module's name");
        *module = viewer->arguments[first++];
    }
    for (int i = first; i < viewer->argument_count; i++)
        if (selector_add_runs(viewer, viewer->arguments[i], error) != 0)
            return -1;
    if (first == viewer->argument_count && selector_add_all_runs(viewer, error) != 0)
        return -1;
    return viewer->run_count > 0 ? 0
                                 : error_set(error, TRAIL_NOT_FOUND, 0, "there are no runs yet");
}

/* How many levels began in the last builds. */
static size_t count_late(const struct history *history)
{
    const struct trend *trend = history->trend;
    size_t count = 0;

    for (size_t i = 1; i < trend->level_count; i++)
        count += trend->levels[i].first + history->last >= trend->build_count;
    return count;
}

static void conclude_changes(struct history *history)
{
    const struct trend *trend = history->trend;
    struct buffer *out = &history->conclusion, change = {0};

    for (size_t i = 1; i < trend->level_count; i++) {
        buffer_clear(&change);
        trend_add_change(trend, &change, i);
        buffer_add_text(out, "a change began with ");
        escape_for_terminal(out, buffer_text(&change), change.length);
        buffer_format(out, ", p %.2g\n", trend->levels[i].p);
    }
    buffer_release(&change);
    if (trend->level_count < 2)
        buffer_format(out, "no change in %zu builds\n", trend->build_count);
    if (trend->drift.withheld > 0) {
        trend_add_drift(trend, out);
        buffer_format(out,
                      "\nof 100 histories that only drift, at most %.0f are said to have a "
                      "change\n",
                      CHANGES_DRIFT_ALPHA * 100);
    } else {
        buffer_format(out, "of 100 histories without a change, %.0f is said to have one\n",
                      CHANGES_ALPHA * 100);
    }
    if (history->last > 0)
        buffer_format(out, "check: %s began in the last %zu build%s\n",
                      count_late(history) > 0 ? "a change" : "no change", history->last,
                      history->last == 1 ? "" : "s");
}

static void conclude_runs(struct history *history)
{
    const struct trend *trend = history->trend;

    if (trend->without_label > 0)
        buffer_format(&history->conclusion, "%zu run%s no such label\n", trend->without_label,
                      trend->without_label == 1 ? " has" : "s have");
    if (trend->without_value > 0)
        buffer_format(&history->conclusion, "%zu run%s no such value\n", trend->without_value,
                      trend->without_value == 1 ? " has" : "s have");
}

static void describe(struct history *history)
{
    const struct trend *trend = history->trend;
    const char *key = history->viewer->options.argument[OPTION_BY];

    escape_for_terminal(&history->preface, trend->what, strlen(trend->what));
    buffer_add_text(&history->preface, " by ");
    escape_for_terminal(&history->preface, key, strlen(key));
    buffer_format(&history->preface, ": %zu builds, %zu runs\n", trend->build_count,
                  trend->value_count);
    if (history->viewer->output.format != formats_find("html")) { /* which has a picture */
        trend_add_spark(trend, &history->preface);
        buffer_add_char(&history->preface, '\n');
    }
    conclude_changes(history);
    conclude_runs(history);
    buffer_add_text(&history->title, "trailview history --by ");
    buffer_add_text(&history->title, key);
    buffer_add_text(&history->picture, "<style>\n");
    buffer_add_text(&history->picture, css_trend);
    buffer_add_text(&history->picture, "</style>\n");
    trend_add_picture(trend, &history->picture);
}

static int print(struct history *history, struct trail_error *error)
{
    struct output *output = &history->viewer->output;
    bool is_table = viewer_prints_table(history->viewer);
    int result;

    describe(history);
    if (history->title.failed || history->preface.failed || history->conclusion.failed ||
        history->picture.failed)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    output->title = buffer_text(&history->title);
    output->preface = buffer_text(&history->preface);
    output->conclusion = buffer_text(&history->conclusion);
    output->picture = buffer_text(&history->picture);
    if (is_table) {
        output_lines(output, output->preface);
        fputs("\n", stdout);
    }
    result = trend_rows_print(history->trend, output, error);
    if (is_table && result == 0) {
        fputs("\n", stdout);
        output_lines(output, output->conclusion);
    }
    output->title = output->preface = output->conclusion = output->picture = NULL;
    return result;
}

int history_print_trend(struct viewer *viewer, const struct trend *trend, size_t last,
                        struct trail_error *error)
{
    struct history history = {.viewer = viewer, .trend = trend, .last = last};
    int result = print(&history, error);

    if (result == 0)
        result = last > 0 && count_late(&history) > 0;
    buffer_release(&history.title);
    buffer_release(&history.preface);
    buffer_release(&history.conclusion);
    buffer_release(&history.picture);
    return result;
}

int history_print(struct viewer *viewer, size_t last, struct trail_error *error)
{
    struct trend trend = {0};
    struct recordings *recordings = NULL;
    const char *module;
    int result = -1;

    if (viewer->options.argument[OPTION_BY] == NULL)
        error_set(error, TRAIL_FAILED, 0, "which label? for example: --by build");
    else if (choose_runs(viewer, &module, error) == 0 &&
             (recordings = load_runs(viewer, LOAD_LOADS_WITHOUT_STEPS, error)) != NULL &&
             trend_find(&trend, viewer, recordings, module, error) == 0)
        result = history_print_trend(viewer, &trend, last, error);
    trend_release(&trend);
    recordings_free(recordings);
    return result;
}
