/* See row_stream.h. */
#include "row_stream.h"

#include <string.h>

struct stream {
    struct row_source *source;
    struct pushed_run *runs;
    size_t count, run;
    bool is_begun; /* the run at `run` */
    struct buffer rows;
    size_t taken;
};

/* The columns before a source's own, and their values. */
#define FIRST_COLUMNS "program, build, start, copy, "
static void add_prefix(struct buffer *row, const struct pushed_run *run)
{
    buffer_add(row, buffer_text(&run->prefix), run->prefix.length);
    row_add_uuid(row, &run->copy);
}

/* Adds one more row. Returns 1, 0 if that were all, or -1 and error. */
static int add_row(struct stream *stream, struct trail_error *error)
{
    struct row_source *source = stream->source;

    for (; stream->run < stream->count; stream->run++, stream->is_begun = false) {
        struct pushed_run *run = &stream->runs[stream->run];
        size_t before = stream->rows.length;
        int result;
        if (run->was_there)
            continue;
        if (!stream->is_begun && source->begin(source, run, error) != 0)
            return -1;
        stream->is_begun = true;
        add_prefix(&stream->rows, run);
        if ((result = source->next(source, &stream->rows, error)) != 0) {
            run->rows++;
            return stream->rows.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory")
                                       : result;
        }
        stream->rows.length = before; /* no row: its prefix is not needed */
    }
    return 0;
}

static ptrdiff_t next_bytes(void *context, char *out, size_t room, struct trail_error *error)
{
    struct stream *stream = context;
    size_t length = stream->rows.length - stream->taken;
    int result = 1;

    if (length == 0) {
        buffer_clear(&stream->rows);
        stream->taken = 0;
        while (stream->rows.length < room && (result = add_row(stream, error)) == 1)
            ;
        if (result < 0)
            return -1;
        length = stream->rows.length;
    }
    length = length < room ? length : room;
    memcpy(out, buffer_text(&stream->rows) + stream->taken, length);
    stream->taken += length;
    return (ptrdiff_t)length;
}

int row_stream_send(struct row_source *source, struct pushed_run *runs, size_t count,
                    struct server *server, struct trail_error *error)
{
    struct stream stream = {.source = source, .runs = runs, .count = count};
    struct buffer sql = {0};
    int result = add_row(&stream, error);

    if (result == 1) {
        buffer_add_text(&sql, "INSERT INTO ");
        buffer_add_text(&sql, source->table);
        buffer_add_text(&sql, " (" FIRST_COLUMNS);
        buffer_add_text(&sql, source->columns);
        buffer_add_text(&sql, ") FORMAT RowBinary");
        result = sql.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory")
                            : server_insert(server, buffer_text(&sql), next_bytes, &stream, error);
    }
    buffer_release(&sql);
    buffer_release(&stream.rows);
    return result;
}
