/* trailview gaps: where the time went between events, and what threads did meanwhile. */
#include "command.h"
#include "query.h"
#include "viewer_sql.h"

static const struct table_column table[] = {
    {"run", "run", STYLE_COUNT, TABLE_SEVERAL_RUNS},
    {"gap", QUERY_GAP_WALL, STYLE_DURATION, 0},
    {"at ms", "t_ns", STYLE_MS, 0},
    {"pid", "pid", STYLE_PLAIN, TABLE_SEVERAL_PROCESSES | COLUMN_IF_WIDE},
    {"process", "process", STYLE_PLAIN, TABLE_SEVERAL_PROCESSES},
    {"from", "\"from\"", STYLE_TITLE, 0},
    {"to", "\"to\"", STYLE_TITLE, 0},
    {"held", "nullif(held_ns, 0)", STYLE_DURATION, COLUMN_HIDE_EMPTY | COLUMN_IF_WIDE},
    {"cpu", "cpu_ns", STYLE_DURATION, COLUMN_HIDE_EMPTY | COLUMN_IF_WIDE},
    {"what was seen", "looks", STYLE_WORDS, COLUMN_HIDE_EMPTY},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct sort_key sort_keys[] = {
    {"gap", "held_ns - gap_ns"},
    {"time", "t_ns"},
    {NULL, NULL},
};

static const struct query query = {
    .sql = sql_gaps,
    .data_columns = "run, pid, process, \"from\", \"to\", t_ns, gap_ns, held_ns, cpu_ns, looks, "
                    "from_seq, seq",
    .table = table,
    .order = "held_ns - gap_ns, seq",
    .sort_keys = sort_keys,
    .conditions = {[OPTION_PID] = QUERY_PID},
};

static int run(struct viewer *viewer, struct trail_error *error)
{
    return query_print(viewer, &query, error);
}

const struct command command_gaps = {
    .name = "gaps",
    .summary = "where the time went between events, and what threads did meanwhile",
    .arguments = "[RUN...]",
    .details =
        "A gap lies between two events of one process: its start or the attach to it, an exec, "
        "loads, marks, its exit or the end of the recording.\n"
        "It belongs to what came before it as much as to what came after: a library's constructors "
        "run after its load. The time is without what "
        "the recorder held the process for. 'what was\n"
        "seen' says what threads were doing when trailrec looked (its option --looks). Of a run "
        "there are the 200 longest.\n",
    .options = OPTION_BIT(OPTION_PID) | OPTION_BIT(OPTION_SORT) | OPTION_BIT(OPTION_REVERSE) |
               OPTION_BIT(OPTION_LIMIT),
    .flags = COMMAND_TAKES_RUNS,
    .run = run,
};
