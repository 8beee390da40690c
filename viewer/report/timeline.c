/* See timeline.h. */
#include "timeline.h"

#include "timeline_data.h"
#include "timeline_picture.h"

#include <inttypes.h>

enum { BARS_AT_MOST = 20000 };

/* What the colours mean. */
static void add_legend(struct page *page)
{
    static const char *const keys[][2] = {
        {"loader", "loader"},       {"constructors", "constructors"}, {"program", "program"},
        {"computing", "computing"}, {"waiting", "waiting"},           {"load", "load"},
        {"failed", "failed load"},  {"entry", "entry point"},         {"mark", "mark"},
        {"exception", "exception"}};

    page_markup(page, "<ul class=\"legend\">\n");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        buffer_format(&page->line, "<li class=\"%s\">%s</li>\n", keys[i][0], keys[i][1]);
    page_markup(page, "</ul>\n");
}

static void say_what_is_missing(struct page *page, const struct lanes *lanes)
{
    if (lanes->process_count > PICTURE_LANES_AT_MOST)
        buffer_format(&page->line,
                      "<p class=\"note still\">The first %d of %zu processes of run %" PRId64
                      ".</p>\n",
                      (int)PICTURE_LANES_AT_MOST, lanes->process_count, lanes->run);
    if (lanes->read_to_ns == INT64_MAX)
        return;
    buffer_format(&page->line, "<p class=\"note\">Of run %" PRId64 " only what happened until ",
                  lanes->run);
    page_duration(page, lanes->read_to_ns);
    page_markup(page, " is shown.</p>\n");
}

static int write_lanes(struct page *page, struct lanes *lanes, size_t count,
                       struct trail_error *error)
{
    int result = 0;

    page_begin_section(page, "timeline");
    page_heading(page, "Timeline", SIZE_MAX);
    page_markup(page, "<p class=\"note\">A lane is a process. What stands between two events was "
                      "spent computing or waiting; above it, the phase of the start.</p>\n");
    add_legend(page);
    for (size_t i = 0; i < count; i++)
        say_what_is_missing(page, &lanes[i]);
    page_markup(page, "<div class=\"timeline\">\n");
    timeline_picture_write(page, lanes, count);
    page_markup(page, "<script type=\"application/json\">[");
    for (size_t i = 0; i < count && result == 0; i++) {
        page_markup(page, i > 0 ? "," : "");
        result = timeline_data_write(page, &lanes[i], error);
    }
    page_markup(page, "]</script>\n</div>\n");
    page_end_section(page);
    return result;
}

int timeline_write(struct page *page, const struct run_reference *runs, size_t count,
                   struct trail_error *error)
{
    const struct lanes_options options = {.to_ns = INT64_MAX, .bars_at_most = BARS_AT_MOST};
    struct lanes lanes[2] = {0};
    int result = 0;

    for (size_t i = 0; i < count && result == 0; i++)
        result = lanes_read(&lanes[i], runs[i].database->db, runs[i].run, &options, error);
    if (result == 0)
        result = write_lanes(page, lanes, count, error);
    for (size_t i = 0; i < count; i++)
        lanes_release(&lanes[i]);
    return result;
}
