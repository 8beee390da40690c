/* See measure_rows.h. */
#include "measure_rows.h"

#include <string.h>

static void add_text(struct buffer *row, const char *text)
{
    row_add_text(row, text, strlen(text));
}

static int take(void *context, const struct measure *measure, struct trail_error *error)
{
    struct measure_rows *rows = context;
    struct buffer *row = &rows->rows;
    size_t start = row->length, length = 0;

    buffer_add(row, (const char *)&length, sizeof length);
    row_add_integer(row, measure->start_utc_ns);
    add_text(row, measure->what);
    add_text(row, measure->process);
    add_text(row, measure->key);
    add_text(row, measure->name);
    add_text(row, measure->place);
    row_add_integer(row, measure->times);
    row_add_integer(row, (int64_t)measure->ns);
    row_add_integer(row, (int64_t)measure->other_ns);
    if (row->failed)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    length = row->length - start - sizeof length;
    memcpy(row->data + start, &length, sizeof length);
    if (strcmp(measure->name, "start..end") == 0 && strcmp(measure->what, "span") == 0)
        rows->run->net_wall_ns = (int64_t)measure->ns;
    return 0;
}

static int begin(struct row_source *source, struct pushed_run *run, struct trail_error *error)
{
    struct measure_rows *rows = (struct measure_rows *)source;

    buffer_clear(&rows->rows);
    rows->taken = 0;
    rows->run = run;
    return measures_of_run(&rows->measures, rows->database->db, rows->database->path, run->run,
                           take, rows, error);
}

static int next(struct row_source *source, struct buffer *row, struct trail_error *error)
{
    struct measure_rows *rows = (struct measure_rows *)source;
    size_t length;

    (void)error;
    if (rows->taken == rows->rows.length)
        return 0;
    memcpy(&length, rows->rows.data + rows->taken, sizeof length);
    buffer_add(row, rows->rows.data + rows->taken + sizeof length, length);
    rows->taken += sizeof length + length;
    return 1;
}

void measure_rows_open(struct measure_rows *rows, const struct database *database)
{
    measure_rows_release(rows);
    rows->database = database;
    rows->source = (struct row_source){
        "measure", "start_utc_ns, what, process, key, name, place, times, ns, other_ns", begin,
        next};
}

void measure_rows_release(struct measure_rows *rows)
{
    measures_release(&rows->measures);
    buffer_release(&rows->rows);
    memset(rows, 0, sizeof *rows);
}
