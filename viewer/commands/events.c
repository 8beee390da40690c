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

/*
 * Whose details fit is found in the tables of details, each read once; no event is looked at for
 * it.
 */
#define MODULES "(SELECT id FROM main.module WHERE trail_glob(:module, name, path))"
#define WITH_TEXT " LIKE " QUERY_TEXT_PATTERN " ESCAPE '\\'"
#define MODULES_WITH_TEXT                                                   \
    "(SELECT id FROM main.module WHERE name" WITH_TEXT " OR path" WITH_TEXT \
    " OR file_version" WITH_TEXT " OR build_id" WITH_TEXT " OR pdb_guid" WITH_TEXT ")"
#define CODES_WITH_TEXT(domain) \
    "(SELECT value FROM code WHERE domain = '" domain "' AND word" WITH_TEXT ")"
#define SEQS_OF(modules)                                                                          \
    "SELECT seq FROM main.event_create_process WHERE run_id = :run AND (image_module_id "         \
    "IN " modules " OR start_address_module_id IN " modules                                       \
    ") UNION ALL SELECT seq FROM main.event_load_dll WHERE run_id = :run AND module_id "          \
    "IN " modules " UNION ALL SELECT u.seq FROM main.event_unload_dll u CROSS JOIN "              \
    "main.event_load_dll l ON l.run_id = u.run_id AND l.seq = u.load_seq WHERE u.run_id = :run "  \
    "AND l.module_id IN " modules " UNION ALL SELECT seq FROM main.event_exception WHERE run_id " \
    "= :run AND address_module_id IN " modules " UNION ALL SELECT first_seq FROM main.thread "    \
    "WHERE run_id = :run AND start_address_module_id IN " modules
#define SEQS_WITH_TEXT                                                                            \
    " UNION ALL SELECT seq FROM main.event_create_process WHERE run_id = :run AND "               \
    "(command_line" WITH_TEXT " OR load_detection" WITH_TEXT ") UNION ALL SELECT seq FROM "       \
    "main.event_exit_process WHERE run_id = :run AND signal IN " CODES_WITH_TEXT(                 \
        "signal") " UNION ALL SELECT seq FROM main.event_exception WHERE run_id = :run AND "      \
                  "iif(si_code IS "                                                               \
                  "NULL, code IN " CODES_WITH_TEXT("exception") ", code IN " CODES_WITH_TEXT(     \
                      "signal") ") UNION ALL SELECT seq FROM main.event_output_debug_string "     \
                                "WHERE run_id = :run AND text" WITH_TEXT                          \
                                " UNION ALL SELECT seq FROM main.event_mark WHERE run_id = :run " \
                                "AND name" WITH_TEXT                                              \
                                " UNION ALL SELECT seq FROM main.event_load_failed WHERE run_id " \
                                "= :run AND (name" WITH_TEXT " OR words" WITH_TEXT                \
                                " OR object" WITH_TEXT ")"

static const struct query query = {
    .view = "events",
    .table = table,
    .order = "seq",
    .sort_keys = sort_keys,
    .most_on_terminal = 1000,
    .rows = "events",
    .nothing = "it ended before anything was told",
    .conditions =
        {
            [OPTION_KIND] = "kind IN (SELECT value FROM json_each(:kind))",
            [OPTION_PID] = QUERY_PID,
            [OPTION_TID] = QUERY_TID,
            [OPTION_FROM] = QUERY_FROM,
            [OPTION_TO] = QUERY_TO,
            [OPTION_MODULE] = "seq IN (" SEQS_OF(
                MODULES) " UNION ALL SELECT seq FROM main.event_load_failed WHERE run_id = :run "
                         "AND trail_glob(:module, name, name))",
            [OPTION_TEXT] = "seq IN (" SEQS_OF(MODULES_WITH_TEXT) SEQS_WITH_TEXT ")",
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
               "Exception, OutputDebugString, RipEvent, Mark, LoadFailed, EntryPoint. --module "
               "looks at loads, "
               "unloads, exceptions, and at what processes and\n"
               "threads started in. --text looks at names, paths, versions, command lines, debug "
               "strings and marks. 'held' is how long the thread stood still for the event. On a "
               "terminal the first 1000 are shown, unless --limit says how many.\n",
    .options = OPTION_BIT(OPTION_KIND) | OPTION_BIT(OPTION_PID) | OPTION_BIT(OPTION_TID) |
               OPTION_BIT(OPTION_MODULE) | OPTION_BIT(OPTION_FROM) | OPTION_BIT(OPTION_TO) |
               OPTION_BIT(OPTION_TEXT) | OPTION_BIT(OPTION_SORT) | OPTION_BIT(OPTION_REVERSE) |
               OPTION_BIT(OPTION_LIMIT) | OPTION_BIT(OPTION_FOLLOW),
    .flags = COMMAND_TAKES_RUNS,
    .run = run,
};
