/* See table.h. */
#include "table.h"

#include "markup.h"
#include "sheet.h"
#include "text.h"

#include <string.h>

/* Of a text so much is shown; words that are longer than the latter wrap. */
enum { CELL_BYTES = 2000, LONG_BYTES = 40, CELLS_AT_MOST = 40 };

static size_t rows_of(const struct output *output)
{
    return output->row_count < PAGE_ROWS_AT_MOST ? output->row_count : PAGE_ROWS_AT_MOST;
}

/* Of a long text the beginning. */
static void add_row(struct output *output, const struct cell *cells)
{
    struct cell cut[CELLS_AT_MOST];

    if (output->row_count >= PAGE_ROWS_AT_MOST)
        return;
    for (size_t i = 0; i < output->column_count && i < CELLS_AT_MOST; i++) {
        cut[i] = cells[i];
        if (cells[i].type == CELL_TEXT)
            cut[i].length = text_cut(cells[i].text, cells[i].length, CELL_BYTES);
        else if (cells[i].type == CELL_BLOB && cells[i].length > CELL_BYTES)
            cut[i].length = CELL_BYTES;
    }
    sheet_row(output, cut);
}

static const char *class_of(const struct output *output, size_t column, const char *text,
                            size_t length)
{
    switch (output->columns[column].style) {
    case STYLE_TITLE:
        return length > LONG_BYTES ? "t l" : "t";
    case STYLE_KIND:
        return markup_class(text);
    case STYLE_PATH:
        return "p";
    default:
        return sheet_is_number(output, column)                            ? "n"
               : length > LONG_BYTES && memchr(text, ' ', length) != NULL ? "w"
                                                                          : "";
    }
}

/* What may wrap, once it is wider than a screen: in a box of its own, as wide as it must be. */
static bool may_wrap(const char *class)
{
    return strcmp(class, "p") == 0 || strcmp(class, "w") == 0 || strcmp(class, "t l") == 0;
}

static void open_cell(struct output *output, const char *tag, const char *class)
{
    buffer_format(&output->line, *class != '\0' ? "<%s class=\"%s\">" : "<%s>", tag, class);
}

static void add_header(struct output *output)
{
    buffer_add_text(&output->line, "<table>\n<thead><tr>");
    for (size_t i = 0; i < output->column_count; i++) {
        if (!sheet_shows(output, i))
            continue;
        open_cell(output, "th scope=\"col\"", sheet_is_number(output, i) ? "n" : "");
        markup_add(&output->line, output->columns[i].name, strlen(output->columns[i].name));
        buffer_add_text(&output->line, "</th>");
    }
    buffer_add_text(&output->line, "</tr></thead>\n<tbody>\n");
}

/* What is told elsewhere on the page. */
static void add_link(struct output *output, const char *text, size_t length)
{
    const struct page *page = output->context;

    buffer_format(&output->line, "<a href=\"#%sstack-", page->prefix);
    markup_add(&output->line, text, length);
    buffer_add_text(&output->line, "\">stack</a>");
}

static void add_row_markup(struct output *output, size_t row)
{
    size_t length;
    bool has_kind = output->columns[0].style == STYLE_KIND,
         is_context = has_kind && (*sheet_cell(output, row, 0, &length) == ' ' || length == 0);

    buffer_add_text(&output->line, is_context ? "<tr class=\"context\">" : "<tr>");
    for (size_t i = 0; i < output->column_count; i++) {
        const char *text = sheet_cell(output, row, i, &length), *class;
        if (!sheet_shows(output, i))
            continue;
        class = class_of(output, i, text, length);
        open_cell(output, "td", class);
        buffer_add_text(&output->line, may_wrap(class) ? "<div>" : "");
        if (length > 0 && strcmp(output->columns[i].name, "stack") == 0)
            add_link(output, text, length);
        else
            markup_add(&output->line, text, length);
        buffer_add_text(&output->line, may_wrap(class) ? "</div></td>" : "</td>");
    }
    buffer_add_text(&output->line, "</tr>\n");
}

static void write_rows(struct output *output, size_t from, size_t to)
{
    add_header(output);
    for (size_t i = from; i < to; i++, output_write_line(output))
        add_row_markup(output, i);
    buffer_add_text(&output->line, "</tbody>\n</table>\n");
}

static void write_table(struct output *output)
{
    const struct page *page = output->context;
    size_t count = rows_of(output), first = count < PAGE_ROWS ? count : PAGE_ROWS;

    buffer_format(&output->line,
                  "<div class=\"table\" role=\"region\" tabindex=\"0\" "
                  "aria-label=\"%s\">\n",
                  page->words->heading);
    write_rows(output, 0, first);
    if (first < count) {
        buffer_add_text(&output->line, "<noscript>\n");
        write_rows(output, first, count);
        buffer_add_text(&output->line, "</noscript>\n");
    }
    buffer_add_text(&output->line, "</div>\n");
    output_write_line(output);
}

static void end(struct output *output)
{
    struct page *page = output->context;
    const struct table_words *words = page->words;

    page_heading(page, words->heading, page->is_uncounted ? SIZE_MAX : rows_of(output));
    page_paragraphs(page, output->row_count > 0 ? words->note : words->nothing, "note");
    if (output->row_count > PAGE_ROWS_AT_MOST) {
        buffer_format(&page->line, "<p class=\"note\">Only the first %d; ", (int)PAGE_ROWS_AT_MOST);
        page_markup(page, words->all);
        page_markup(page, " prints all.</p>\n");
    }
    page_flush(page);
    if (output->state != NULL && !output->line.failed && output->row_count > 0)
        write_table(output);
    page->line.failed |= output->line.failed;
    page_end_section(page);
    sheet_end(output);
}

static const struct format format_page = {
    .name = "report",
    .is_for_people = true,
    .begin = sheet_begin,
    .row = add_row,
    .end = end,
};

void table_prepare(struct page *page, const struct table_words *words)
{
    page_begin_section(page, words->id);
    page_flush(page);
    page->words = words;
    page->is_uncounted = false;
    page->output = (struct output){.format = &format_page, .stream = page->stream, .context = page};
}

int table_query(struct page *page, const struct run_reference *run, const struct query *query,
                const struct table_words *words, struct trail_error *error)
{
    struct viewer one = *page->viewer;
    struct run_reference runs[] = {*run};
    char limit[24];

    snprintf(limit, sizeof limit, "%d", PAGE_ROWS_AT_MOST + 1);
    memset(&one.options, 0, sizeof one.options);
    one.options.given[OPTION_LIMIT] = true;
    one.options.argument[OPTION_LIMIT] = limit;
    one.runs = runs;
    one.run_count = 1;
    table_prepare(page, words);
    one.output = page->output;
    return query_print(&one, query, error);
}
