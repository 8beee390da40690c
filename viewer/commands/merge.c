/* trailview merge: the runs of several files in one. */
#include "command.h"
#include "db.h"
#include "progress.h"
#include "upkeep/merge.h"

#include <string.h>

static const struct column columns[] = {
    {.name = "file", .style = STYLE_PATH},
    {.name = "run", .style = STYLE_COUNT},
    {.name = "merged_as", .style = STYLE_COUNT, .title = "merged as"},
    {.name = "result", .style = STYLE_KIND},
};

struct merging {
    struct viewer *viewer;
    const char *path; /* of the file whose runs are copied */
    struct progress progress;
};

static int print_run(void *context, sqlite3_int64 run, sqlite3_int64 there, int is_new,
                     struct trail_error *error)
{
    struct merging *merging = context;
    struct cell cells[] = {cell_text(merging->path), cell_integer(run), cell_integer(there),
                           cell_text(is_new ? "merged" : "was there")};

    progress_hide(&merging->progress); /* a table of many rows is printed meanwhile */
    return output_row(&merging->viewer->output, cells, error);
}

static bool is_same_file(sqlite3 *a, sqlite3 *b)
{
    const char *path_a = sqlite3_db_filename(a, "main"), *path_b = sqlite3_db_filename(b, "main");

    return path_a != NULL && path_b != NULL && strcmp(path_a, path_b) == 0;
}

static int merge_file(struct merging *merging, sqlite3 *to, struct trail_error *error)
{
    sqlite3 *from;
    int result;

    if (viewer_recover(merging->path, error) < 0 ||
        db_open_for_viewing(merging->path, &from, error) != 0)
        return -1;
    result = is_same_file(from, to) ? error_set(error, TRAIL_FAILED, 0,
                                                "'%s' cannot be merged into itself", merging->path)
                                    : merge_runs(from, to, print_run, merging, error);
    db_close(from);
    return result == 0 ? 0 : error_context(error, "cannot merge '%s'", merging->path);
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    const char *path = viewer->options.argument[OPTION_OUTPUT];
    struct merging merging = {.viewer = viewer};
    sqlite3 *to;
    int result;

    if (path == NULL || viewer->argument_count == 0)
        return error_set(error, TRAIL_FAILED, 0,
                         "'merge' takes the file to merge into and files: 'merge -o all.db a.db "
                         "b.db'");
    if (db_open_for_recording(path, &to, error) != 0)
        return -1;
    result = output_begin(&viewer->output, columns, sizeof columns / sizeof *columns, error);
    progress_begin(&merging.progress, "merge", "files", viewer->argument_count);
    for (int i = 0; result == 0 && i < viewer->argument_count; i++) {
        merging.path = viewer->arguments[i];
        progress_to(&merging.progress, i);
        result = merge_file(&merging, to, error);
    }
    progress_hide(&merging.progress);
    if (output_end(&viewer->output, result == 0 ? error : NULL) != 0)
        result = -1;
    db_close(to);
    return result;
}

const struct command command_merge = {
    .name = "merge",
    .summary = "copy the runs of several files into one",
    .arguments = "-o FILE FILE...",
    .details = "Prints each run, and its number in the file of -o, which is made if it is not "
               "there. A run that is there already, by its uuid, is left as\n"
               "it is: merging again changes nothing. Each file is merged as a whole or, if it "
               "cannot be, not at all; one with a run that is still being\n"
               "recorded is refused.\n",
    .options = OPTION_BIT(OPTION_OUTPUT),
    .flags = COMMAND_TAKES_ARGUMENTS,
    .run = run,
};
