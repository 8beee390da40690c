/* See document.h. */
#include "document.h"

#include "aligned.h"
#include "answer.h"
#include "digest.h"
#include "dots.h"
#include "parts.h"
#include "row.h"
#include "stacks.h"
#include "text.h"
#include "timeline.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum { TITLE_BYTES = 160, FILE_NAME_BYTES = 60 };

static bool are_two(const struct document *document)
{
    return document->comparison.side_count > 1;
}

static bool is_one_run(const struct document *document)
{
    return document->counts[0] + document->counts[1] == 1;
}

/* "run 7", or how the user called a set. */
static void add_side(struct buffer *out, const struct document *document, size_t side)
{
    if (document->counts[side] == 1)
        buffer_format(out, "run %" PRId64, (int64_t)document->shown[side].run);
    else
        buffer_add_text(out, document->comparison.names[side]);
}

/* Of a text what can stand in the name of a file anywhere; blanks are left out. */
static void add_file_word(struct buffer *out, const char *text)
{
    for (size_t i = 0; text[i] != '\0' && i < FILE_NAME_BYTES; i++)
        if (text[i] != ' ')
            buffer_add_char(out, isalnum((unsigned char)text[i]) || strchr("._+=", text[i]) != NULL
                                     ? text[i]
                                     : '-');
}

/* "run 7: python3 app.py", and trail-run7-python3.html. */
static void name_document(struct document *document)
{
    const char *command = row_text(document->facts[0], "command_line");
    struct buffer side = {0};

    buffer_add_text(&document->file_name, "trail");
    for (size_t i = 0; i < document->comparison.side_count; i++) {
        buffer_clear(&side);
        add_side(&side, document, i);
        buffer_add_text(&document->title, i > 0 ? " and " : "");
        buffer_add_text(&document->title, buffer_text(&side));
        buffer_add_char(&document->file_name, '-');
        add_file_word(&document->file_name, buffer_text(&side));
    }
    if (document->counts[0] == 1 && !document->title.failed)
        document->title.data[0] = 'R';
    buffer_add_text(&document->title, ": ");
    buffer_add(&document->title, command, text_cut(command, strlen(command), TITLE_BYTES));
    if (row_has(document->facts[0], "program"))
        buffer_add_char(&document->file_name, '-');
    add_file_word(&document->file_name, row_text(document->facts[0], "program"));
    buffer_add_text(&document->file_name, ".html");
    document->title.failed |= side.failed;
    buffer_release(&side);
}

int document_init(struct document *document, struct viewer *viewer, const char *const *names,
                  const size_t *counts, size_t side_count, struct trail_error *error)
{
    document->viewer = viewer;
    document->comparison.side_count = side_count;
    for (size_t i = 0; i < side_count; i++) {
        document->comparison.names[i] = names[i];
        document->counts[i] = counts[i];
    }
    if (!is_one_run(document) &&
        (comparison_init(&document->comparison, viewer, document->counts, error) != 0 ||
         curve_find(&document->trend, viewer, document->comparison.recordings, error) != 0))
        return -1;
    for (size_t i = 0; i < side_count; i++) {
        document->shown[i] =
            viewer
                ->runs[is_one_run(document) ? 0 : comparison_typical_run(&document->comparison, i)];
        if ((document->facts[i] = row_find_facts(&document->shown[i], error)) == NULL)
            return -1;
    }
    name_document(document);
    return document->title.failed || document->file_name.failed
               ? error_set(error, TRAIL_FAILED, 0, "out of memory")
               : 0;
}

void document_release(struct document *document)
{
    for (int i = 0; i < 2; i++)
        sqlite3_finalize(document->facts[i]);
    trend_release(&document->trend);
    if (document->comparison.recordings != NULL)
        comparison_release(&document->comparison);
    buffer_release(&document->title);
    buffer_release(&document->file_name);
}

static const char *prefix_of(const struct document *document, size_t side)
{
    return !are_two(document) ? "" : side == 0 ? "a-" : "b-";
}

/* What is said of programs goes without saying where there is one process. */
static bool shows(const struct document *document, size_t side, int part)
{
    return part != PART_PROGRAMS || row_number(document->facts[side], "processes") > 1;
}

static void add_run_entries(struct page *page, const struct document *document, size_t side,
                            const char *group)
{
    struct page_entry entries[PARTS + 2] = {DIGEST_ENTRY};
    size_t count = 1;

    for (int part = 0; part < PARTS; part++)
        if (shows(document, side, part))
            entries[count++] = part_entry((enum report_part)part);
    entries[count++] = (struct page_entry)STACKS_ENTRY;
    page->prefix = prefix_of(document, side);
    page_add_entries(page, group, entries, count);
    page->prefix = "";
}

/* "A: run 7" */
static void add_group(struct buffer *out, const struct document *document, size_t side)
{
    if (are_two(document))
        buffer_format(out, "%c: ", "AB"[side]);
    buffer_format(out, "run %" PRId64, (int64_t)document->shown[side].run);
}

static void add_navigation(struct page *page, const struct document *document)
{
    static const struct page_entry
        first[] = {{"answer", "In short"}, TIMELINE_ENTRY},
        of_two[] = {{"answer", "In short"}, DIFFERENCES_ENTRY, TIMELINE_ENTRY,
                    ALIGNED_ENTRY,          DOTS_ENTRY,        RUNS_ENTRY},
        of_set[] = {{"answer", "In short"}, TIMELINE_ENTRY, DOTS_ENTRY, RUNS_ENTRY},
        of_builds[] = {CURVE_ENTRY};
    struct buffer group = {0};

    page_begin_navigation(page);
    if (is_one_run(document))
        page_add_entries(page, NULL, first, 2);
    else if (are_two(document))
        page_add_entries(page, NULL, of_two, sizeof of_two / sizeof *of_two);
    else
        page_add_entries(page, NULL, of_set, sizeof of_set / sizeof *of_set);
    if (document->trend.build_count > 0)
        page_add_entries(page, NULL, of_builds, 1);
    for (size_t i = 0; i < document->comparison.side_count; i++) {
        buffer_clear(&group);
        add_group(&group, document, i);
        add_run_entries(page, document, i, is_one_run(document) ? NULL : buffer_text(&group));
    }
    page_end_navigation(page);
    buffer_release(&group);
}

/* The sentences of a comparison, or of the one run; then what the sides are. */
static void write_answer(struct page *page, const struct document *document)
{
    struct buffer text = {0};

    page_begin_section(page, "answer");
    page_heading(page, "In short", SIZE_MAX);
    if (are_two(document) && document->comparison.answer.length == 0)
        buffer_add_text(&text, document->comparison.differences.different == 0
                                   ? "There is no difference.\n"
                                   : "There are differences, none of which explains the others.\n");
    else if (!are_two(document))
        answer_of_run(&text, document->facts[0]);
    page_paragraphs(page,
                    are_two(document) && text.length == 0
                        ? buffer_text(&document->comparison.answer)
                        : buffer_text(&text),
                    "answer");
    for (size_t i = 0; i < document->comparison.side_count && !is_one_run(document); i++) {
        buffer_clear(&text);
        buffer_add_text(&text, !are_two(document) ? "" : i == 0 ? "A is " : "B is ");
        comparison_describe(&document->comparison, i, &text);
        page_paragraphs(page, buffer_text(&text), "note");
    }
    page_paragraphs(page, buffer_text(&document->comparison.conclusion), "note");
    page_paragraphs(page, buffer_text(&document->comparison.busy), "note");
    page->line.failed |= text.failed;
    page_end_section(page);
    buffer_release(&text);
}

static int write_aligned(struct page *page, const struct comparison *comparison,
                         struct trail_error *error)
{
    const struct recording *items = comparison->recordings->items;

    return aligned_write(page, comparison->recordings,
                         &items[comparison_typical_run(comparison, 0)],
                         &items[comparison_typical_run(comparison, 1)], error);
}

/* What is about all runs that are shown. */
static int write_overview(struct page *page, const struct document *document,
                          struct trail_error *error)
{
    const struct comparison *comparison = &document->comparison;

    if (are_two(document) && comparison_write_differences(page, comparison, error) != 0)
        return -1;
    if (timeline_write(page, document->shown, comparison->side_count, error) != 0)
        return -1;
    if (are_two(document) && write_aligned(page, comparison, error) != 0)
        return -1;
    if (is_one_run(document))
        return 0;
    if (document->trend.build_count > 0)
        curve_write(page, &document->trend);
    return dots_write(page, comparison, error) != 0
               ? -1
               : comparison_write_runs(page, comparison, error);
}

static int write_run(struct page *page, const struct document *document, size_t side,
                     struct trail_error *error)
{
    int result = 0;

    page->prefix = prefix_of(document, side);
    if (!is_one_run(document)) {
        page_markup(page, "<details class=\"run\"><summary><h2>");
        add_group(&page->line, document, side);
        page_markup(page, document->counts[side] > 1
                              ? ", the middle one by its time</h2></summary>\n"
                              : "</h2></summary>\n");
        page->level = 3;
    }
    digest_write(page, document->facts[side]);
    for (int part = 0; part < PARTS && result == 0; part++)
        if (shows(document, side, part))
            result = part_write(page, &document->shown[side], (enum report_part)part, error);
    if (result == 0)
        result = stacks_write(page, &document->shown[side], error);
    page_markup(page, is_one_run(document) ? "" : "</details>\n");
    page->prefix = "";
    page->level = 2;
    return result;
}

int document_write(struct document *document, FILE *stream, struct trail_error *error)
{
    struct page page = {.viewer = document->viewer, .stream = stream, .prefix = "", .level = 2};
    struct buffer about = {0};
    int result;

    for (size_t i = 0; i < document->comparison.side_count; i++) {
        buffer_add_text(&about, i > 0 ? "; " : "");
        buffer_add_text(&about, document->shown[i].database->path);
        buffer_format(&about, ", run %" PRId64 ", ", (int64_t)document->shown[i].run);
        buffer_add_text(&about, row_text(document->facts[i], "start"));
    }
    progress_begin(&page.progress, "report", "sections", 0);
    page_begin(&page, buffer_text(&document->title), buffer_text(&about));
    add_navigation(&page, document);
    write_answer(&page, document);
    result = write_overview(&page, document, error);
    for (size_t i = 0; i < document->comparison.side_count && result == 0; i++)
        result = write_run(&page, document, i, error);
    if (result == 0)
        result = page_end(&page, error);
    progress_hide(&page.progress);
    buffer_release(&about);
    buffer_release(&page.line);
    return result;
}
