/* trailview loads: the modules in the order in which they were loaded. */
#include "command.h"
#include "query.h"

static const struct table_column table[] = {
    {"run", "run", STYLE_COUNT, TABLE_SEVERAL_RUNS},
    {"#", "ordinal", STYLE_COUNT, 0},
    {"ms", "t_ns", STYLE_MS, 0},
    {"+ms", "t_ns - lag(t_ns) OVER (PARTITION BY pid ORDER BY t_ns, seq)", STYLE_MS, 0},
    {"pid", "pid", STYLE_PLAIN, TABLE_SEVERAL_PROCESSES},
    /* where any process has run more than one program, or another than its parent */
    {"image",
     "iif((SELECT 1 FROM main.event_create_process WHERE run_id = :run AND via = 2 LIMIT 1), "
     "image, NULL)",
     STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    {"name", "name", STYLE_TITLE, 0},
    {"size", "size", STYLE_BYTES, COLUMN_HIDE_EMPTY | COLUMN_IF_WIDE},
    {"version", "substr(version, 1, instr(version || ' ', ' ') - 1)", STYLE_PLAIN,
     COLUMN_HIDE_EMPTY},
    {"build-id", "iif(version IS NULL, substr(build_id, 1, 12), NULL)", STYLE_PLAIN,
     COLUMN_HIDE_EMPTY | COLUMN_IF_WIDE},
    {"phase", "load_phase", STYLE_PLAIN, COLUMN_IF_WIDE},
    {"time", "nullif(time_source, 'stop')", STYLE_PLAIN, COLUMN_HIDE_EMPTY | COLUMN_IF_WIDE},
    {"end ms", "unload_t_ns", STYLE_MS, COLUMN_HIDE_EMPTY | COLUMN_IF_WIDE},
    {"why", "why", STYLE_WORDS, COLUMN_HIDE_EMPTY},
    {"path", "path", STYLE_PATH, 0},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct sort_key sort_keys[] = {
    {"time", "t_ns"},
    {"name", "name COLLATE NOCASE"},
    {"path", "path COLLATE NOCASE"},
    {"size", "size"},
    {"seq", "seq"},
    {NULL, NULL},
};

static const struct query query = {
    .view = "loads",
    .table = table,
    .order = "seq",
    .sort_keys = sort_keys,
    .is_numbered = true,
    .rows = "loads",
    .nothing = "none came before its end, or before it was let go",
    .is_of_loader = true,
    .conditions =
        {
            [OPTION_PID] = QUERY_PID,
            [OPTION_TID] = QUERY_TID,
            [OPTION_FROM] = QUERY_FROM,
            [OPTION_TO] = QUERY_TO,
            [OPTION_MODULE] = "trail_glob(:module, name, path)",
        },
};

static const struct table_column failed_table[] = {
    {"run", "run", STYLE_COUNT, TABLE_SEVERAL_RUNS},
    {"ms", "t_ns", STYLE_MS, 0},
    {"pid", "pid", STYLE_PLAIN, TABLE_SEVERAL_PROCESSES},
    {"what", "what", STYLE_PLAIN, 0},
    {"name", "name", STYLE_TITLE, 0},
    {"phase", "load_phase", STYLE_PLAIN, COLUMN_IF_WIDE},
    {"needed by", "needed_by", STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    {"asked by", "asked_by", STYLE_WORDS, COLUMN_HIDE_EMPTY},
    {"loaded then", "request", STYLE_PATH, COLUMN_HIDE_EMPTY},
    {"said by", "source", STYLE_PLAIN, COLUMN_IF_WIDE},
    {"status", "status", STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    {"words", "words", STYLE_WORDS, 0},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct sort_key failed_sort_keys[] = {
    {"time", "t_ns"},
    {"name", "name COLLATE NOCASE"},
    {"seq", "seq"},
    {NULL, NULL},
};

static const struct query failed_query = {
    .view = "failed_loads",
    .table = failed_table,
    .order = "seq",
    .sort_keys = failed_sort_keys,
    .conditions =
        {
            [OPTION_PID] = QUERY_PID,
            [OPTION_TID] = QUERY_TID,
            [OPTION_FROM] = QUERY_FROM,
            [OPTION_TO] = QUERY_TO,
            [OPTION_MODULE] = "trail_glob(:module, name, name)",
        },
};

static int run(struct viewer *viewer, struct trail_error *error)
{
    return query_print(viewer, viewer->options.given[OPTION_FAILED] ? &failed_query : &query,
                       error);
}

const struct command command_loads = {
    .name = "loads",
    .summary = "the modules of a run, in load order",
    .arguments = "[RUN...]",
    .details = "KEY is time, name, path, size or seq. '+ms' is the time since the load before it "
               "in its process, "
               "among those shown. A column 'time' is there\n"
               "if some times are not those of a stop for this very load: batch (several loads "
               "were seen at one stop) or kernel. 'end ms' is\n"
               "when an unload, or an exec of the process, ended the load. 'why' says whose "
               "import a module is, or what else\n"
               "made the loader load it.\n"
               "With --failed: what the loader was asked for in vain, in its own words, and whose "
               "import it is; what is a conclusion says so.\n",
    .options = OPTION_BIT(OPTION_PID) | OPTION_BIT(OPTION_TID) | OPTION_BIT(OPTION_MODULE) |
               OPTION_BIT(OPTION_FAILED) | OPTION_BIT(OPTION_FROM) | OPTION_BIT(OPTION_TO) |
               OPTION_BIT(OPTION_SORT) | OPTION_BIT(OPTION_REVERSE) | OPTION_BIT(OPTION_LIMIT),
    .flags = COMMAND_TAKES_RUNS,
    .run = run,
};
