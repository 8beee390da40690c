/* trailview events: everything the debugger was told, in order. */
#include "command.h"
#include "query.h"

static const struct table_column table[] = {
    {"run", "run", STYLE_COUNT, TABLE_SEVERAL_RUNS},
    {"seq", "seq", STYLE_COUNT, 0},
    {"ms", "t_ns", STYLE_MS, 0},
    {"held", "hold_ns", STYLE_DURATION, 0},
    {"pid", "pid", STYLE_PLAIN, 0},
    {"tid", "tid", STYLE_PLAIN, 0},
    {"kind", "coalesce(kind, '?') || iif(synthetic = 1, ' (replayed)', '')", STYLE_KIND, 0},
    {"detail", QUERY_PAIRS("detail"), STYLE_PLAIN, 0},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct sort_key sort_keys[] = {
    {"time", "t_ns"}, {"hold", "hold_ns"}, {"kind", "kind"}, {"pid", "pid"},
    {"tid", "tid"},   {"seq", "seq"},      {NULL, NULL},
};

static const struct query query = {
    .view = "events",
    .table = table,
    .order = "seq",
    .sort_keys = sort_keys,
    .conditions =
        {
            [OPTION_KIND] = "kind IN (SELECT value FROM json_each(:kind))",
            [OPTION_PID] = QUERY_PID,
            [OPTION_TID] = QUERY_TID,
            [OPTION_FROM] = QUERY_FROM,
            [OPTION_TO] = QUERY_TO,
            [OPTION_MODULE] = "CASE WHEN kind IN ('CreateProcess', 'CreateThread', 'LoadDll', "
                              "'UnloadDll', 'Exception') THEN "
                              "trail_glob(:module, coalesce(json_extract(detail, '$.module'), "
                              "json_extract(detail, '$.image')), "
                              "json_extract(detail, '$.path')) OR trail_glob(:module, "
                              "json_extract(detail, '$.start_module'), NULL) END",
            /* JSON writes a backslash as two: look for the text as JSON writes it. */
            [OPTION_TEXT] = "instr(lower(detail), lower(substr(json_quote(:text), 2, "
                            "length(json_quote(:text)) - 2))) > 0",
        },
};

static int run(struct viewer *viewer, struct trail_error *error)
{
    return query_print(viewer, &query, error);
}

const struct command command_events = {
    .name = "events",
    .summary = "all events of a run, in the order in which the debugger was told",
    .arguments = "[RUN...]",
    .details = "KEY is time, hold, kind, pid, tid or seq. Kinds: CreateProcess, ExitProcess, "
               "CreateThread, ExitThread, LoadDll, UnloadDll,\n"
               "Exception, OutputDebugString, RipEvent, Mark. --module looks at loads, unloads, "
               "exceptions, and at what processes and\n"
               "threads started in. 'held' is how long the thread stood still for the event.\n",
    .options = OPTION_BIT(OPTION_KIND) | OPTION_BIT(OPTION_PID) | OPTION_BIT(OPTION_TID) |
               OPTION_BIT(OPTION_MODULE) | OPTION_BIT(OPTION_FROM) | OPTION_BIT(OPTION_TO) |
               OPTION_BIT(OPTION_TEXT) | OPTION_BIT(OPTION_SORT) | OPTION_BIT(OPTION_REVERSE) |
               OPTION_BIT(OPTION_LIMIT) | OPTION_BIT(OPTION_FOLLOW),
    .flags = COMMAND_TAKES_RUNS,
    .run = run,
};
