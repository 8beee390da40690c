/* trailview report: one page about one run, two runs, or two sets of runs. */
#include "command.h"
#include "file.h"
#include "report/document.h"
#include "selector.h"

#include <string.h>

static const struct column columns[] = {
    {.name = "file", .style = STYLE_PATH},
    {.name = "bytes", .style = STYLE_BYTES},
};

/* One argument, or more than two: all are one side. */
static int choose_runs(struct viewer *viewer, const char **names, size_t *counts,
                       size_t *side_count, struct trail_error *error)
{
    int arguments = viewer->argument_count;

    *side_count = arguments == 2 ? 2 : 1;
    names[0] = arguments > 0 ? viewer->arguments[0] : "last";
    names[1] = arguments == 2 ? viewer->arguments[1] : NULL;
    for (int i = 0; i < arguments || i == 0; i++) {
        size_t before = viewer->run_count;
        if (selector_add_runs(viewer, i == 0 ? names[0] : viewer->arguments[i], error) != 0)
            return -1;
        counts[arguments == 2 ? i : 0] += viewer->run_count - before;
    }
    if (arguments > 2)
        names[0] = "runs";
    return 0;
}

static int print_row(struct viewer *viewer, const char *path, int64_t bytes,
                     struct trail_error *error)
{
    struct cell cells[] = {cell_text(path), cell_integer(bytes)};
    int result = output_begin(&viewer->output, columns, 2, error);

    if (result == 0)
        result = output_row(&viewer->output, cells, error);
    return output_end(&viewer->output, result == 0 ? error : NULL) != 0 ? -1 : result;
}

static int write_file(struct document *document, const char *path, struct trail_error *error)
{
    struct file_draft *draft = file_draft_open(path, error);
    bool is_whole;
    long bytes = 0;

    if (draft != NULL) {
        is_whole = document_write(document, file_draft_stream(draft), error) == 0;
        bytes = ftell(file_draft_stream(draft));
        if (file_draft_close(draft, is_whole, error) == 0)
            return print_row(document->viewer, path, bytes, error);
    }
    return error_context(error, "cannot write '%s'", path);
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    const char *names[2], *path = viewer->options.argument[OPTION_OUTPUT];
    size_t counts[2] = {0, 0}, side_count;
    struct document document = {0};
    int result = -1;

    if (choose_runs(viewer, names, counts, &side_count, error) == 0 &&
        document_init(&document, viewer, names, counts, side_count, error) == 0)
        result = path != NULL && strcmp(path, "-") == 0
                     ? document_write(&document, stdout, error)
                     : write_file(&document, path != NULL ? path : buffer_text(&document.file_name),
                                  error);
    document_release(&document);
    return result;
}

const struct command command_report = {
    .name = "report",
    .summary = "one HTML page about a run, two runs, or two sets of runs",
    .arguments = "[RUN...]",
    .details =
        "The page needs nothing else: it can be mailed, kept as an artifact of CI, and "
        "opened anywhere. With two RUNs, each of which may be a set such as @build=100, it "
        "is about their difference, the answer first; of a set, the details are those of "
        "the run in the middle by its time. Several RUNs are one set. Where the runs are of three "
        "builds or more (by the label --by, else 'build'), a curve shows their history. Without -o "
        "the file "
        "is named after the run and the program, as trail-run7-python3.html; with -o - the "
        "page goes to standard output.\n",
    .options = OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_BY) | OPTION_BIT(OPTION_QUIET_ONLY),
    .flags = COMMAND_TAKES_ARGUMENTS,
    .run = run,
};
