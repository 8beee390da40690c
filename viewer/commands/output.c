/* trailview output: the debug strings of the target. */
#include "command.h"
#include "query.h"

static const struct table_column table[] = {
    {"run", "run", STYLE_COUNT, TABLE_SEVERAL_RUNS},
    {"seq", "seq", STYLE_COUNT, 0},
    {"ms", "t_ns", STYLE_MS, 0},
    {"pid", "pid", STYLE_PLAIN, 0},
    {"tid", "tid", STYLE_PLAIN, 0},
    /* The line end that most debug strings carry says nothing; a cut one ends in an ellipsis. */
    {"text", QUERY_DEBUG_TEXT, STYLE_PLAIN, 0},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct sort_key sort_keys[] = {
    {"time", "t_ns"}, {"text", "text"}, {"pid", "pid"}, {"tid", "tid"}, {NULL, NULL},
};

static const struct query query = {
    .view = "output",
    .table = table,
    .order = "seq",
    .sort_keys = sort_keys,
    .rows = "debug strings",
    .nothing = "the program put out none",
    .conditions =
        {
            [OPTION_PID] = QUERY_PID,
            [OPTION_TID] = QUERY_TID,
            [OPTION_FROM] = QUERY_FROM,
            [OPTION_TO] = QUERY_TO,
            [OPTION_TEXT] = "text LIKE " QUERY_TEXT_PATTERN " ESCAPE '\\'",
        },
};

static int run(struct viewer *viewer, struct trail_error *error)
{
    return query_print(viewer, &query, error);
}

const struct command command_output = {
    .name = "output",
    .summary = "the debug strings that the target put out",
    .arguments = "[RUN...]",
    .details = "KEY is time, text, pid or tid.\n",
    .options = OPTION_BIT(OPTION_PID) | OPTION_BIT(OPTION_TID) | OPTION_BIT(OPTION_FROM) |
               OPTION_BIT(OPTION_TO) | OPTION_BIT(OPTION_TEXT) | OPTION_BIT(OPTION_SORT) |
               OPTION_BIT(OPTION_REVERSE) | OPTION_BIT(OPTION_LIMIT) | OPTION_BIT(OPTION_FOLLOW),
    .flags = COMMAND_TAKES_RUNS,
    .run = run,
};
