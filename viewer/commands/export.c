/* trailview export: runs for the tools that people have. */
#include "command.h"
#include "export/folded.h"
#include "export/trace.h"
#include "export/views.h"
#include "file.h"
#include "formats.h"
#include "program.h"
#include "query.h"
#include "sql.h"

#include <stdlib.h>
#include <string.h>

struct exporting {
    struct viewer *viewer;
    const struct exported_view *view;
    struct sink *sink;
    struct progress progress;
};

static int write_perfetto(struct exporting *exporting, struct trail_error *error)
{
    const struct viewer *viewer = exporting->viewer;
    struct trace_run *runs = calloc(viewer->run_count, sizeof *runs);
    int result;

    if (runs == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    for (size_t i = 0; i < viewer->run_count; i++)
        runs[i] = (struct trace_run){viewer->runs[i].database->db, viewer->runs[i].run};
    result = trace_write(exporting->sink, runs, viewer->run_count, &exporting->progress, error);
    free(runs);
    return result;
}

static int write_folded(struct exporting *exporting, struct trail_error *error)
{
    const struct viewer *viewer = exporting->viewer;
    size_t lines = 0;

    for (size_t i = 0; i < viewer->run_count; i++)
        if (folded_write(exporting->sink, viewer->runs[i].database->db, viewer->runs[i].run, &lines,
                         error) != 0)
            return -1;
    if (lines == 0)
        viewer_say("nothing was looked at in a silence: there are no stacks of looks");
    return 0;
}

/* A view that has no runs: all of its rows, of each file once. */
static int write_whole_view(struct exporting *exporting, struct trail_error *error)
{
    struct viewer *viewer = exporting->viewer;
    char sql[120];
    int result = 0;

    snprintf(sql, sizeof sql, "SELECT * FROM temp.%s ORDER BY %s", exporting->view->name,
             exporting->view->order);
    for (size_t i = 0; result == 0 && i < viewer->run_count; i++) {
        sqlite3_stmt *rows;
        if (i > 0 && viewer->runs[i].database == viewer->runs[i - 1].database)
            continue;
        if (i > 0)
            return error_set(error, TRAIL_FAILED, 0,
                             "'%s' is of a whole file: it is exported of one file at a time",
                             exporting->view->name);
        rows = sql_prepare(viewer->runs[i].database->db, sql, error);
        result = rows != NULL ? query_print_statement(viewer, rows, error) : -1;
        sqlite3_finalize(rows);
    }
    return result;
}

static int write_rows(struct exporting *exporting, struct trail_error *error)
{
    struct viewer *viewer = exporting->viewer;
    const struct query query = {.view = exporting->view->name,
                                .order = exporting->view->order,
                                .is_numbered = strcmp(exporting->view->name, "loads") == 0};

    viewer->output.format = formats_find(viewer->own_format);
    viewer->output.sink = exporting->sink;
    viewer->output.progress = &exporting->progress;
    viewer->output.is_terminal &= !viewer->options.given[OPTION_OUTPUT];
    return exporting->view->has_runs ? query_print(viewer, &query, error)
                                     : write_whole_view(exporting, error);
}

static const struct {
    const char *name;
    int (*write)(struct exporting *exporting, struct trail_error *error);
} writers[] = {{"perfetto", write_perfetto},
               {"folded", write_folded},
               {"ndjson", write_rows},
               {"csv", write_rows}};

static const char *const export_formats[] = {"perfetto", "folded", "ndjson", "csv", NULL};

static int write_to(struct exporting *exporting, FILE *stream, bool is_compressed,
                    struct trail_error *error)
{
    int result = -1;

    exporting->sink = sink_new(stream, is_compressed, error);
    for (size_t i = 0; exporting->sink != NULL && i < sizeof writers / sizeof *writers; i++)
        if (strcmp(writers[i].name, exporting->viewer->own_format) == 0)
            result = writers[i].write(exporting, error);
    progress_hide(&exporting->progress);
    if (result == 0)
        result = sink_finish(exporting->sink, error);
    sink_free(exporting->sink);
    return result;
}

static bool ends_in_gz(const char *path)
{
    size_t length = strlen(path);

    return length > 3 && strcmp(path + length - 3, ".gz") == 0;
}

static int write_file(struct exporting *exporting, const char *path, struct trail_error *error)
{
    struct file_draft *draft = file_draft_open(path, error);
    int result;

    if (draft == NULL)
        return error_context(error, "cannot write '%s'", path);
    result = write_to(exporting, file_draft_stream(draft), ends_in_gz(path), error);
    if (file_draft_close(draft, result == 0, error) == 0)
        return 0;
    return result == 0 ? error_context(error, "cannot write '%s'", path) : -1;
}

static int64_t count_events(const struct viewer *viewer)
{
    int64_t events = 0;

    for (size_t i = 0; i < viewer->run_count; i++) {
        sqlite3_stmt *row = sql_prepare(viewer->runs[i].database->db,
                                        "SELECT events FROM main.run WHERE id = ?1", NULL);
        sqlite3_bind_int64(row, 1, viewer->runs[i].run);
        if (row != NULL && sqlite3_step(row) == SQLITE_ROW && sqlite3_column_int64(row, 0) > 0)
            events += sqlite3_column_int64(row, 0) & INT64_C(0xFFFFFFFFFF);
        sqlite3_finalize(row);
    }
    return events;
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    const char *path = viewer->options.argument[OPTION_OUTPUT],
               *view = viewer->options.argument[OPTION_VIEW];
    struct exporting exporting = {.viewer = viewer};
    bool has_rows = formats_find(viewer->own_format) != NULL;

    if (view != NULL && !has_rows)
        return error_set(error, TRAIL_FAILED, 0,
                         "--view is for the formats ndjson and csv, not for %s",
                         viewer->own_format);
    if ((exporting.view = views_find(view != NULL ? view : "events", error)) == NULL)
        return -1;
    progress_begin(&exporting.progress, "export", has_rows && view != NULL ? "rows" : "events",
                   has_rows && view != NULL ? 0 : count_events(viewer));
    program_ignore_closed_pipes();
    return path != NULL && strcmp(path, "-") != 0 ? write_file(&exporting, path, error)
                                                  : write_to(&exporting, stdout, false, error);
}

const struct command command_export = {
    .name = "export",
    .summary = "runs for other tools: Perfetto, speedscope, flame graphs, rows of any view",
    .arguments = "[RUN...]",
    .details =
        "  perfetto         a trace that ui.perfetto.dev, chrome://tracing and speedscope open: "
        "processes and threads, phases, gaps with their CPU time and waiting, loads and what "
        "caused them\n"
        "  folded           the stacks of the looks for flame graphs: what threads did in long "
        "silences, and how often they were seen so\n"
        "  ndjson, csv      all rows of a view, of all events without --view\n"
        "Several runs begin at the same time in a trace. Without -o it goes to standard output; a "
        "FILE that ends in .gz is compressed.\n",
    .options = OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_VIEW),
    .flags = COMMAND_TAKES_RUNS | COMMAND_OWN_FORMATS,
    .formats = export_formats,
    .run = run,
};
