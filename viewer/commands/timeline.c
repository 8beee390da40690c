/* trailview timeline: a picture of a start-up. */
#include "command.h"
#include "draw/lane_rows.h"
#include "filter.h"

static int read_lanes(struct viewer *viewer, size_t i, struct lanes *lanes,
                      struct trail_error *error)
{
    const struct run_reference *run = &viewer->runs[i];
    struct lanes_options options = {.to_ns = INT64_MAX,
                                    .process = viewer->options.argument[OPTION_PROCESS]};
    struct filter filter;

    if (filter_parse(&viewer->options, &filter, error) != 0)
        return -1;
    options.from_ns = filter.from_ns;
    if (viewer->options.given[OPTION_TO])
        options.to_ns = filter.to_ns;
    if (lanes_read(lanes, run->database->db, run->run, &options, error) == 0)
        return 0;
    return error_context(error, "cannot read run %lld of '%s'", (long long)run->run,
                         run->database->path);
}

static int print_rows(struct viewer *viewer, struct trail_error *error)
{
    int result = lane_rows_begin(&viewer->output, error);
    struct lanes lanes;

    for (size_t i = 0; result == 0 && i < viewer->run_count; i++) {
        if ((result = read_lanes(viewer, i, &lanes, error)) == 0)
            result = lane_rows_print(&viewer->output, &lanes, error);
        lanes_release(&lanes);
    }
    return output_end(&viewer->output, result == 0 ? error : NULL) != 0 ? -1 : result;
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    return print_rows(viewer, error);
}

const struct command command_timeline = {
    .name = "timeline",
    .summary = "a picture of a run: processes, loads, phases, where the time went",
    .arguments = "[RUN [RUN]]",
    .details = "",
    .options = OPTION_BIT(OPTION_FROM) | OPTION_BIT(OPTION_TO) | OPTION_BIT(OPTION_PROCESS),
    .flags = COMMAND_TAKES_RUNS,
    .run = run,
};
