/*
 * trailview verify: whether a file is whole and agrees with itself. Each check is a SELECT that
 * yields one sentence for each problem, or belongs to the walk over all events.
 */
#include "command.h"
#include "event_walk.h"
#include "viewer_sql.h"
#include "sql.h"

#include <inttypes.h>
#include <string.h>

struct check {
    const char *name;
    int64_t problems;
    struct buffer first; /* the sentence about the first problem */
};

static void add_problem(struct check *check, const char *sentence)
{
    if (check->problems++ == 0)
        buffer_add_text(&check->first, sentence != NULL ? sentence : "(no text)");
}

/* Runs a SELECT of problems. A damaged file may fail here; that is a problem like others. */
static void find_problems(struct check *check, sqlite3 *db, const char *sql, const char *counts)
{
    struct trail_error error;
    sqlite3_stmt *problems = sql_prepare(db, sql, &error);
    int step;

    if (problems == NULL) {
        add_problem(check, error.sentence);
        return;
    }
    if (sqlite3_bind_parameter_count(problems) > 0)
        sqlite3_bind_text(problems, 1, counts, -1, SQLITE_STATIC);
    while ((step = sqlite3_step(problems)) == SQLITE_ROW) {
        const char *sentence = (const char *)sqlite3_column_text(problems, 0);
        if (sentence != NULL && strncmp(sentence, "*** in database", 15) == 0 &&
            strchr(sentence, '\n') != NULL)
            sentence = strchr(sentence, '\n') + 1; /* integrity_check's heading */
        if (sentence == NULL || strcmp(sentence, "ok") != 0)
            add_problem(check, sentence);
    }
    if (step != SQLITE_DONE)
        add_problem(check, sqlite3_errmsg(db));
    sqlite3_finalize(problems);
}

static const struct {
    const char *name, *sql; /* NULL: event_walk alone; the SQL of "counts" reads its counts, ?1 */
    int walk;               /* enum walk_check, or -1 */
} checks[] = {
    {"file", "PRAGMA integrity_check", -1},
    {"runs", sql_verify_runs, -1},
    {"sequence", NULL, WALK_SEQUENCE},
    {"events", sql_verify_events, WALK_EVENTS},
    {"counts", sql_verify_counts, -1},
    {"details", NULL, WALK_DETAILS},
    {"types", NULL, WALK_TYPES},
    {"references", sql_verify_references, WALK_REFERENCES},
    {"processes", sql_verify_processes, WALK_PROCESSES},
    {"unloads", sql_verify_unloads, -1},
};

enum { CHECKS = sizeof checks / sizeof checks[0] };

static void take_problem(void *context, enum walk_check which, const char *sentence)
{
    struct check *check = context;

    for (size_t i = 0; i < CHECKS; i++)
        if (checks[i].walk == (int)which)
            add_problem(&check[i], sentence);
}

static void run_checks(struct check check[CHECKS], sqlite3 *db)
{
    struct buffer counts = {0};
    struct progress progress;
    sqlite3_int64 events = 0;

    sql_integer(db, "SELECT CAST(total(events) AS INTEGER) FROM main.run", &events, NULL);
    progress_begin(&progress, "verify", "events", events);
    event_walk(db, take_problem, check, &counts, &progress);
    progress_hide(&progress);
    if (counts.failed)
        add_problem(&check[0], "out of memory");
    for (size_t i = 0; i < CHECKS; i++)
        if (checks[i].sql != NULL)
            find_problems(&check[i], db, checks[i].sql, buffer_text(&counts));
    buffer_release(&counts);
}

static int print_check(struct viewer *viewer, const struct check *check, struct trail_error *error)
{
    const char *result = check->problems > 0 ? "problem" : "ok";
    const struct cell cells[] = {
        cell_text(check->name),
        cell_text(result),
        cell_integer(check->problems),
        cell_text(buffer_text(&check->first)),
    };

    return output_row(&viewer->output, cells, error);
}

/*
 * `open_error` is what a damaged file said when it was opened, NULL if it is open. Returns 0, 1 or
 * -1.
 */
static int print_checks(struct viewer *viewer, const struct database *database,
                        const struct trail_error *open_error, struct trail_error *error)
{
    static const struct column columns[] = {{.name = "check"},
                                            {.name = "result", .style = STYLE_KIND},
                                            {.name = "problems", .style = STYLE_COUNT},
                                            {.name = "first"}};
    int result = output_begin(&viewer->output, columns, 4, error), worst = 0;
    size_t count = open_error != NULL ? 1 : CHECKS;
    struct check check[CHECKS] = {0};

    for (size_t i = 0; i < count; i++)
        check[i].name = checks[i].name;
    if (open_error != NULL)
        add_problem(&check[0], open_error->sentence);
    else
        run_checks(check, database->db);
    for (size_t i = 0; i < count; i++) {
        if (result == 0)
            result = print_check(viewer, &check[i], error);
        worst |= check[i].problems > 0;
        buffer_release(&check[i].first);
    }
    if (output_end(&viewer->output, result == 0 ? error : NULL) != 0)
        result = -1;
    return result == 0 ? worst : -1;
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    const char *path = viewer->argument_count > 0 ? viewer->arguments[0] : viewer->path;
    struct database *database;
    struct trail_error damage;

    if (viewer->argument_count > 1)
        return error_set(error, TRAIL_FAILED, 0, "'verify' takes one file, but there is also '%s'",
                         viewer->arguments[1]);
    if ((database = viewer_open(viewer, path, error)) != NULL)
        return print_checks(viewer, database, NULL, error);
    if (error->code != TRAIL_DAMAGED)
        return -1;
    damage = *error;
    return print_checks(viewer, NULL, &damage, error);
}

const struct command command_verify = {
    .name = "verify",
    .summary = "check that the file is whole and agrees with itself",
    .arguments = "[FILE]",
    .details = "A line a check, with the first of its problems. Exit status 1 if there is any. "
               "Runs that are still being recorded are fine.\n",
    .options = 0,
    .flags = COMMAND_TAKES_ARGUMENTS,
    .run = run,
};
