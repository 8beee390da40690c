/*
 * A Markdown table as GitHub and GitLab render it, for a comment: a heading, lines before and after
 * the rows, if the command gave any. What could be taken for markup, a mention, a reference or a
 * link is escaped.
 */
#include "output.h"

#include "escape.h"
#include "sheet.h"

#include <string.h>

static void add_escaped(struct output *output, const char *text, size_t length)
{
    static const struct {
        char character;
        const char *escaped;
    } escapes[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'@', "&#64;"}, {'#', "&#35;"},
                   {'\\', "\\\\"}, {'|', "\\|"},  {'*', "\\*"},  {'_', "\\_"},   {'`', "\\`"},
                   {'[', "\\["},   {']', "\\]"},  {'~', "\\~"},  {'$', "\\$"},   {'!', "\\!"}};

    for (size_t i = 0; i < length; i++) {
        size_t k = 0;
        while (k < sizeof escapes / sizeof escapes[0] && escapes[k].character != text[i])
            k++;
        if (k < sizeof escapes / sizeof escapes[0])
            buffer_add_text(&output->line, escapes[k].escaped);
        else if (text[i] == ':' && i + 2 < length && text[i + 1] == '/' && text[i + 2] == '/')
            buffer_add_text(&output->line, "&#58;");
        else if (text[i] == '.' && i >= 3 && memcmp(text + i - 3, "www", 3) == 0)
            buffer_add_text(&output->line, "&#46;");
        else
            buffer_add_char(&output->line, text[i]);
    }
}

/* A paragraph for each line. */
static void add_lines(struct output *output, const char *lines)
{
    struct buffer harmless = {0};

    for (; lines != NULL && *lines != '\0'; lines += strspn(lines, "\n")) {
        size_t length = strcspn(lines, "\n");
        buffer_clear(&harmless);
        escape_for_terminal(&harmless, lines, length);
        add_escaped(output, buffer_text(&harmless), harmless.length);
        buffer_add_text(&output->line, "\n\n");
        lines += length;
    }
    output->line.failed |= harmless.failed;
    buffer_release(&harmless);
}

static void add_header(struct output *output)
{
    for (size_t i = 0; i < output->column_count; i++) {
        if (!sheet_shows(output, i))
            continue;
        buffer_add_text(&output->line, "| ");
        add_escaped(output, output->columns[i].name, strlen(output->columns[i].name));
        buffer_add_char(&output->line, ' ');
    }
    buffer_add_text(&output->line, "|\n");
    for (size_t i = 0; i < output->column_count; i++)
        if (sheet_shows(output, i))
            buffer_add_text(&output->line, sheet_is_number(output, i) ? "|--:" : "|---");
    buffer_add_text(&output->line, "|\n");
}

static void add_row(struct output *output, size_t row)
{
    for (size_t i = 0; i < output->column_count; i++) {
        size_t length;
        const char *text = sheet_cell(output, row, i, &length);
        if (!sheet_shows(output, i))
            continue;
        buffer_add_text(&output->line, "| ");
        add_escaped(output, text, length);
        buffer_add_char(&output->line, ' ');
    }
    buffer_add_text(&output->line, "|\n");
}

static void end(struct output *output)
{
    if (output->title != NULL && !output->follows_another) {
        buffer_add_text(&output->line, "### ");
        add_lines(output, output->title);
    }
    if (!output->follows_another)
        add_lines(output, output->preface);
    if (output->state != NULL && !output->line.failed && output->row_count > 0) {
        if (output->heading != NULL) {
            buffer_add_text(&output->line, output->follows_another && output->conclusion == NULL
                                               ? "\n#### "
                                               : "#### ");
            add_lines(output, output->heading);
        }
        add_header(output);
        for (size_t i = 0; i < output->row_count; i++, output_write_line(output))
            add_row(output, i);
        buffer_add_text(&output->line, output->conclusion != NULL ? "\n" : "");
    }
    if (!output->is_followed)
        add_lines(output, output->conclusion);
    output_write_line(output);
    sheet_end(output);
}

const struct format format_markdown = {
    .name = "markdown",
    .is_for_people = true,
    .begin = sheet_begin,
    .row = sheet_row,
    .end = end,
};
