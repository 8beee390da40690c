/*
 * One page with all it needs: no script, nothing from elsewhere, light or dark as the reader's
 * system is. Everything from a recording is escaped, what could hide or reorder text too.
 */
#include "output.h"

#include "markup.h"
#include "sheet.h"

#include <string.h>

enum { LONG_BYTES = 40 }; /* words that are longer wrap */

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n<style>\n"
    ":root { color-scheme: light dark; --line: #d0d7de; --soft: #59636e; --stripe: #f6f8fa; --add: "
    "#1a7f37; --remove: #cf222e; --move: #9a6700;"
    " --change: #8250df }\n"
    "@media (prefers-color-scheme: dark) { :root { --line: #3d444d; --soft: #9198a1; --stripe: "
    "#151b23; --add: #3fb950; --remove: #f85149;"
    " --move: #d29922; --change: #ab7df8 } body { background: #0d1117; color: #e6edf3 } }\n"
    "body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; padding: 0 1rem; max-width: "
    "100rem }\n"
    "h1 { font-size: 1.3rem } h2 { font-size: 1.05rem; margin: 1.6rem 0 -.5rem } p { margin: .2rem "
    "0; overflow-wrap: anywhere } p.after:first-of-type, div + p.after { margin-top: 1rem }\n"
    "div { overflow-x: auto; margin-top: 1rem } table { border-collapse: collapse; "
    "font-variant-numeric: tabular-nums }\n"
    "th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--line); "
    "white-space: nowrap; vertical-align: top }\n"
    "th { color: var(--soft); font-weight: 600; position: sticky; top: 0 } td.n, th.n { "
    "text-align: right } td.t { font-weight: 600 }\n"
    "td:first-child, th:first-child { padding-left: 0 } td.d { font-family: ui-monospace, "
    "monospace } td.l { white-space: normal; overflow-wrap: anywhere; min-width: 14rem } tbody "
    "tr:hover { background: var(--stripe) }\n"
    "tr.c td { color: var(--soft); font-weight: 400 } .add { color: var(--add) } .remove { color: "
    "var(--remove) } .move { color: var(--move) }"
    " .change { color: var(--change) }\n"
    "</style>\n";

static void add_lines(struct output *output, const char *lines, const char *open)
{
    for (; lines != NULL && *lines != '\0'; lines += strspn(lines, "\n")) {
        size_t length = strcspn(lines, "\n");
        buffer_add_text(&output->line, open);
        markup_add_harmless(&output->line, lines, length);
        buffer_add_text(&output->line, "</p>\n");
        lines += length;
    }
}

static void add_head(struct output *output)
{
    const char *title = output->title != NULL ? output->title : "trailview";

    buffer_add_text(&output->line, head);
    buffer_add_text(&output->line, "<title>");
    markup_add_harmless(&output->line, title, strlen(title));
    buffer_add_text(&output->line, "</title>\n</head>\n<body>\n<h1>");
    markup_add_harmless(&output->line, title, strlen(title));
    buffer_add_text(&output->line, "</h1>\n");
    add_lines(output, output->preface, "<p>");
    buffer_add_text(&output->line, output->picture != NULL ? output->picture : "");
}

static void add_heading(struct output *output)
{
    if (output->heading == NULL)
        return;
    buffer_add_text(&output->line, "<h2>");
    markup_add_harmless(&output->line, output->heading, strlen(output->heading));
    buffer_add_text(&output->line, "</h2>\n");
}

static void add_header(struct output *output)
{
    buffer_add_text(&output->line, "<div><table>\n<thead><tr>");
    for (size_t i = 0; i < output->column_count; i++) {
        if (!sheet_shows(output, i))
            continue;
        buffer_add_text(&output->line, sheet_is_number(output, i) ? "<th class=\"n\">" : "<th>");
        markup_add_harmless(&output->line, output->columns[i].name,
                            strlen(output->columns[i].name));
        buffer_add_text(&output->line, "</th>");
    }
    buffer_add_text(&output->line, "</tr></thead>\n<tbody>\n");
}

static void add_cell(struct output *output, size_t column, const char *text, size_t length)
{
    enum style style = output->columns[column].style;
    const char *class = sheet_is_number(output, column) ? "n"
                        : style == STYLE_TITLE          ? "t"
                        : style == STYLE_KIND           ? markup_class(text)
                                                        : "";

    if (*class == '\0' && (column + 1 == output->column_count || style == STYLE_WORDS ||
                           (length > LONG_BYTES && memchr(text, ' ', length) != NULL)))
        class = text[0] == '|' ? "d" : "l"; /* a drawing, or words */
    buffer_add_text(&output->line, "<td");
    if (*class != '\0') {
        buffer_add_text(&output->line, " class=\"");
        buffer_add_text(&output->line, class);
        buffer_add_char(&output->line, '"');
    }
    buffer_add_char(&output->line, '>');
    markup_add(&output->line, text, length);
    buffer_add_text(&output->line, "</td>");
}

/* A row whose first column tells what changed, and tells nothing, only gives context. */
static void add_row(struct output *output, size_t row)
{
    size_t length;
    bool has_kind = output->column_count > 0 && output->columns[0].style == STYLE_KIND;
    bool is_context = has_kind && (*sheet_cell(output, row, 0, &length) == ' ' || length == 0);

    buffer_add_text(&output->line, is_context ? "<tr class=\"c\">" : "<tr>");
    for (size_t i = 0; i < output->column_count; i++) {
        const char *text = sheet_cell(output, row, i, &length);
        if (sheet_shows(output, i))
            add_cell(output, i, text, length);
    }
    buffer_add_text(&output->line, "</tr>\n");
}

static void end(struct output *output)
{
    if (!output->follows_another)
        add_head(output);
    if (output->state != NULL && !output->line.failed && output->row_count > 0) {
        add_heading(output);
        add_header(output);
        for (size_t i = 0; i < output->row_count; i++, output_write_line(output))
            add_row(output, i);
        buffer_add_text(&output->line, "</tbody></table></div>\n");
    }
    if (!output->is_followed) {
        add_lines(output, output->conclusion, "<p class=\"after\">");
        buffer_add_text(&output->line, "</body>\n</html>\n");
    }
    output_write_line(output);
    sheet_end(output);
}

const struct format format_html = {
    .name = "html",
    .is_for_people = true,
    .begin = sheet_begin,
    .row = sheet_row,
    .end = end,
};
