/* See follow.h. */
#include "follow.h"
#include "sql.h"

#include <math.h>
#include <string.h>

enum { WAIT_MS = 100, WAITS_AFTER_FAILURE = 20 };

int follow_check(const struct viewer *viewer, struct trail_error *error)
{
    const struct options *options = &viewer->options;

    if (strcmp(viewer->output.format->name, "json") == 0)
        return error_set(error, TRAIL_FAILED, 0,
                         "--follow cannot print json, whose array is whole only when the run has "
                         "ended; use ndjson");
    if (options->given[OPTION_SORT] || options->given[OPTION_REVERSE])
        return error_set(
            error, TRAIL_FAILED, 0,
            "--follow prints events in the order in which they come, so it takes no --%s",
            options_list[options->given[OPTION_SORT] ? OPTION_SORT : OPTION_REVERSE].name);
    if (viewer->run_count != 1)
        return error_set(error, TRAIL_FAILED, 0, "--follow takes one RUN, but %d were named",
                         (int)viewer->run_count);
    return 0;
}

int follow_init(struct follow *follow, const struct run_reference *run, struct trail_error *error)
{
    memset(follow, 0, sizeof *follow);
    follow->database = run->database;
    follow->run = run->run;
    follow->look = sql_prepare(run->database->db,
                               "SELECT state = 'recording', (SELECT max(seq) FROM main.event WHERE "
                               "run_id = ?1) FROM main.run WHERE id = ?1",
                               error);
    if (follow->look == NULL)
        return error_context(error, "cannot read '%s'", run->database->path);
    sqlite3_bind_int64(follow->look, 1, run->run);
    return 0;
}

/*
 * A file without a log on a read-only medium is taken to be unchangeable (db.c): nobody records to
 * it, whatever its rows say.
 */
static bool can_change(const struct database *database)
{
    const char *name = sqlite3_db_filename(database->db, "main");

    return name == NULL || !sqlite3_uri_boolean(name, "immutable", 0);
}

/*
 * seq is compared as the value that it is, not as a number: in a damaged file it may be anything.
 * -infinity is less than all of that.
 */
static int bind_after(sqlite3_stmt *rows, const sqlite3_value *newest)
{
    int index = sqlite3_bind_parameter_index(rows, ":after");

    return newest != NULL ? sqlite3_bind_value(rows, index, newest)
                          : sqlite3_bind_double(rows, index, -HUGE_VAL);
}

int follow_look(struct follow *follow, sqlite3_stmt *rows, struct trail_error *error)
{
    sqlite3_value *newest = NULL;
    int step;

    if (bind_after(rows, follow->newest) != SQLITE_OK)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    /* also where the run's row is gone: its command could not be launched */
    follow->is_recording = false;
    if ((step = sqlite3_step(follow->look)) == SQLITE_ROW) {
        follow->is_recording =
            sqlite3_column_int(follow->look, 0) == 1 && can_change(follow->database);
        newest = sqlite3_value_dup(sqlite3_column_value(follow->look, 1));
    }
    if (step != SQLITE_ROW && step != SQLITE_DONE) {
        sql_error(follow->database->db, error);
        return error_context(error, "cannot read '%s'", follow->database->path);
    }
    sqlite3_reset(follow->look);
    if (step == SQLITE_ROW && newest == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    if (newest != NULL && sqlite3_value_type(newest) == SQLITE_NULL) {
        sqlite3_value_free(newest);
        return 0;
    }
    sqlite3_value_free(follow->newest);
    follow->newest = newest;
    return 0;
}

/*
 * Whether the recorder lives cannot be known of a file that is another user's, or read-only: then
 * it is taken to live.
 */
static int recover_if_it_died(struct follow *follow)
{
    struct trail_error error = {TRAIL_OK, 0, ""};
    int count;

    if (follow->unchecked_waits > 0) {
        follow->unchecked_waits--;
        return 0;
    }
    if ((count = viewer_recover(follow->database->path, &error)) >= 0)
        return count;
    follow->unchecked_waits = WAITS_AFTER_FAILURE;
    if (error.code != TRAIL_LOCKED && !follow->has_warned) {
        error_context(&error,
                      "waiting, but it cannot be told whether everything in '%s' is still recorded",
                      follow->database->path);
        viewer_say(error.sentence);
        follow->has_warned = true;
    }
    return 0;
}

int follow_wait(struct follow *follow, struct trail_error *error)
{
    int moved = 0;

    if (viewer_refresh(follow->database, error) != 0)
        return -1;
    if (sqlite3_file_control(follow->database->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) ==
            SQLITE_OK &&
        moved)
        return error_set(error, TRAIL_NOT_FOUND, 0,
                         "cannot follow '%s': that file was moved, replaced or removed meanwhile",
                         follow->database->path);
    if (recover_if_it_died(follow) == 0)
        sqlite3_sleep(WAIT_MS);
    return 0;
}

void follow_release(struct follow *follow)
{
    sqlite3_finalize(follow->look);
    sqlite3_value_free(follow->newest);
}
