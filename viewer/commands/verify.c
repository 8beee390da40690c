/*
 * trailview verify: whether a file is whole and agrees with itself. Each check is a SELECT that
 * yields one sentence for each problem; those that concern the tables of details are made from the
 * event descriptors.
 */
#include "command.h"
#include "event_kinds.h"
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
static void find_problems(struct check *check, sqlite3 *db, const char *sql)
{
    struct trail_error error;
    sqlite3_stmt *problems = sql != NULL ? sql_prepare(db, sql, &error) : NULL;
    int step = SQLITE_DONE;

    if (problems == NULL) {
        add_problem(check, sql != NULL ? error.sentence : "out of memory");
        return;
    }
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

static void find_and_free(struct check *check, sqlite3 *db, char *sql)
{
    find_problems(check, db, sql);
    sqlite3_free(sql);
}

/* Every row of details has its event, of its kind, and the other way round. */
static void check_details(struct check *check, sqlite3 *db)
{
    for (unsigned kind = 1; kind < EVENT_KINDS; kind++) {
        const struct kind_descriptor *descriptor = event_kind_descriptor(kind);
        if (descriptor == NULL || descriptor->table[0] == '\0')
            continue;
        find_and_free(check, db,
                      sqlite3_mprintf("SELECT printf('run %%d: the details of event %%d in %w have "
                                      "no event of kind %w', d.run_id, d.seq) FROM main.\"%w\" d "
                                      "WHERE NOT EXISTS (SELECT 1 FROM main.event e WHERE e.run_id "
                                      "= d.run_id AND e.seq = d.seq AND e.kind = %u) UNION ALL "
                                      "SELECT printf('run %%d: event %%d, %w, has no details', "
                                      "e.run_id, e.seq) FROM main.event e WHERE e.kind = %u "
                                      "AND NOT EXISTS (SELECT 1 FROM main.\"%w\" d WHERE d.run_id "
                                      "= e.run_id AND d.seq = e.seq)",
                                      descriptor->table, descriptor->name, descriptor->table, kind,
                                      descriptor->name, kind, descriptor->table));
    }
}

/*
 * What a column of a detail table refers to, going by the end of its name, as a condition that
 * lacks "= column".
 */
static const char *target_of(const char *column)
{
    static const struct {
        const char *end, *target;
    } targets[] = {{"module_id", "main.module m WHERE m.id"},
                   {"process_id", "main.process p WHERE p.run_id = d.run_id AND p.id"},
                   {"load_seq", "main.event_load_dll l WHERE l.run_id = d.run_id AND l.seq"}};
    size_t length = strlen(column);

    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        size_t end = strlen(targets[i].end);
        if (length >= end && strcmp(column + length - end, targets[i].end) == 0)
            return targets[i].target;
    }
    return NULL;
}

static void check_reference(struct check *check, sqlite3 *db, const char *table, const char *column,
                            const char *type)
{
    const char *target = target_of(column);

    (void)type;
    if (target == NULL)
        return;
    find_and_free(
        check, db,
        sqlite3_mprintf("SELECT printf('run %%d: event %%d: %q refers to %%s, which is not there', "
                        "d.run_id, d.seq, d.\"%w\") FROM main.\"%w\" d "
                        "WHERE d.\"%w\" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM %s = d.\"%w\")",
                        column, column, table, column, target, column));
}

static void check_type(struct check *check, sqlite3 *db, const char *table, const char *column,
                       const char *type)
{
    find_and_free(check, db,
                  sqlite3_mprintf("SELECT printf('run %%d: event %%d: %q is of type %%s, not %q', "
                                  "run_id, seq, typeof(\"%w\")) FROM main.\"%w\" "
                                  "WHERE typeof(\"%w\") NOT IN ('null', lower('%q'))",
                                  column, type, column, table, column, type));
}

/* Calls `look` for each column of each table of details, as the file has them. */
static void for_each_column(struct check *check, sqlite3 *db,
                            void (*look)(struct check *, sqlite3 *, const char *table,
                                         const char *column, const char *type))
{
    struct trail_error error;
    sqlite3_stmt *columns = sql_prepare(
        db, "SELECT name, type FROM pragma_table_info(?1, 'main') WHERE pk = 0 ORDER BY cid",
        &error);

    if (columns == NULL)
        add_problem(check, error.sentence);
    for (unsigned kind = 1; columns != NULL && kind < EVENT_KINDS; kind++) {
        const struct kind_descriptor *descriptor = event_kind_descriptor(kind);
        if (descriptor == NULL || descriptor->table[0] == '\0')
            continue;
        sqlite3_bind_text(columns, 1, descriptor->table, -1, SQLITE_STATIC);
        while (sqlite3_step(columns) == SQLITE_ROW) {
            const char *column = (const char *)sqlite3_column_text(columns, 0),
                       *type = (const char *)sqlite3_column_text(columns, 1);
            if (column != NULL && type != NULL)
                look(check, db, descriptor->table, column, type);
        }
        sqlite3_reset(columns);
    }
    sqlite3_finalize(columns);
}

/* NULL in `sql`: a check of its own. */
static void run_check(struct check *check, sqlite3 *db, const char *sql)
{
    if (sql != NULL)
        find_problems(check, db, sql);
    else if (strcmp(check->name, "details") == 0)
        check_details(check, db);
    else
        for_each_column(check, db,
                        strcmp(check->name, "types") == 0 ? check_type : check_reference);
}

static const struct {
    const char *name, *sql;
} checks[] = {
    {"file", "PRAGMA integrity_check"},
    {"runs", sql_verify_runs},
    {"sequence", sql_verify_sequence},
    {"events", sql_verify_events},
    {"counts", sql_verify_counts},
    {"details", NULL},
    {"types", NULL},
    {"references", NULL},
    {"processes", sql_verify_processes},
    {"unloads", sql_verify_unloads},
};

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

    for (size_t i = 0;
         result == 0 && i < (open_error != NULL ? 1 : sizeof checks / sizeof checks[0]); i++) {
        struct check check = {checks[i].name, 0, {0}};
        if (open_error != NULL)
            add_problem(&check, open_error->sentence);
        else
            run_check(&check, database->db, checks[i].sql);
        result = print_check(viewer, &check, error);
        worst |= check.problems > 0;
        buffer_release(&check.first);
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
