/* See output.h. */
#include "output.h"

#include "escape.h"
#include "progress.h"
#include "sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int check(struct output *output, struct trail_error *error)
{
    int reason = errno; /* EINVAL is what Windows says of a pipe without a reader */

    if (output->line.failed)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    if (output->sink != NULL)
        return sink_check(output->sink, error);
    if (ferror(output->stream)) {
        output->is_closed |= reason == EPIPE || reason == EINVAL;
        return error_set(error, TRAIL_FAILED, 0, "cannot write the output");
    }
    return 0;
}

static bool is_shown(const struct output *output, const struct column *column)
{
    return !(column->flags &
             (output->format->is_for_people ? COLUMN_FOR_PROGRAMS : COLUMN_FOR_PEOPLE));
}

int output_begin(struct output *output, const struct column *columns, size_t count,
                 struct trail_error *error)
{
    struct column *shown = calloc(count + 1, sizeof *shown);

    output->all_columns = columns;
    output->all_count = count;
    output->columns = output->shown = shown;
    output->column_count = output->row_count = 0;
    output->state = NULL;
    output->cells = calloc(count + 1, sizeof *output->cells);
    for (size_t i = 0; shown != NULL && i < count; i++) {
        if (!is_shown(output, &columns[i]))
            continue;
        shown[output->column_count] = columns[i];
        if (output->format->is_for_people && columns[i].title != NULL)
            shown[output->column_count].name = columns[i].title;
        output->column_count++;
    }
    if ((output->format->begin != NULL && output->format->begin(output) != 0) ||
        output->cells == NULL || shown == NULL)
        output->line.failed = true;
    return check(output, error);
}

int output_row(struct output *output, const struct cell *cells, struct trail_error *error)
{
    size_t count = 0;

    if (output->column_count < output->all_count) {
        for (size_t i = 0; i < output->all_count; i++)
            if (is_shown(output, &output->all_columns[i]))
                output->cells[count++] = cells[i];
        cells = output->cells;
    }
    output->format->row(output, cells);
    output->row_count++;
    progress_to(output->progress, (int64_t)output->row_count);
    return check(output, error);
}

int output_flush(struct output *output, struct trail_error *error)
{
    if (output->format->flush != NULL)
        output->format->flush(output);
    fflush(output->stream);
    return check(output, error);
}

int output_end(struct output *output, struct trail_error *error)
{
    int result;

    if (output->format->end != NULL)
        output->format->end(output);
    result = check(output, error);
    buffer_release(&output->line);
    free(output->cells);
    free(output->shown);
    output->cells = NULL;
    output->columns = output->shown = NULL;
    return result;
}

void output_lines(const struct output *output, const char *lines)
{
    struct buffer text = {0};

    for (; *lines != '\0'; lines += strspn(lines, "\n")) {
        size_t length = strcspn(lines, "\n"), fitting;
        buffer_clear(&text);
        escape_for_terminal(&text, lines, length);
        fitting = output->width > 0
                      ? escape_fitting_bytes(buffer_text(&text), text.length, output->width)
                      : text.length;
        if (fitting < text.length && output->width > 1)
            fprintf(output->stream, "%.*s\xE2\x80\xA6\n",
                    (int)escape_fitting_bytes(buffer_text(&text), text.length, output->width - 1),
                    buffer_text(&text));
        else
            fprintf(output->stream, "%s\n", buffer_text(&text));
        lines += length;
    }
    buffer_release(&text);
}

/* How much of the text stands in one line: up to a space, if it does not fit. */
static size_t words_that_fit(const struct output *output, const char *text, size_t length)
{
    size_t fitting = output->width > 0 ? escape_fitting_bytes(text, length, output->width) : length;

    if (fitting == length)
        return length;
    for (size_t at = fitting; at > 0; at--)
        if (text[at] == ' ')
            return at;
    return fitting;
}

void output_sentences(const struct output *output, const char *lines)
{
    struct buffer text = {0};

    for (; *lines != '\0'; lines += strspn(lines, "\n")) {
        size_t length = strcspn(lines, "\n"), part;
        buffer_clear(&text);
        escape_for_terminal(&text, lines, length);
        for (size_t at = 0; at < text.length; at += part + (buffer_text(&text)[at + part] == ' ')) {
            part = words_that_fit(output, buffer_text(&text) + at, text.length - at);
            fprintf(output->stream, "%.*s\n", (int)part, buffer_text(&text) + at);
        }
        lines += length;
    }
    buffer_release(&text);
}

void output_write_line(struct output *output)
{
    if (output->sink != NULL)
        sink_write(output->sink, buffer_text(&output->line), output->line.length);
    else if (output->line.length > 0)
        fwrite(output->line.data, 1, output->line.length, output->stream);
    buffer_clear(&output->line);
}
