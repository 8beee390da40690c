/* See dots.h. */
#include "dots.h"

#include "compare/order/statistics.h"
#include "human.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 520, MARGIN = 6, LANE = 18, GAPS_SHOWN = 12, DOTS_AT_MOST = 400 };

/* A quantity while it is drawn: of each side its samples, one for each run that has one. */
struct drawing {
    struct page *page;
    const struct comparison *comparison;
    const double *samples[2];
    size_t counts[2];
    double *room[2]; /* for the samples of a phase */
    double *sorted;
};

static double least_of(const double *values, size_t count)
{
    double least = INFINITY;

    for (size_t i = 0; i < count; i++)
        least = values[i] < least ? values[i] : least;
    return least;
}

static double most_of(const double *values, size_t count)
{
    double most = -INFINITY;

    for (size_t i = 0; i < count; i++)
        most = values[i] > most ? values[i] : most;
    return most;
}

static double median_of(const struct drawing *drawing, size_t side)
{
    memcpy(drawing->sorted, drawing->samples[side],
           drawing->counts[side] * sizeof *drawing->sorted);
    return statistics_summary(drawing->sorted, drawing->counts[side]).median;
}

static void add_dots(struct drawing *drawing, size_t side, double least, double scale)
{
    struct buffer *out = &drawing->page->line;
    size_t count = drawing->counts[side] < DOTS_AT_MOST ? drawing->counts[side] : DOTS_AT_MOST;
    double middle = LANE * ((double)side + 0.5), median;

    if (count == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        buffer_format(out, "<circle class=\"%c\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>",
                      side == 0 ? 'a' : 'b', MARGIN + (drawing->samples[side][i] - least) * scale,
                      middle + ((double)(i % 3) - 1) * 3.5);
        human_duration(out, (int64_t)drawing->samples[side][i]);
        buffer_add_text(out, "</title></circle>");
    }
    median = MARGIN + (median_of(drawing, side) - least) * scale;
    buffer_format(out, "<path d=\"M%.1f %.1fv%d\"/>\n", median, middle - LANE / 2 + 1, LANE - 2);
}

static void add_picture(struct drawing *drawing)
{
    struct buffer *out = &drawing->page->line;
    double least = fmin(least_of(drawing->samples[0], drawing->counts[0]),
                        least_of(drawing->samples[1], drawing->counts[1])),
           most = fmax(most_of(drawing->samples[0], drawing->counts[0]),
                       most_of(drawing->samples[1], drawing->counts[1])),
           scale = most > least ? (WIDTH - 2 * MARGIN) / (most - least) : 0;

    buffer_format(out, "<td><svg class=\"dots\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"",
                  WIDTH, LANE * (int)drawing->comparison->side_count);
    buffer_add_text(out, "From ");
    human_duration(out, (int64_t)least);
    buffer_add_text(out, " to ");
    human_duration(out, (int64_t)most);
    buffer_add_text(out, "\">\n");
    for (size_t i = 0; i < drawing->comparison->side_count; i++)
        add_dots(drawing, i, least, scale);
    buffer_add_text(out, "</svg></td>");
}

static void add_cell(struct drawing *drawing, double ns)
{
    page_markup(drawing->page, "<td class=\"n\">");
    if (isfinite(ns))
        page_duration(drawing->page, (int64_t)llround(ns));
    page_markup(drawing->page, "</td>");
}

/* A row, if there is a run in which such a time passed. */
static void add_row(struct drawing *drawing, uint32_t role, uint32_t from, const char *arrow,
                    uint32_t to)
{
    const struct recordings *all = drawing->comparison->recordings;
    double medians[2] = {NAN, NAN};

    if (fmax(most_of(drawing->samples[0], drawing->counts[0]),
             most_of(drawing->samples[1], drawing->counts[1])) <= 0)
        return;
    page_markup(drawing->page, "<tr><th scope=\"row\">");
    page_text(drawing->page, recordings_text(all, role));
    page_markup(drawing->page, role != TEXT_NONE ? ": " : "");
    page_text(drawing->page, recordings_text(all, from));
    page_text(drawing->page, arrow);
    page_text(drawing->page, recordings_text(all, to));
    page_markup(drawing->page, "</th>");
    for (size_t i = 0; i < drawing->comparison->side_count; i++) {
        if (drawing->counts[i] > 0)
            medians[i] = median_of(drawing, i);
        add_cell(drawing, medians[i]);
    }
    if (drawing->comparison->side_count > 1) {
        page_markup(drawing->page, "<td class=\"n\">");
        if (isfinite(medians[0]) && isfinite(medians[1]) && medians[0] > 0)
            buffer_format(&drawing->page->line, "%+.1f %%",
                          (medians[1] - medians[0]) / medians[0] * 100);
        page_markup(drawing->page, "</td>");
    }
    add_picture(drawing);
    page_markup(drawing->page, "</tr>\n");
    page_flush(drawing->page);
}

static void add_phase(struct drawing *drawing, const struct side_phase *phase)
{
    for (size_t i = 0; i < drawing->comparison->side_count; i++) {
        const struct side *side = &drawing->comparison->sides[i];
        const struct side_phase *own = i == 0 ? phase : side_phase(side, phase->from, phase->to);
        drawing->samples[i] = drawing->room[i];
        drawing->counts[i] =
            own != NULL ? side_samples(own->times, side->count, drawing->room[i]) : 0;
    }
    add_row(drawing, TEXT_NONE, phase->from, " .. ", phase->to);
}

static void add_gap(struct drawing *drawing, const struct side_gap *gap)
{
    for (size_t i = 0; i < drawing->comparison->side_count; i++) {
        const struct side_gap *own = i == 0 ? gap
                                            : side_gaps_find(&drawing->comparison->sides[i].gaps,
                                                             gap->role, gap->from, gap->to);
        drawing->samples[i] = own != NULL ? own->times : NULL;
        drawing->counts[i] = own != NULL ? own->count : 0;
    }
    add_row(drawing, gap->role, gap->from, " \xE2\x86\x92 ", gap->to);
}

/* By how long they take at the least: the longest first. */
static int compare_gaps(const void *left, const void *right)
{
    const struct side_gap *a = *(const struct side_gap *const *)left,
                          *b = *(const struct side_gap *const *)right;
    double of_a = least_of(a->times, a->count), of_b = least_of(b->times, b->count);

    if (of_a < of_b || of_b < of_a)
        return of_a > of_b ? -1 : 1;
    return (a > b) - (a < b);
}

/* Those that at least half of A's runs have. */
static int add_gaps(struct drawing *drawing, struct trail_error *error)
{
    const struct side *side = &drawing->comparison->sides[0];
    const struct side_gap **longest = malloc((side->gaps.count + 1) * sizeof *longest);
    size_t count = 0;

    if (longest == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    for (size_t i = 0; i < side->gaps.count; i++)
        if (2 * side->gaps.items[i].count >= side->count)
            longest[count++] = &side->gaps.items[i];
    qsort(longest, count, sizeof *longest, compare_gaps);
    for (size_t i = 0; i < count && i < GAPS_SHOWN; i++)
        add_gap(drawing, longest[i]);
    free(longest);
    return 0;
}

static void add_head(struct page *page, bool are_two)
{
    page_begin_section(page, "times");
    page_heading(page, "Times over the runs", SIZE_MAX);
    page_markup(page,
                "<p class=\"note\">A dot is a run, a line the median; without what the "
                "recorder held the target for. Of the gaps, the longest.</p>\n"
                "<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"Times over "
                "the runs\">\n<table class=\"fixed\">\n<thead><tr><th scope=\"col\">time</th>");
    page_markup(page, are_two ? "<th scope=\"col\" class=\"n\"><span class=\"side-a\">A</span> "
                                "median</th><th scope=\"col\" class=\"n\"><span "
                                "class=\"side-b\">B</span> median</th><th scope=\"col\" "
                                "class=\"n\">change</th>"
                              : "<th scope=\"col\" class=\"n\">median</th>");
    page_markup(page, "<th scope=\"col\">runs</th></tr></thead>\n<tbody>\n");
}

int dots_write(struct page *page, const struct comparison *comparison, struct trail_error *error)
{
    struct drawing drawing = {.page = page, .comparison = comparison};
    const struct side *a = &comparison->sides[0];
    size_t room = a->count + comparison->sides[1].count + 1;
    double *memory = malloc(3 * room * sizeof *memory);
    int result;

    if (memory == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    drawing.room[0] = memory;
    drawing.room[1] = memory + room;
    drawing.sorted = memory + 2 * room;
    add_head(page, comparison->side_count > 1);
    for (size_t i = 0; i < a->phase_count; i++)
        add_phase(&drawing, &a->phases[i]);
    result = add_gaps(&drawing, error);
    page_markup(page, "</tbody>\n</table>\n</div>\n");
    page_end_section(page);
    free(memory);
    return result;
}
