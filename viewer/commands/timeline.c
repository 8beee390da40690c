/* trailview timeline: a picture of a start-up. */
#include "command.h"
#include "draw/lane_rows.h"
#include "draw/draw_svg.h"
#include "draw/draw_text.h"
#include "escape.h"
#include "file.h"
#include "filter.h"
#include "human.h"
#include "program.h"

#include <string.h>

static int read_lanes(struct viewer *viewer, size_t i, struct lanes *lanes,
                      struct trail_error *error)
{
    const struct run_reference *run = &viewer->runs[i];
    struct lanes_options options = {.to_ns = INT64_MAX,
                                    .process = viewer->options.argument[OPTION_PROCESS]};
    struct filter filter;

    if (filter_parse(&viewer->options, &filter, error) != 0)
        return -1;
    options.from_ns = filter.from_ns;
    if (viewer->options.given[OPTION_TO])
        options.to_ns = filter.to_ns;
    if (lanes_read(lanes, run->database->db, run->run, &options, error) == 0)
        return 0;
    return error_context(error, "cannot read run %lld of '%s'", (long long)run->run,
                         run->database->path);
}

static int print_rows(struct viewer *viewer, struct trail_error *error)
{
    int result = lane_rows_begin(&viewer->output, error);
    struct lanes lanes;

    for (size_t i = 0; result == 0 && i < viewer->run_count; i++) {
        if ((result = read_lanes(viewer, i, &lanes, error)) == 0)
            result = lane_rows_print(&viewer->output, &lanes, error);
        lanes_release(&lanes);
    }
    return output_end(&viewer->output, result == 0 ? error : NULL) != 0 ? -1 : result;
}

enum { ROWS = 40, SVG_ROWS = 80, WIDTH = 100 };

static int choose_unicode(const struct viewer *viewer, bool *unicode, struct trail_error *error)
{
    const char *when = viewer->options.argument[OPTION_UNICODE];

    if (when == NULL || strcmp(when, "auto") == 0)
        *unicode = program_shows_unicode(stdout);
    else if (strcmp(when, "always") == 0 || strcmp(when, "never") == 0)
        *unicode = strcmp(when, "always") == 0;
    else
        return error_set(error, TRAIL_FAILED, 0, "--unicode is auto, always or never, not '%s'",
                         when);
    return 0;
}

static int choose_width(const struct viewer *viewer, size_t *width, struct trail_error *error)
{
    const char *given = viewer->options.argument[OPTION_WIDTH];
    int64_t columns = viewer->output.width > 0 ? (int64_t)viewer->output.width : WIDTH;

    if (given != NULL && (human_parse_number(given, &columns) != 0 ||
                          columns < DRAW_TEXT_NARROWEST || columns > DRAW_TEXT_WIDEST))
        return error_set(error, TRAIL_FAILED, 0, "--width is a number from %d to %d, not '%s'",
                         (int)DRAW_TEXT_NARROWEST, (int)DRAW_TEXT_WIDEST, given);
    *width = columns < DRAW_TEXT_NARROWEST ? DRAW_TEXT_NARROWEST : (size_t)columns;
    return 0;
}

static int make_picture(struct viewer *viewer, struct picture *picture, int64_t rows,
                        struct trail_error *error)
{
    int result = picture_init(picture, error);
    struct lanes lanes;

    rows = viewer->run_count > 1 ? rows * 5 / 8 : rows;
    if (viewer->options.given[OPTION_LIMIT])
        human_parse_number(viewer->options.argument[OPTION_LIMIT], &rows);
    rows = rows < 8 ? 8 : rows > 10000 ? 10000 : rows;
    for (size_t i = 0; result == 0 && i < viewer->run_count; i++) {
        if ((result = read_lanes(viewer, i, &lanes, error)) == 0)
            result = picture_add(picture, &lanes, (size_t)rows, error);
        lanes_release(&lanes);
    }
    return result;
}

static int print_picture(struct viewer *viewer, struct trail_error *error)
{
    struct draw_text_options options = {.color = viewer->output.color};
    struct buffer text = {0};
    struct picture picture;
    int result = -1;

    if (choose_unicode(viewer, &options.unicode, error) != 0 ||
        choose_width(viewer, &options.width, error) != 0)
        return -1;
    if (make_picture(viewer, &picture, ROWS, error) == 0) {
        draw_text(&picture, &options, &text);
        fwrite(buffer_text(&text), 1, text.length, stdout);
        result = text.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
    }
    picture_release(&picture);
    buffer_release(&text);
    return result;
}

/* Into a file beside the one that it replaces. */
static int write_svg(struct viewer *viewer, const char *path, struct trail_error *error)
{
    struct buffer title = {0}, text = {0};
    struct picture picture;
    int result = -1;

    escape_for_terminal(&title, viewer->output.title, strlen(viewer->output.title));
    if (make_picture(viewer, &picture, SVG_ROWS, error) == 0) {
        draw_svg(&picture, buffer_text(&title), &text);
        if (text.failed || title.failed)
            error_set(error, TRAIL_FAILED, 0, "out of memory");
        else if (file_replace(path, buffer_text(&text), text.length, error) != 0)
            error_context(error, "cannot write '%s'", path);
        else
            result = 0;
    }
    picture_release(&picture);
    buffer_release(&title);
    buffer_release(&text);
    return result;
}

static int run(struct viewer *viewer, struct trail_error *error)
{
    if (viewer->run_count > 2)
        return error_set(error, TRAIL_FAILED, 0,
                         "timeline draws one run or two, not %zu; name them by their numbers",
                         viewer->run_count);
    if (viewer->options.given[OPTION_SVG])
        return write_svg(viewer, viewer->options.argument[OPTION_SVG], error);
    return viewer_prints_table(viewer) ? print_picture(viewer, error) : print_rows(viewer, error);
}

const struct command command_timeline = {
    .name = "timeline",
    .summary = "a picture of a run: processes, loads, phases, where the time went",
    .arguments = "[RUN [RUN]]",
    .details =
        "Each process has a line with its phases, and below it bars, from each event that bounds "
        "a gap to the next one: how much of that time it computed and how much it waited (not in "
        "which order), how long the recorder held it, and beside it what its threads were seen "
        "doing. A +N says how many modules came to be known at the same stop. Two runs are drawn "
        "one above the other on one scale.\n"
        "There are about N rows a run (40; with --svg 80): what is longest, what failed, marks; "
        "what has no row of its own is counted in one. Of a long run the first 10,000 loads from "
        "--from on are drawn.\n"
        "All formats but table have the bars as rows.\n",
    .options = OPTION_BIT(OPTION_FROM) | OPTION_BIT(OPTION_TO) | OPTION_BIT(OPTION_PROCESS) |
               OPTION_BIT(OPTION_LIMIT) | OPTION_BIT(OPTION_WIDTH) | OPTION_BIT(OPTION_UNICODE) |
               OPTION_BIT(OPTION_SVG),
    .flags = COMMAND_TAKES_RUNS,
    .run = run,
};
