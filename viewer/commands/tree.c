/* trailview tree: the processes of a run, children below their parents. */
#include "command.h"
#include "query.h"
#include "viewer_sql.h"

static const struct table_column table[] = {
    {"run", "run", STYLE_COUNT, TABLE_SEVERAL_RUNS},
    {"pid", "pid", STYLE_PLAIN, 0},
    {"via", "via", STYLE_PLAIN, 0},
    {"start ms", "start_t_ns", STYLE_MS, 0},
    {"end ms", "end_t_ns", STYLE_MS, 0},
    {"lived", "end_t_ns - start_t_ns", STYLE_DURATION, 0},
    {"cpu ms", "cpu_user_ns + cpu_system_ns", STYLE_MS, COLUMN_HIDE_EMPTY | COLUMN_IF_WIDE},
    {"peak", "peak_bytes", STYLE_BYTES, COLUMN_HIDE_EMPTY | COLUMN_IF_WIDE},
    {"exit", QUERY_EXIT, STYLE_COUNT, 0},
    {"process", "lines || coalesce(images, '?')", STYLE_PATH, 0},
    {"loads", "iif(load_detection = 'not observed', load_detection, NULL)", STYLE_PLAIN,
     COLUMN_HIDE_EMPTY},
    {"command line", "command_line", STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct query query = {
    .sql = sql_tree,
    .data_columns = "run, depth, process, pid, parent_process, parent_pid, via, name, path, "
                    "command_line, start_t_ns, end_t_ns, "
                    "exit_code, exit_signal, load_detection, first_seq, last_seq, "
                    "images, cpu_user_ns, cpu_system_ns, peak_bytes",
    .table = table,
    .order = "position",
    .rows = "processes",
    .nothing = "it ended before anything was told",
};

static int run(struct viewer *viewer, struct trail_error *error)
{
    return query_print(viewer, &query, error);
}

const struct command command_tree = {
    .name = "tree",
    .summary = "the processes of a run, children below their parents",
    .arguments = "[RUN...]",
    .details = "'a > b' is a process that began as a and ran b in its place; 'a (as b)' was "
               "started by the name b.\nThe other formats have a row a process, in the same order, "
               "with its depth.\n",
    .options = 0,
    .flags = COMMAND_TAKES_RUNS,
    .run = run,
};
