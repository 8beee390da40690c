/* trailview threads: where threads began, how long they lived, how they ended. */
#include "command.h"
#include "query.h"

static const struct table_column table[] = {
    {"run", "run", STYLE_COUNT, TABLE_SEVERAL_RUNS},
    {"#", "thread", STYLE_COUNT, 0},
    {"pid", "pid", STYLE_PLAIN, 0},
    {"tid", "tid", STYLE_PLAIN, 0},
    {"name", "name", STYLE_TITLE, COLUMN_HIDE_EMPTY},
    {"start ms", "start_t_ns", STYLE_MS, 0},
    {"end ms", "end_t_ns", STYLE_MS, 0},
    {"lived", "end_t_ns - start_t_ns", STYLE_DURATION, 0},
    {"exit", QUERY_EXIT_CODE, STYLE_COUNT, 0},
    {"start address", QUERY_START_ADDRESS, STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct sort_key sort_keys[] = {
    {"time", "start_t_ns"}, {"end", "end_t_ns"}, {"life", "end_t_ns - start_t_ns"},
    {"pid", "pid"},         {"tid", "tid"},      {"name", "name"},
    {NULL, NULL},
};

static const struct query query = {
    .view = "threads",
    .table = table,
    .order = "thread",
    .sort_keys = sort_keys,
    .rows = "threads",
    .nothing = "none was told of",
    .conditions =
        {
            [OPTION_PID] = QUERY_PID,
            [OPTION_TID] = QUERY_TID,
            [OPTION_MODULE] = "trail_glob(:module, start_module, NULL)",
        },
};

static int run(struct viewer *viewer, struct trail_error *error)
{
    return query_print(viewer, &query, error);
}

const struct command command_threads = {
    .name = "threads",
    .summary = "the threads of a run: where they started, how long they lived",
    .arguments = "[RUN...]",
    .details = "KEY is time, end, life, pid, tid or name. --module is the module in which a thread "
               "started.\n",
    .options = OPTION_BIT(OPTION_PID) | OPTION_BIT(OPTION_TID) | OPTION_BIT(OPTION_MODULE) |
               OPTION_BIT(OPTION_SORT) | OPTION_BIT(OPTION_REVERSE) | OPTION_BIT(OPTION_LIMIT),
    .flags = COMMAND_TAKES_RUNS,
    .run = run,
};
