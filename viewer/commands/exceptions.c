/* trailview exceptions: exceptions (Windows) and signals (Linux). */
#include "command.h"
#include "query.h"

static const struct table_column table[] = {
    {"run", "run", STYLE_COUNT, TABLE_SEVERAL_RUNS},
    {"seq", "seq", STYLE_COUNT, 0},
    {"ms", "t_ns", STYLE_MS, 0},
    {"pid", "pid", STYLE_PLAIN, 0},
    {"tid", "tid", STYLE_PLAIN, 0},
    {"code", "code", STYLE_PLAIN, 0},
    {"name", "name", STYLE_TITLE, 0},
    {"si_code", "si_code", STYLE_COUNT, COLUMN_HIDE_EMPTY},
    {"chance", QUERY_CHANCE, STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    {"where", QUERY_FAULT_PLACE, STYLE_PLAIN, 0},
    {"access", "access", STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    {"parameters", QUERY_PARAMETERS, STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    {"nested", QUERY_NESTED, STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct sort_key sort_keys[] = {
    {"time", "t_ns"}, {"code", "code"}, {"name", "name"}, {"module", "module"},
    {"pid", "pid"},   {"tid", "tid"},   {NULL, NULL},
};

static const struct query query = {
    .view = "exceptions",
    .table = table,
    .order = "seq",
    .sort_keys = sort_keys,
    .rows = "exceptions",
    .nothing = "no exception was raised, and no signal came",
    .conditions =
        {
            [OPTION_PID] = QUERY_PID,
            [OPTION_TID] = QUERY_TID,
            [OPTION_FROM] = QUERY_FROM,
            [OPTION_TO] = QUERY_TO,
            [OPTION_MODULE] = "trail_glob(:module, module, NULL)",
            [OPTION_TEXT] =
                "instr(lower(coalesce(code, '') || ' ' || coalesce(name, '')), lower(:text)) > 0",
        },
};

static int run(struct viewer *viewer, struct trail_error *error)
{
    return query_print(viewer, &query, error);
}

const struct command command_exceptions = {
    .name = "exceptions",
    .summary = "exceptions and signals: what, where, when",
    .arguments = "[RUN...]",
    .details = "KEY is time, code, name, module, pid or tid. --text looks at the code and its name "
               "(--text 0xc0000005, --text SEGV).\n",
    .options = OPTION_BIT(OPTION_PID) | OPTION_BIT(OPTION_TID) | OPTION_BIT(OPTION_MODULE) |
               OPTION_BIT(OPTION_FROM) | OPTION_BIT(OPTION_TO) | OPTION_BIT(OPTION_TEXT) |
               OPTION_BIT(OPTION_SORT) | OPTION_BIT(OPTION_REVERSE) | OPTION_BIT(OPTION_LIMIT),
    .flags = COMMAND_TAKES_RUNS,
    .run = run,
};
