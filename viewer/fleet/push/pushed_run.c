/* See pushed_run.h. */
#include "pushed_run.h"

#include "sql.h"
#include "viewer_sql.h"

#include <inttypes.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#define UUID_CHARACTERS "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-"

static const char read_labels[] =
    "SELECT key, value FROM main.label WHERE run_id = ?1 ORDER BY key";

static int64_t not_below_zero(int64_t number)
{
    return number > 0 ? number : 0;
}

static int64_t seconds_of(sqlite3_int64 ns)
{
    int64_t seconds = not_below_zero(ns / 1000000000);

    return seconds < UINT32_MAX ? seconds : UINT32_MAX;
}

static void take_row(struct pushed_run *pushed, sqlite3_stmt *row)
{
    pushed->start_seconds = seconds_of(sqlite3_column_int64(row, 2));
    row_add_column(&pushed->prefix, row, 3, ROW_TEXT, false);
    row_add_column(&pushed->prefix, row, 4, ROW_TEXT, false);
    row_add_unsigned(&pushed->prefix, (uint64_t)pushed->start_seconds, 4);
    pushed->events = not_below_zero(sqlite3_column_int64(row, 5));
    pushed->wall_ns =
        sqlite3_column_type(row, 6) == SQLITE_NULL ? -1 : sqlite3_column_int64(row, 6);
}

int pushed_run_describe(struct pushed_run *pushed, struct statements *statements, sqlite3 *db,
                        sqlite3_int64 run, struct trail_error *error)
{
    sqlite3_stmt *row = statements_get(statements, db, sql_push_run, error);
    const char *uuid, *state;
    int result = 1;

    if (row == NULL)
        return -1;
    pushed->run = run;
    sqlite3_bind_int64(row, 1, run);
    if (sqlite3_step(row) != SQLITE_ROW) {
        sqlite3_reset(row);
        return sql_error(db, error);
    }
    uuid = (const char *)sqlite3_column_text(row, 0);
    state = (const char *)sqlite3_column_text(row, 1);
    if (uuid == NULL || uuid[0] == '\0' || strlen(uuid) >= sizeof pushed->uuid ||
        strspn(uuid, UUID_CHARACTERS) != strlen(uuid))
        result = error_set(error, TRAIL_DAMAGED, 0, "run %" PRId64 " has no uuid", (int64_t)run);
    else
        strcpy(pushed->uuid, uuid);
    if (result == 1 && state != NULL && strcmp(state, "recording") == 0)
        result = 0;
    take_row(pushed, row);
    sqlite3_reset(row);
    return result == 1 && pushed->prefix.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory")
                                                : result;
}

void pushed_run_release(struct pushed_run *pushed)
{
    buffer_release(&pushed->prefix);
}

void pushed_run_new_copy(struct pushed_run *pushed, unsigned sent)
{
    sqlite3_randomness(sizeof pushed->copy.bytes, pushed->copy.bytes);
    pushed->copy.bytes[7] = pushed->copy.bytes[15] = (unsigned char)sent;
    pushed->rows = 0;
}

/* Two arrays, of keys and of values. */
static int add_labels(struct run_rows *rows, struct buffer *out, struct trail_error *error)
{
    sqlite3_stmt *row = statements_get(rows->statements, rows->db, read_labels, error);
    struct buffer keys = {0}, values = {0};
    uint64_t count = 0;
    int step = SQLITE_DONE;

    if (row == NULL)
        return -1;
    sqlite3_bind_int64(row, 1, rows->next->run);
    for (; (step = sqlite3_step(row)) == SQLITE_ROW; count++) {
        row_add_column(&keys, row, 0, ROW_TEXT, false);
        row_add_column(&values, row, 1, ROW_TEXT, false);
    }
    sqlite3_reset(row);
    row_add_length(out, count);
    buffer_add(out, buffer_text(&keys), keys.length);
    row_add_length(out, count);
    buffer_add(out, buffer_text(&values), values.length);
    out->failed |= keys.failed || values.failed;
    buffer_release(&keys);
    buffer_release(&values);
    return step == SQLITE_DONE ? 0 : sql_error(rows->db, error);
}

static int begin(struct row_source *source, struct pushed_run *run, struct trail_error *error)
{
    (void)error;
    ((struct run_rows *)source)->next = run;
    return 0;
}

static int next(struct row_source *source, struct buffer *row, struct trail_error *error)
{
    struct run_rows *rows = (struct run_rows *)source;
    struct pushed_run *run = rows->next;

    if (run == NULL)
        return 0;
    if (mirror_add_run(rows->mirror, run, row, error) != 0 || add_labels(rows, row, error) != 0)
        return -1;
    row_add_null(row, run->wall_ns < 0);
    if (run->wall_ns >= 0)
        row_add_integer(row, run->net_wall_ns);
    row_add_byte(row, (unsigned char)rows->sent);
    row_add_unsigned(row, run->rows, 8);
    row_add_unsigned(row, (uint64_t)time(NULL), 4);
    rows->next = NULL;
    run->rows--; /* this row is not counted, however often it is sent */
    return 1;
}

int run_rows_open(struct run_rows *rows, struct mirror *mirror, struct statements *statements,
                  sqlite3 *db, unsigned sent, struct trail_error *error)
{
    *rows = (struct run_rows){.mirror = mirror, .statements = statements, .db = db, .sent = sent};
    buffer_add_text(&rows->columns, mirror_run_columns(mirror));
    buffer_add_text(&rows->columns, ", label_keys, label_values, net_wall_ns, sent, rows, pushed");
    rows->source = (struct row_source){"run", buffer_text(&rows->columns), begin, next};
    return rows->columns.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
}

void run_rows_release(struct run_rows *rows)
{
    buffer_release(&rows->columns);
}
