/* See row_stream.h. */
#include "row_stream.h"

#include "row_body.h"

struct stream {
    struct row_source *source;
    struct pushed_run *runs;
    size_t count, run;
    bool is_begun; /* the run at `run` */
};

/* The columns before a source's own, and their values. */
#define FIRST_COLUMNS "program, build, start, copy, "
static void add_prefix(struct buffer *row, const struct pushed_run *run)
{
    buffer_add(row, buffer_text(&run->prefix), run->prefix.length);
    row_add_uuid(row, &run->copy);
}

/* Adds one more row, as row_body's `add`. */
static int add_row(void *context, struct buffer *rows, struct trail_error *error)
{
    struct stream *stream = context;
    struct row_source *source = stream->source;

    for (; stream->run < stream->count; stream->run++, stream->is_begun = false) {
        struct pushed_run *run = &stream->runs[stream->run];
        size_t before = rows->length;
        int result;
        if (run->was_there)
            continue;
        if (!stream->is_begun && source->begin(source, run, error) != 0)
            return -1;
        stream->is_begun = true;
        add_prefix(rows, run);
        if ((result = source->next(source, rows, error)) != 0) {
            run->rows++;
            return rows->failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : result;
        }
        rows->length = before; /* no row: its prefix is not needed */
    }
    return 0;
}

int row_stream_send(struct row_source *source, struct pushed_run *runs, size_t count,
                    struct server *server, struct trail_error *error)
{
    struct stream stream = {.source = source, .runs = runs, .count = count};
    struct row_body body = {.add = add_row, .context = &stream};
    struct buffer sql = {0};
    int result = add_row(&stream, &body.rows, error); /* no insert without rows */

    if (result == 1) {
        buffer_add_text(&sql, "INSERT INTO ");
        buffer_add_text(&sql, source->table);
        buffer_add_text(&sql, " (" FIRST_COLUMNS);
        buffer_add_text(&sql, source->columns);
        buffer_add_text(&sql, ") FORMAT RowBinary");
        result = sql.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory")
                            : server_insert(server, buffer_text(&sql), row_body_read, &body, error);
    }
    buffer_release(&sql);
    buffer_release(&body.rows);
    return result;
}
