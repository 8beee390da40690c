/* See viewer.h. */
#include "viewer.h"

#include "array.h"
#include "command.h"
#include "db.h"
#include "formats.h"
#include "glob_function.h"
#include "harmful.h"
#include "recovery.h"
#include "sql.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { TITLE_RUNS = 4, TITLE_COMMAND_BYTES = 80, RECOVERED_SAID = 10 };

/* told from a user's own "trail.db" by its address */
const char viewer_default_path[] = "trail.db";

void viewer_say(const char *sentence)
{
    harmful_say("trailview", sentence);
}

static void add_command_line(struct viewer *viewer, const struct run_reference *run)
{
    sqlite3_stmt *row;
    const char *text;

    if (sqlite3_prepare_v2(run->database->db, "SELECT command_line FROM main.run WHERE id = ?1", -1,
                           &row, NULL) != SQLITE_OK)
        return;
    sqlite3_bind_int64(row, 1, run->run);
    if (sqlite3_step(row) == SQLITE_ROW &&
        (text = (const char *)sqlite3_column_text(row, 0)) != NULL) {
        buffer_add_text(&viewer->title, ": ");
        buffer_add(&viewer->title, text, text_cut(text, strlen(text), TITLE_COMMAND_BYTES));
    }
    sqlite3_finalize(row);
}

const char *viewer_title(struct viewer *viewer)
{
    const struct database *database =
        viewer->run_count > 0 ? viewer->runs[0].database : viewer->database;
    struct buffer *title = &viewer->title;

    buffer_clear(title);
    buffer_add_text(title, "trailview ");
    buffer_add_text(title, viewer->command->name);
    if (viewer->run_count > TITLE_RUNS)
        buffer_format(title, ": %zu runs", viewer->run_count);
    for (size_t i = 0; i < viewer->run_count && viewer->run_count <= TITLE_RUNS; i++)
        buffer_format(title, "%s%" PRId64,
                      i > 0                   ? ", "
                      : viewer->run_count > 1 ? ": runs "
                                              : ": run ",
                      (int64_t)viewer->runs[i].run);
    if (database != NULL) {
        buffer_add_text(title, viewer->run_count > 0 ? " of " : ": ");
        buffer_add_text(title, database->path);
    }
    if (viewer->run_count == 1)
        add_command_line(viewer, viewer->runs);
    return buffer_text(title);
}

bool viewer_prints_table(const struct viewer *viewer)
{
    return viewer->output.format == formats[0];
}

/* What was recovered: of many runs only how many they were. */
struct recovered {
    unsigned runs;
    uint64_t events;
};

static void say_recovered(void *context, int64_t run_id, uint64_t events, const char *left_alone)
{
    struct recovered *recovered = context;
    char *what, *sentence;

    recovered->events += events;
    if (++recovered->runs > RECOVERED_SAID)
        return;
    what = left_alone != NULL ? sqlite3_mprintf("%s, and is left alone", left_alone)
           : events == 0      ? sqlite3_mprintf("what it had recorded was in the file already")
                         : sqlite3_mprintf("%llu event%s recovered", (unsigned long long)events,
                                           events == 1 ? " was" : "s were");
    sentence = sqlite3_mprintf("run %lld was left unfinished by its recorder; %z",
                               (long long)run_id, what);
    if (sentence != NULL)
        viewer_say(sentence);
    sqlite3_free(sentence);
}

int viewer_recover(const char *path, struct trail_error *error)
{
    struct recovered recovered = {0, 0};
    int result = recovery_of_file(path, say_recovered, &recovered, error);
    char sentence[128];

    if (recovered.runs > RECOVERED_SAID) {
        snprintf(sentence, sizeof sentence,
                 "and so on: %u runs were left unfinished, %llu events were recovered",
                 recovered.runs, (unsigned long long)recovered.events);
        viewer_say(sentence);
    }
    return result;
}

/* Where that is not possible, the file is shown as it is. */
static void recover_or_say(const char *path)
{
    struct trail_error error = {TRAIL_OK, 0, ""};

    if (viewer_recover(path, &error) >= 0)
        return;
    error_context(&error, "a run was left unfinished by its recorder, and stays so");
    viewer_say(error.sentence);
}

struct database *viewer_open(struct viewer *viewer, const char *path, struct trail_error *error)
{
    struct database *database;

    for (database = viewer->databases; database != NULL; database = database->next)
        if (strcmp(database->path, path) == 0)
            return database;
    if ((database = calloc(1, sizeof *database)) == NULL ||
        (database->path = malloc(strlen(path) + 1)) == NULL) {
        free(database);
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    strcpy(database->path, path);
    recover_or_say(path);
    if (db_open_for_viewing(path, &database->db, error) != 0) {
        if (error->code == TRAIL_NOT_FOUND && path == viewer_default_path)
            error_set(error, TRAIL_NOT_FOUND, 0,
                      "there is no '%s' here; name a file with -d FILE, or record one with "
                      "'trailrec -- COMMAND'",
                      path);
        goto fail;
    }
    if (glob_function_add(database->db, error) != 0 || sql_run(database->db, "BEGIN", error) != 0) {
        error_context(error, "cannot open '%s'", path);
        goto fail;
    }
    database->next = viewer->databases;
    viewer->databases = database;
    return database;
fail:
    db_close(database->db);
    free(database->path);
    free(database);
    return NULL;
}

int viewer_refresh(struct database *database, struct trail_error *error)
{
    if (sql_run(database->db, "COMMIT; BEGIN", error) == 0)
        return 0;
    return error_context(error, "cannot read '%s'", database->path);
}

int viewer_add_run(struct viewer *viewer, struct database *database, sqlite3_int64 run,
                   struct trail_error *error)
{
    struct run_reference *runs = array_with_room(viewer->runs, viewer->run_count, sizeof *runs);

    if (runs == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    viewer->runs = runs;
    viewer->runs[viewer->run_count].database = database;
    viewer->runs[viewer->run_count].run = run;
    viewer->run_count++;
    return 0;
}

void viewer_release(struct viewer *viewer)
{
    while (viewer->databases != NULL) {
        struct database *database = viewer->databases;
        viewer->databases = database->next;
        db_close(database->db);
        free(database->path);
        free(database);
    }
    free(viewer->runs);
    free(viewer->environment_path);
    buffer_release(&viewer->output.line);
    buffer_release(&viewer->title);
}
