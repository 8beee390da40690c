/* See curve.h. */
#include "curve.h"

#include "compare/trend/builds.h"
#include "compare/trend/trend_picture.h"

#include <stdlib.h>

enum { BUILDS_AT_LEAST = 3 };
static const char usual_key[] = "build";

/* Whether so many runs have the label; -1 and error. */
static int have_label(const struct viewer *viewer, const char *key, struct trail_error *error)
{
    size_t count = 0;

    for (size_t i = 0; i < viewer->run_count && count < BUILDS_AT_LEAST; i++) {
        char *value;
        error->code = TRAIL_OK;
        value = builds_label(&viewer->runs[i], key, error);
        if (value == NULL && error->code != TRAIL_OK)
            return -1;
        count += value != NULL;
        free(value);
    }
    return count >= BUILDS_AT_LEAST;
}

int curve_find(struct trend *trend, const struct viewer *viewer, struct recordings *recordings,
               struct trail_error *error)
{
    struct viewer asking = *viewer;
    const char **by = &asking.options.argument[OPTION_BY];
    int has;

    *by = *by != NULL ? *by : usual_key;
    has = have_label(viewer, *by, error);
    if (has <= 0)
        return has;
    if (trend_find(trend, &asking, recordings, NULL, error) != 0)
        return -1;
    if (trend->build_count < BUILDS_AT_LEAST)
        trend_release(trend);
    return 0;
}

void curve_write(struct page *page, const struct trend *trend)
{
    page_begin_section(page, "history");
    page_heading(page, "Over builds", trend->build_count);
    page_markup(page, "<p class=\"note\">How long the whole takes, build by build, in the order "
                      "in which they were first recorded: a dot is a run, the line what lasts from "
                      "one change to the next.</p>\n");
    for (size_t i = 1; i < trend->level_count; i++) {
        struct buffer change = {0};
        buffer_add_text(&change, "A change began with ");
        trend_add_change(trend, &change, i);
        page_paragraphs(page, buffer_text(&change), "note");
        page->line.failed |= change.failed;
        buffer_release(&change);
    }
    if (trend->drift.withheld > 0) {
        struct buffer drift = {0};
        trend_add_drift(trend, &drift);
        page_paragraphs(page, buffer_text(&drift), "note");
        page->line.failed |= drift.failed;
        buffer_release(&drift);
    }
    page_flush(page);
    trend_add_picture(trend, &page->line);
    page_flush(page);
    page_end_section(page);
}
