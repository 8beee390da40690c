/* trailview runs: what is in the file. */
#include "command.h"
#include "query.h"

/* Of an attach run: what it was. */
#define ATTACHED_TO                                                                               \
    "iif(mode = 'attach', (SELECT 'attached to ' || group_concat(what, ', ') FROM (SELECT "       \
    "coalesce(p.name, 'process') || ' (' || p.pid || ')' AS what FROM processes p WHERE p.run = " \
    "runs.run AND p.via = 'attach' ORDER BY p.process LIMIT 10)), NULL)"

static const struct table_column table[] = {
    {"run", "run", STYLE_COUNT, 0},
    {"start (UTC)", "replace(substr(start, 1, 19), 'T', ' ')", STYLE_PLAIN, 0},
    {"state", "state", STYLE_KIND, 0},
    {"wall", "wall_ns", STYLE_DURATION, 0},
    {"held", "100.0 * hold_ns / nullif(wall_ns, 0)", STYLE_PERCENT,
     COLUMN_HIDE_EMPTY | COLUMN_IF_WIDE},
    {"events", "events", STYLE_COUNT, 0},
    {"loads",
     "CASE WHEN json_valid(counts) THEN coalesce(json_extract(counts, '$.LoadDll'), 0) END",
     STYLE_COUNT, COLUMN_IF_WIDE},
    {"exit", "coalesce(" QUERY_EXIT ", end_reason)", STYLE_COUNT, 0},
    {"labels", QUERY_PAIRS("labels"), STYLE_WORDS, COLUMN_HIDE_EMPTY},
    {"command", "coalesce(" ATTACHED_TO ", command_line)", STYLE_PLAIN, 0},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct query query = {.view = "runs", .table = table, .order = "run"};

static void reverse_runs(struct viewer *viewer)
{
    for (size_t i = 0; i < viewer->run_count / 2; i++) {
        struct run_reference first = viewer->runs[i],
                             *last = &viewer->runs[viewer->run_count - 1 - i];
        viewer->runs[i] = *last;
        *last = first;
    }
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    if (viewer->options.given[OPTION_REVERSE])
        reverse_runs(viewer);
    if (viewer->run_count == 0)
        viewer_say("the file has no runs yet; 'trailrec -- COMMAND' records one");
    return query_print(viewer, &query, error);
}

const struct command command_runs = {
    .name = "runs",
    .summary = "list the recorded runs (what happens when no command is given)",
    .arguments = "[RUN...]",
    .details = "Without a RUN, all runs of the file. 'held' is how long the target stood still for "
               "the recorder, in percent of its time.\n",
    .options = OPTION_BIT(OPTION_REVERSE) | OPTION_BIT(OPTION_LIMIT),
    .flags = COMMAND_TAKES_RUNS | COMMAND_TAKES_ALL_RUNS,
    .run = run,
};
