/*
 * trailview recover: brings in what a recorder that died left behind. Every command does that when
 * it opens the file; this one says what was found, and why it could not be brought in.
 */
#include "command.h"
#include "db.h"
#include "progress.h"
#include "recovery.h"

static const struct column columns[] = {{.name = "run", .style = STYLE_COUNT},
                                        {.name = "events", .style = STYLE_COUNT}};

struct report {
    struct viewer *viewer;
    struct trail_error *error;
    int result;
    struct progress progress;
};

static void print_row(void *context, int64_t run_id, uint64_t events, const char *left_alone)
{
    struct report *report = context;
    struct cell cells[2] = {cell_integer(run_id), cell_integer((int64_t)events)};

    progress_hide(&report->progress);
    if (left_alone != NULL)
        viewer_say(left_alone);
    report->result |= output_row(&report->viewer->output, cells, report->error);
    progress_to(&report->progress, (int64_t)report->viewer->output.row_count);
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    const char *path = viewer->argument_count > 0 ? viewer->arguments[0] : viewer->path;
    struct report report = {.viewer = viewer, .error = error};
    sqlite3 *db;
    int count;

    if (viewer->argument_count > 1)
        return error_set(error, TRAIL_FAILED, 0, "'recover' takes one file, but there is also '%s'",
                         viewer->arguments[1]);
    if (db_open_for_viewing(path, &db, error) != 0) /* is it a trail file at all? */
        return -1;
    db_close(db);
    if (output_begin(&viewer->output, columns, 2, error) != 0)
        return -1;
    progress_begin(&report.progress, "recover", "runs", 0);
    count = recovery_of_file(path, print_row, &report, error);
    progress_hide(&report.progress);
    if (output_end(&viewer->output, count >= 0 ? error : NULL) != 0)
        return -1;
    if (count == 0)
        viewer_say("no run was left behind");
    return count < 0 || report.result != 0 ? -1 : 0;
}

const struct command command_recover = {
    .name = "recover",
    .summary = "bring in what a recorder that died left behind (every command does it)",
    .arguments = "[FILE]",
    .details =
        "Prints the runs that were recovered, and how many events each got from its ring file.\n",
    .options = 0,
    .flags = COMMAND_TAKES_ARGUMENTS,
    .run = run,
};
