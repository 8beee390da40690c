/* See folded.h. */
#include "folded.h"

#include "buffer.h"
#include "escape.h"
#include "sql.h"
#include "viewer_sql.h"

#include <string.h>

/* One frame of the line: what separates frames, and counts, is replaced. */
static void add_frame(struct buffer *line, const char *text, size_t length)
{
    size_t start = line->length;

    if (length == 0)
        return;
    if (start > 0)
        buffer_add_char(line, ';');
    start = line->length;
    escape_for_terminal(line, text, length);
    for (size_t i = start; i < line->length; i++)
        if (line->data[i] == ';')
            line->data[i] = ':';
}

static void add_column(struct buffer *line, sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);

    for (size_t length; text != NULL; text = text[length] == '\n' ? text + length + 1 : NULL) {
        length = strcspn(text, "\n");
        add_frame(line, text, length);
    }
}

int folded_write(struct sink *sink, sqlite3 *db, sqlite3_int64 run, size_t *lines,
                 struct trail_error *error)
{
    sqlite3_stmt *row = sql_prepare(db, sql_export_folded, error);
    struct buffer line = {0};
    int step = SQLITE_DONE;

    if (row == NULL)
        return -1;
    sqlite3_bind_int64(row, 1, run);
    while ((step = sqlite3_step(row)) == SQLITE_ROW) {
        buffer_clear(&line);
        for (int i = 0; i < 3; i++)
            add_column(&line, row, i);
        buffer_add_char(&line, ' ');
        buffer_add_number(&line, sqlite3_column_int64(row, 3));
        buffer_add_char(&line, '\n');
        sink_write(sink, buffer_text(&line), line.length);
        ++*lines;
    }
    if (step != SQLITE_DONE)
        sql_error(db, error);
    else if (line.failed)
        step = error_set(error, TRAIL_FAILED, 0, "out of memory");
    sqlite3_finalize(row);
    buffer_release(&line);
    return step == SQLITE_DONE ? sink_check(sink, error) : -1;
}
