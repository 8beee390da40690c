/* trailview prune: takes runs out of a file, and gives the space back. */
#include "command.h"
#include "db.h"
#include "escape.h"
#include "human.h"
#include "rules/named_runs.h"
#include "sql.h"
#include "upkeep/prune.h"
#include "viewer_sql.h"

#include <inttypes.h>
#include <string.h>

static const struct column columns[] = {
    {.name = "run", .style = STYLE_COUNT},
    {.name = "start"},
    {.name = "events", .style = STYLE_COUNT},
    {.name = "labels", .style = STYLE_WORDS, .flags = COLUMN_HIDE_EMPTY | COLUMN_FOR_PROGRAMS},
    {.name = "command_line", .style = STYLE_WORDS, .title = "command line"},
    {.name = "result", .style = STYLE_KIND},
    {.name = "reason", .style = STYLE_WORDS, .flags = COLUMN_HIDE_EMPTY},
};

enum { COLUMNS = sizeof columns / sizeof *columns, REASON_COLUMN = 5 };

struct pruning {
    struct viewer *viewer;
    sqlite3 *db; /* to write; NULL: --dry-run */
    struct buffer runs, kept;
    int64_t keep, age_ns;
    size_t removed;
};

static int parse_options(struct pruning *pruning, struct trail_error *error)
{
    const struct options *options = &pruning->viewer->options;
    const char *keep = options->argument[OPTION_KEEP], *older = options->argument[OPTION_OLDER];

    pruning->age_ns = -1;
    if (keep != NULL && human_parse_number(keep, &pruning->keep) != 0)
        return error_set(error, TRAIL_FAILED, 0, "--keep takes a number, not '%s'", keep);
    if (older != NULL && human_parse_age(older, &pruning->age_ns) != 0)
        return error_set(error, TRAIL_FAILED, 0,
                         "--older takes an age: 30d, 12h, 6w, 90min; not '%s'", older);
    if (keep == NULL && older == NULL && pruning->viewer->argument_count == 0)
        return error_set(error, TRAIL_FAILED, 0,
                         "'prune' needs to know which runs: RUN, --older AGE, --keep N");
    return 0;
}

/* The chosen runs as a JSON array; they are of one file. */
static int list_runs(struct pruning *pruning, struct trail_error *error)
{
    const struct viewer *viewer = pruning->viewer;

    for (size_t i = 0; i < viewer->run_count; i++) {
        if (viewer->runs[i].database != viewer->runs[0].database)
            return error_set(error, TRAIL_FAILED, 0, "'prune' takes runs of one file at a time");
        buffer_format(&pruning->runs, "%c%" PRId64, i == 0 ? '[' : ',',
                      (int64_t)viewer->runs[i].run);
    }
    buffer_add_text(&pruning->runs, viewer->run_count == 0 ? "[]" : "]");
    return 0;
}

/* Adds "uuid":"app.rules" for each run that the file was learned from. */
static int keep_named(struct pruning *pruning, const char *path, struct trail_error *error)
{
    struct rules rules = {0};
    const char *at = NULL, *uuid;
    size_t length, count = 0;
    int result = rules_read(path, &rules, error);

    while (result == 0 && (uuid = named_runs_next(&rules, &at, &length)) != NULL) {
        buffer_add_text(&pruning->kept, pruning->kept.length == 0 ? "{" : ",");
        escape_json_string(&pruning->kept, uuid, length);
        buffer_add_char(&pruning->kept, ':');
        escape_json_string(&pruning->kept, path, strlen(path));
        count++;
    }
    if (result == 0 && count == 0)
        result = error_set(error, TRAIL_FAILED, 0,
                           "'%s' does not say which runs it was learned from; 'trailview baseline "
                           "--update' writes that",
                           path);
    rules_release(&rules);
    return result;
}

static int keep_all_named(struct pruning *pruning, struct trail_error *error)
{
    const struct options *options = &pruning->viewer->options;

    for (size_t i = 0; i < options->repeated_count; i++)
        if (keep_named(pruning, options->repeated[i], error) != 0)
            return -1;
    buffer_add_text(&pruning->kept, pruning->kept.length == 0 ? "{}" : "}");
    return pruning->kept.failed || pruning->runs.failed
               ? error_set(error, TRAIL_FAILED, 0, "out of memory")
               : 0;
}

static sqlite3_stmt *prepare(const struct pruning *pruning, const struct database *database,
                             struct trail_error *error)
{
    sqlite3_stmt *rows = sql_prepare(database->db, sql_prune_runs, error);
    sqlite3_int64 now_ns = 0;

    if (rows == NULL ||
        (pruning->age_ns >= 0 &&
         sql_integer(database->db,
                     "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000000",
                     &now_ns, error) != 0)) {
        sqlite3_finalize(rows);
        return NULL;
    }
    sqlite3_bind_text(rows, sqlite3_bind_parameter_index(rows, ":kept"),
                      buffer_text(&pruning->kept), -1, SQLITE_STATIC);
    sqlite3_bind_text(rows, sqlite3_bind_parameter_index(rows, ":runs"),
                      buffer_text(&pruning->runs), -1, SQLITE_STATIC);
    sqlite3_bind_int64(rows, sqlite3_bind_parameter_index(rows, ":keep"), pruning->keep);
    if (pruning->age_ns >= 0)
        sqlite3_bind_int64(rows, sqlite3_bind_parameter_index(rows, ":before_ns"),
                           now_ns - pruning->age_ns);
    return rows;
}

/* One run: whether it goes, and why not. */
static int take_run(struct pruning *pruning, sqlite3_stmt *row, struct trail_error *error)
{
    struct cell cells[COLUMNS];
    int gone = 0;

    for (int i = 0; i < REASON_COLUMN; i++)
        cells[i] = cell_of(row, i);
    cells[COLUMNS - 1] = cell_of(row, REASON_COLUMN);
    if (cells[COLUMNS - 1].type == CELL_NULL) {
        gone = pruning->db == NULL
                   ? !prune_has_ring(sqlite3_db_handle(row), sqlite3_column_int64(row, 0))
                   : prune_run(pruning->db, sqlite3_column_int64(row, 0), error);
        if (gone == 0)
            cells[COLUMNS - 1] = cell_text("a ring file that is not its own is beside it");
    }
    if (gone < 0)
        return -1;
    pruning->removed += gone > 0;
    cells[COLUMNS - 2] = cell_text(gone == 0             ? "kept"
                                   : pruning->db != NULL ? "removed"
                                                         : "would be removed");
    return output_row(&pruning->viewer->output, cells, error);
}

static int take_runs(struct pruning *pruning, const struct database *database,
                     struct trail_error *error)
{
    sqlite3_stmt *rows = prepare(pruning, database, error);
    int result =
            rows == NULL ? -1 : output_begin(&pruning->viewer->output, columns, COLUMNS, error),
        step = SQLITE_DONE;

    while (result == 0 && (step = sqlite3_step(rows)) == SQLITE_ROW)
        result = take_run(pruning, rows, error);
    if (result == 0 && step != SQLITE_DONE)
        result = sql_error(database->db, error);
    if (rows != NULL && output_end(&pruning->viewer->output, result == 0 ? error : NULL) != 0)
        result = -1;
    sqlite3_finalize(rows);
    return result;
}

static int file_bytes(sqlite3 *db, sqlite3_int64 *bytes, struct trail_error *error)
{
    return sql_integer(db, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
                       bytes, error);
}

static void say(const struct pruning *pruning, sqlite3_int64 bytes)
{
    struct buffer sentence = {0};

    buffer_format(&sentence, "%zu run%s%s", pruning->removed, pruning->removed == 1 ? "" : "s",
                  pruning->db == NULL ? " would be removed" : " removed");
    if (bytes > 0) {
        buffer_add_text(&sentence, "; the file is ");
        human_bytes(&sentence, bytes);
        buffer_add_text(&sentence, " smaller");
    }
    viewer_say(buffer_text(&sentence));
    buffer_release(&sentence);
}

static int prune(struct pruning *pruning, struct database *database, struct trail_error *error)
{
    sqlite3_int64 before = 0, after = 0;

    if (pruning->db != NULL && file_bytes(pruning->db, &before, error) != 0)
        return -1;
    if (take_runs(pruning, database, error) != 0)
        return -1;
    if (pruning->db != NULL && pruning->removed > 0 &&
        (viewer_refresh(database, error) != 0 || prune_shared(pruning->db, error) != 0 ||
         prune_give_back(pruning->db, error) != 0 || file_bytes(pruning->db, &after, error) != 0))
        return -1;
    say(pruning, pruning->removed > 0 ? before - after : 0);
    return 0;
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    struct pruning pruning = {.viewer = viewer};
    struct database *database = viewer->run_count > 0 ? viewer->runs[0].database : viewer->database;
    int result = parse_options(&pruning, error) != 0 || list_runs(&pruning, error) != 0 ||
                         keep_all_named(&pruning, error) != 0 ||
                         viewer_refresh(database, error) != 0
                     ? -1
                     : 0;

    if (result == 0 && !viewer->options.given[OPTION_DRY_RUN])
        result = db_open_for_recording(database->path, &pruning.db, error);
    if (result == 0)
        result = prune(&pruning, database, error);
    db_close(pruning.db);
    buffer_release(&pruning.runs);
    buffer_release(&pruning.kept);
    return result;
}

const struct command command_prune = {
    .name = "prune",
    .summary = "take runs out of the file, and give the space back",
    .arguments = "[RUN...]",
    .details =
        "Of the named runs, or else of all, it takes away those that --older and --keep say: "
        "'prune --keep 20 @build=99' leaves the newest 20 of that build. A run that is being "
        "recorded stays, and so does what a file of --rules was learned from: 'baseline' writes "
        "into it which runs these are. Each run goes as a whole: when it is killed, 'prune' can be "
        "repeated.\n",
    .options = OPTION_BIT(OPTION_OLDER) | OPTION_BIT(OPTION_KEEP) | OPTION_BIT(OPTION_RULES) |
               OPTION_BIT(OPTION_DRY_RUN),
    .flags = COMMAND_TAKES_RUNS | COMMAND_TAKES_ALL_RUNS,
    .run = run,
};
