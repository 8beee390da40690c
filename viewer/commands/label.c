/* trailview label: what the user calls a run, after it was recorded. */
#include "command.h"
#include "db.h"
#include "selector.h"
#include "sql.h"
#include "upkeep/labels.h"

#include <string.h>

static const struct column columns[] = {
    {.name = "run", .style = STYLE_COUNT},
    {.name = "label", .style = STYLE_TITLE},
    {.name = "result", .style = STYLE_KIND},
};

static int check_labels(const struct viewer *viewer, struct trail_error *error)
{
    if (viewer->argument_count < 2)
        return error_set(error, TRAIL_FAILED, 0,
                         "'label' takes a run and labels: 'label last build=100 bad='");
    for (int i = 1; i < viewer->argument_count; i++) {
        const char *equals = strchr(viewer->arguments[i], '=');
        if (equals == NULL || equals == viewer->arguments[i])
            return error_set(error, TRAIL_FAILED, 0,
                             "'label' takes KEY=VALUE, or KEY= to remove it, not '%s'",
                             viewer->arguments[i]);
    }
    return 0;
}

static int set_labels(struct viewer *viewer, sqlite3 *db, struct trail_error *error)
{
    for (size_t i = 0; i < viewer->run_count; i++) {
        for (int k = 1; k < viewer->argument_count; k++) {
            const char *result = labels_set(db, viewer->runs[i].run, viewer->arguments[k], error);
            struct cell cells[] = {cell_integer(viewer->runs[i].run),
                                   cell_text(viewer->arguments[k]), cell_text(result)};
            if (result == NULL || output_row(&viewer->output, cells, error) != 0)
                return -1;
        }
    }
    return 0;
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    sqlite3 *db;
    int result;

    if (check_labels(viewer, error) != 0 ||
        selector_add_runs(viewer, viewer->arguments[0], error) != 0 ||
        viewer_refresh(viewer->runs[0].database, error) != 0 ||
        db_open_for_recording(viewer->runs[0].database->path, &db, error) != 0)
        return -1;
    if ((result = sql_run(db, "BEGIN IMMEDIATE", error)) == 0)
        result = output_begin(&viewer->output, columns, sizeof columns / sizeof *columns, error);
    if (result == 0)
        result = set_labels(viewer, db, error);
    if (result == 0)
        result = sql_run(db, "COMMIT", error);
    if (output_end(&viewer->output, result == 0 ? error : NULL) != 0)
        result = -1;
    db_close(db);
    return result;
}

const struct command command_label = {
    .name = "label",
    .summary = "add, change or remove the labels of a run",
    .arguments = "RUN KEY=VALUE...",
    .details = "KEY= removes it. Several runs (@build=100) get the same labels, all or none.\n",
    .options = 0,
    .flags = COMMAND_TAKES_ARGUMENTS,
    .run = run,
};
