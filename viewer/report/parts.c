/* See parts.h. */
#include "parts.h"

#include "stacks.h"
#include "viewer_sql.h"

/* A link to a stack that the report shows. */
#define STACK_OF_ROW                                                              \
    {                                                                             \
        "stack", "iif(seq IN (" STACKS_SHOWN("seq") "), seq, NULL)", STYLE_PLAIN, \
            COLUMN_HIDE_EMPTY                                                     \
    }

static const struct table_column programs[] = {
    {"program", "name", STYLE_TITLE, 0},
    {"processes", "processes", STYLE_COUNT, 0},
    {"failed", "nullif(failed, 0)", STYLE_COUNT, COLUMN_HIDE_EMPTY},
    {"lived", "lived_ns", STYLE_DURATION, 0},
    {"longest", "longest_ns", STYLE_DURATION, 0},
    {"cpu", "cpu_ns", STYLE_DURATION, COLUMN_HIDE_EMPTY},
    {"peak", "peak_bytes", STYLE_BYTES, COLUMN_HIDE_EMPTY},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct table_column processes[] = {
    {"process", "lines || coalesce(images, '?')", STYLE_PATH, 0},
    {"pid", "pid", STYLE_COUNT, 0},
    {"via", "via", STYLE_PLAIN, 0},
    {"start ms", "start_t_ns", STYLE_MS, 0},
    {"end ms", "end_t_ns", STYLE_MS, 0},
    {"lived", "end_t_ns - start_t_ns", STYLE_DURATION, 0},
    {"cpu", "cpu_user_ns + cpu_system_ns", STYLE_DURATION, COLUMN_HIDE_EMPTY},
    {"peak", "peak_bytes", STYLE_BYTES, COLUMN_HIDE_EMPTY},
    {"exit", QUERY_EXIT, STYLE_COUNT, 0},
    {"loads", "iif(load_detection = 'not observed', load_detection, NULL)", STYLE_PLAIN,
     COLUMN_HIDE_EMPTY},
    {"command line", "command_line", STYLE_PATH, COLUMN_HIDE_EMPTY},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct table_column loads[] = {
    {"#", "ordinal", STYLE_COUNT, 0},
    {"ms", "t_ns", STYLE_MS, 0},
    {"+ms", "t_ns - lag(t_ns) OVER (PARTITION BY pid ORDER BY t_ns, seq)", STYLE_MS, 0},
    {"process", "image || ' (' || pid || ')'", STYLE_PLAIN, TABLE_SEVERAL_PROCESSES},
    {"name", "name", STYLE_TITLE, 0},
    {"why", "why", STYLE_WORDS, COLUMN_HIDE_EMPTY},
    {"phase", "load_phase", STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    {"size", "size", STYLE_BYTES, COLUMN_HIDE_EMPTY},
    {"version", "version", STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    {"build", "iif(version IS NULL, substr(build_id, 1, 12), NULL)", STYLE_PLAIN,
     COLUMN_HIDE_EMPTY},
    {"end ms", "unload_t_ns", STYLE_MS, COLUMN_HIDE_EMPTY},
    STACK_OF_ROW,
    {"path", "path", STYLE_PATH, 0},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct table_column failed[] = {
    {"ms", "t_ns", STYLE_MS, 0},
    {"pid", "pid", STYLE_COUNT, TABLE_SEVERAL_PROCESSES},
    {"what", "what", STYLE_PLAIN, 0},
    {"name", "name", STYLE_TITLE, 0},
    {"phase", "load_phase", STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    {"needed by", "needed_by", STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    {"asked by", "asked_by", STYLE_WORDS, COLUMN_HIDE_EMPTY},
    {"loaded then", "request", STYLE_PATH, COLUMN_HIDE_EMPTY},
    {"said by", "source", STYLE_PLAIN, 0},
    {"status", "status", STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    STACK_OF_ROW,
    {"words", "words", STYLE_WORDS, COLUMN_HIDE_EMPTY},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct table_column gaps[] = {
    {"gap", QUERY_GAP_WALL, STYLE_DURATION, 0},
    {"computing", "min(cpu_ns, " QUERY_GAP_WALL ")", STYLE_DURATION, COLUMN_HIDE_EMPTY},
    {"waiting", "max(0, " QUERY_GAP_WALL " - cpu_ns)", STYLE_DURATION, COLUMN_HIDE_EMPTY},
    {"held", "nullif(held_ns, 0)", STYLE_DURATION, COLUMN_HIDE_EMPTY},
    {"at ms", "t_ns", STYLE_MS, 0},
    {"process", "coalesce(process, '?') || ' (' || pid || ')'", STYLE_PLAIN,
     TABLE_SEVERAL_PROCESSES},
    {"from", "\"from\"", STYLE_TITLE, 0},
    {"to", "\"to\"", STYLE_TITLE, 0},
    {"what was seen", "looks", STYLE_WORDS, COLUMN_HIDE_EMPTY},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct table_column exceptions[] = {
    {"ms", "t_ns", STYLE_MS, 0},
    {"pid", "pid", STYLE_COUNT, TABLE_SEVERAL_PROCESSES},
    {"thread", "tid", STYLE_COUNT, 0},
    {"name", "coalesce(name, code)", STYLE_TITLE, 0},
    {"code", "code", STYLE_PLAIN, 0},
    {"si_code", "si_code", STYLE_COUNT, COLUMN_HIDE_EMPTY},
    {"chance", QUERY_CHANCE, STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    {"where", QUERY_FAULT_PLACE, STYLE_PATH, 0},
    {"access", "access", STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    {"parameters", QUERY_PARAMETERS, STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    {"nested", QUERY_NESTED, STYLE_PLAIN, COLUMN_HIDE_EMPTY},
    STACK_OF_ROW,
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct table_column output[] = {
    {"ms", "t_ns", STYLE_MS, 0},       {"pid", "pid", STYLE_COUNT, TABLE_SEVERAL_PROCESSES},
    {"thread", "tid", STYLE_COUNT, 0}, {"text", QUERY_DEBUG_TEXT, STYLE_PATH, 0},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct table_column threads[] = {
    {"pid", "pid", STYLE_COUNT, 0},
    {"thread", "tid", STYLE_COUNT, 0},
    {"name", "name", STYLE_TITLE, COLUMN_HIDE_EMPTY},
    {"start ms", "start_t_ns", STYLE_MS, 0},
    {"end ms", "end_t_ns", STYLE_MS, 0},
    {"lived", "end_t_ns - start_t_ns", STYLE_DURATION, 0},
    {"exit", QUERY_EXIT_CODE, STYLE_COUNT, 0},
    {"start address", QUERY_START_ADDRESS, STYLE_PATH, COLUMN_HIDE_EMPTY},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct table_column environment[] = {
    {"name", "name", STYLE_TITLE, 0},
    {"value", "value", STYLE_PATH, 0},
    {"check value", "iif(value IS NULL, printf('%03x', check_value), NULL)", STYLE_PLAIN,
     COLUMN_HIDE_EMPTY},
    {NULL, NULL, STYLE_PLAIN, 0},
};

static const struct {
    struct table_words words;
    struct query query;
} parts[PARTS] = {
    [PART_PROGRAMS] = {{"programs", "Programs", "The processes by the last program that each ran.",
                        "No process was seen.", "trailview tree"},
                       {.sql = sql_report_programs, .table = programs, .order = "place"}},
    [PART_PROCESSES] = {{"processes", "Processes",
                         "Children stand below their parents; 'a > b' began as a and ran b in its "
                         "place.",
                         "No process was seen.", "trailview tree"},
                        {.sql = sql_tree, .table = processes, .order = "position"}},
    [PART_LOADS] = {{"loads", "Loads",
                     "In the order in which they were loaded. 'why' says whose import a module is, "
                     "or what made the loader load it.",
                     "No load was seen.", "trailview loads"},
                    {.view = "loads", .table = loads, .order = "seq", .is_numbered = true}},
    [PART_FAILED] = {{"failed", "Failed loads",
                      "What the loader was asked for in vain. What is a conclusion was not said by "
                      "the loader, but never came though it was imported.",
                      "Nothing was asked for in vain.", "trailview loads --failed"},
                     {.view = "failed_loads", .table = failed, .order = "seq"}},
    [PART_GAPS] = {{"gaps", "Gaps",
                    "The longest spans between two events of one process, without what the "
                    "recorder held it for. A gap belongs to what came before it as much as to what "
                    "came after.",
                    "There is no gap.", "trailview gaps"},
                   {.sql = sql_gaps, .table = gaps, .order = "held_ns - gap_ns, seq"}},
    [PART_EXCEPTIONS] = {{"exceptions", "Exceptions", NULL, "No exception or signal was seen.",
                          "trailview exceptions"},
                         {.view = "exceptions", .table = exceptions, .order = "seq"}},
    [PART_OUTPUT] = {{"output", "Debug output", NULL, "The program put out no debug string.",
                      "trailview output"},
                     {.view = "output", .table = output, .order = "seq"}},
    [PART_THREADS] = {{"threads", "Threads", NULL, "No thread was seen.", "trailview threads"},
                      {.view = "threads", .table = threads, .order = "thread"}},
    [PART_ENVIRONMENT] = {{"environment", "Environment",
                           "Of variables that do not steer loading or locale only a check value is "
                           "kept: it tells whether two are the same.",
                           "No variable was recorded.", "trailview info"},
                          {.view = "variables", .table = environment, .order = "name"}},
};

int part_write(struct page *page, const struct run_reference *run, enum report_part part,
               struct trail_error *error)
{
    return table_query(page, run, &parts[part].query, &parts[part].words, error);
}

struct page_entry part_entry(enum report_part part)
{
    return (struct page_entry){parts[part].words.id, parts[part].words.heading};
}
