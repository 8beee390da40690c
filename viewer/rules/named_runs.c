/* See named_runs.h. */
#include "named_runs.h"

#include "sql.h"

#include <string.h>

#define LINE_START "# runs"

enum { LINE_BYTES_MAX = 90, UUID_BYTES_MAX = 64 };

static const char uuid_characters[] =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-";

static void add_uuid(struct buffer *out, const char *uuid)
{
    size_t length = strlen(uuid), line = 0;

    if (length == 0 || length > UUID_BYTES_MAX || strspn(uuid, uuid_characters) != length)
        return;
    while (line < out->length && out->data[out->length - 1 - line] != '\n')
        line++;
    if (line == 0 || line + 1 + length > LINE_BYTES_MAX)
        buffer_add_text(out, line == 0 ? LINE_START : "\n" LINE_START);
    buffer_add_char(out, ' ');
    buffer_add(out, uuid, length);
}

int named_runs_uuid(struct buffer *out, sqlite3 *db, sqlite3_int64 run, struct trail_error *error)
{
    sqlite3_stmt *row = sql_prepare(db, "SELECT uuid FROM main.run WHERE id = ?1", error);
    const char *uuid = NULL;

    if (row == NULL)
        return -1;
    sqlite3_bind_int64(row, 1, run);
    if (sqlite3_step(row) == SQLITE_ROW)
        uuid = (const char *)sqlite3_column_text(row, 0);
    buffer_add_text(out, uuid != NULL ? uuid : "");
    sqlite3_finalize(row);
    return out->failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
}

int named_runs_add(struct buffer *out, sqlite3 *db, sqlite3_int64 run, struct trail_error *error)
{
    struct buffer uuid = {0};
    int result = named_runs_uuid(&uuid, db, run, error);

    if (result == 0)
        add_uuid(out, buffer_text(&uuid));
    buffer_release(&uuid);
    return result == 0 && out->failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : result;
}

/* The next line of uuids from `at` on, behind its first words; NULL: there is none. */
static const char *next_line(const char *at, const char *end)
{
    const size_t start = sizeof LINE_START - 1;

    for (; at != NULL && at < end; at = memchr(at, '\n', (size_t)(end - at))) {
        at += *at == '\n';
        if ((size_t)(end - at) > start && memcmp(at, LINE_START " ", start + 1) == 0)
            return at + start;
    }
    return NULL;
}

const char *named_runs_next(const struct rules *rules, const char **at, size_t *length)
{
    const char *end = rules->text + rules->learned_end;

    if (*at == NULL)
        *at = next_line(rules->text + rules->learned_start, end);
    while (*at != NULL) {
        const char *word = *at + strspn(*at, " ");
        if ((*length = strspn(word, uuid_characters)) > 0 && word + *length <= end) {
            *at = word + *length;
            return word;
        }
        *at = next_line(*at, end);
    }
    return NULL;
}
