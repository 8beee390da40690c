/* See copied_ids.h. */
#include "copied_ids.h"

#include "buffer.h"
#include "sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { FRAMES_MAX = 4096 }; /* of one stack; trailrec keeps far fewer */

#define MODULE_COLUMNS                                                                \
    "path, file_bytes, build_id, pdb_guid, pe_timestamp, pe_checksum, file_version, " \
    "image_bytes, machine, name, pdb_name, soname"

static const char find_module[] =
    "SELECT id FROM main.module WHERE path = ?1 AND file_bytes = ?2 AND build_id = ?3 AND "
    "pdb_guid = ?4 AND pe_timestamp = ?5 AND pe_checksum = ?6 AND file_version = ?7 AND "
    "image_bytes = ?8 AND machine = ?9";
static const char read_module[] = "SELECT " MODULE_COLUMNS " FROM main.module WHERE id = ?1";
static const char add_module[] = "INSERT INTO main.module (" MODULE_COLUMNS
                                 ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
static const char read_imports[] =
    "SELECT position, kind, name, version FROM main.import WHERE module_id = ?1";
static const char add_import[] = "INSERT OR IGNORE INTO main.import (position, kind, name, "
                                 "version, module_id) VALUES (?1, ?2, ?3, ?4, ?5)";
static const char read_frame[] = "SELECT offset, guessed, symbol, symbol_offset, module_id FROM "
                                 "main.frame WHERE id = ?1";
static const char find_frame[] =
    "SELECT id FROM main.frame WHERE offset = ?1 AND guessed = ?2 AND module_id = ?5";
static const char add_frame[] = "INSERT INTO main.frame (offset, guessed, symbol, symbol_offset, "
                                "module_id) VALUES (?1, ?2, ?3, ?4, ?5)";
static const char read_stack[] =
    "SELECT j.value FROM main.stack s, json_each(iif(json_valid(s.frames), s.frames, '[]')) j "
    "WHERE s.id = ?1 ORDER BY j.key";
static const char find_stack[] = "SELECT id FROM main.stack WHERE check_value = ?1 AND frames = ?2";
static const char add_stack[] = "INSERT INTO main.stack (check_value, frames) VALUES (?1, ?2)";

static sqlite3_stmt *reading(struct copied_ids *ids, const char *sql, sqlite3_int64 id,
                             struct trail_error *error)
{
    sqlite3_stmt *row = statements_get(&ids->read, ids->from, sql, error);

    if (row != NULL)
        sqlite3_bind_int64(row, 1, id);
    return row;
}

/* As many columns of a row as the statement has parameters for. */
static void bind_row(sqlite3_stmt *statement, sqlite3_stmt *row)
{
    for (int i = 0; i < sqlite3_column_count(row) && i < sqlite3_bind_parameter_count(statement);
         i++)
        sqlite3_bind_value(statement, i + 1, sqlite3_column_value(row, i));
}

/* Runs what was bound, and resets it. */
static int run(struct copied_ids *ids, sqlite3_stmt *statement, struct trail_error *error)
{
    int result = sqlite3_step(statement) == SQLITE_DONE ? 0 : sql_error(ids->to, error);

    sqlite3_reset(statement);
    return result;
}

/* The id in the first row of what was bound, 0 if there is none; resets it. */
static sqlite3_int64 found(sqlite3_stmt *statement)
{
    sqlite3_int64 id =
        sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;

    sqlite3_reset(statement);
    return id;
}

static int copy_imports(struct copied_ids *ids, sqlite3_int64 id, sqlite3_int64 there,
                        struct trail_error *error)
{
    sqlite3_stmt *row = reading(ids, read_imports, id, error),
                 *add = statements_get(&ids->write, ids->to, add_import, error);
    int result = row != NULL && add != NULL ? 0 : -1, step = SQLITE_DONE;

    while (result == 0 && (step = sqlite3_step(row)) == SQLITE_ROW) {
        bind_row(add, row);
        sqlite3_bind_int64(add, 5, there);
        result = run(ids, add, error);
    }
    if (result == 0 && step != SQLITE_DONE)
        result = sql_error(ids->from, error);
    sqlite3_reset(row);
    return result;
}

/* Finds a row over there, or adds it; `last` is bound behind the row's own columns, if any. */
static int find_or_add(struct copied_ids *ids, sqlite3_stmt *row, const char *find_sql,
                       const char *add_sql, sqlite3_int64 last, sqlite3_int64 *there,
                       bool *is_added, struct trail_error *error)
{
    sqlite3_stmt *find = statements_get(&ids->write, ids->to, find_sql, error),
                 *add = find != NULL ? statements_get(&ids->write, ids->to, add_sql, error) : NULL;

    *is_added = false;
    if (add == NULL)
        return -1;
    bind_row(find, row);
    bind_row(add, row);
    if (last >= 0) {
        sqlite3_bind_int64(find, sqlite3_bind_parameter_count(find), last);
        sqlite3_bind_int64(add, sqlite3_bind_parameter_count(add), last);
    }
    if ((*there = found(find)) != 0)
        return 0;
    if (run(ids, add, error) != 0)
        return -1;
    *there = sqlite3_last_insert_rowid(ids->to);
    *is_added = true;
    return 0;
}

static int copy_module(struct copied_ids *ids, sqlite3_int64 id, sqlite3_int64 *there,
                       struct trail_error *error)
{
    sqlite3_stmt *row = reading(ids, read_module, id, error);
    bool is_added = false;
    int result = row != NULL ? 0 : -1;

    if (result == 0 && sqlite3_step(row) == SQLITE_ROW)
        result = find_or_add(ids, row, find_module, add_module, -1, there, &is_added, error);
    sqlite3_reset(row);
    return result == 0 && is_added ? copy_imports(ids, id, *there, error) : result;
}

static int copy_frame(struct copied_ids *ids, sqlite3_int64 id, sqlite3_int64 *there,
                      struct trail_error *error)
{
    sqlite3_stmt *row = reading(ids, read_frame, id, error);
    sqlite3_int64 module;
    bool is_added;
    int result = row != NULL ? 0 : -1;

    if (result == 0 && sqlite3_step(row) == SQLITE_ROW) {
        result = copied_id(ids, COPIED_MODULE, sqlite3_column_int64(row, 4), &module, error);
        if (result == 0)
            result = find_or_add(ids, row, find_frame, add_frame, module, there, &is_added, error);
    }
    sqlite3_reset(row);
    return result;
}

static int read_frames(struct copied_ids *ids, sqlite3_int64 id, sqlite3_int64 *frames,
                       size_t *count, struct trail_error *error)
{
    sqlite3_stmt *row = reading(ids, read_stack, id, error);

    *count = 0;
    if (row == NULL)
        return -1;
    while (*count < FRAMES_MAX && sqlite3_step(row) == SQLITE_ROW)
        frames[(*count)++] = sqlite3_column_int64(row, 0);
    sqlite3_reset(row);
    return 0;
}

/* A stack is the list of its frames, as trailrec writes it. */
static int write_stack(struct copied_ids *ids, const struct buffer *text, sqlite3_int64 *there,
                       struct trail_error *error)
{
    sqlite3_int64 check =
        (sqlite3_int64)crc32(0, (const unsigned char *)buffer_text(text), (unsigned)text->length);
    const char *const statements[] = {find_stack, add_stack};

    for (int i = 0; i < 2; i++) {
        sqlite3_stmt *statement = statements_get(&ids->write, ids->to, statements[i], error);
        if (statement == NULL)
            return -1;
        sqlite3_bind_int64(statement, 1, check);
        sqlite3_bind_text(statement, 2, buffer_text(text), (int)text->length, SQLITE_TRANSIENT);
        if (i == 0 && (*there = found(statement)) != 0)
            return 0;
        if (i == 1 && run(ids, statement, error) != 0)
            return -1;
    }
    *there = sqlite3_last_insert_rowid(ids->to);
    return 0;
}

static int copy_stack(struct copied_ids *ids, sqlite3_int64 id, sqlite3_int64 *there,
                      struct trail_error *error)
{
    sqlite3_int64 *frames = malloc(FRAMES_MAX * sizeof *frames);
    struct buffer text = {0};
    size_t count = 0;
    int result = frames == NULL ? error_set(error, TRAIL_FAILED, 0, "out of memory")
                                : read_frames(ids, id, frames, &count, error);

    for (size_t i = 0; result == 0 && i < count; i++) {
        sqlite3_int64 frame = 0;
        result = copied_id(ids, COPIED_FRAME, frames[i], &frame, error);
        buffer_format(&text, "%s%" PRId64, i == 0 ? "[" : ",", (int64_t)frame);
    }
    if (result == 0 && count > 0) {
        buffer_add_char(&text, ']');
        result = text.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory")
                             : write_stack(ids, &text, there, error);
    }
    buffer_release(&text);
    free(frames);
    return result;
}

int copied_id(struct copied_ids *ids, enum copied_kind kind, sqlite3_int64 id, sqlite3_int64 *there,
              struct trail_error *error)
{
    static int (*const copy[COPIED_KINDS])(struct copied_ids *, sqlite3_int64, sqlite3_int64 *,
                                           struct trail_error *) = {copy_module, copy_frame,
                                                                    copy_stack};
    uint32_t known = tuple_map_find(&ids->ids, (uint32_t)kind, (uint32_t)id, (uint32_t)(id >> 32));

    *there = known;
    if (id == 0 || known != 0)
        return 0;
    if (copy[kind](ids, id, there, error) != 0)
        return -1;
    if (*there > UINT32_MAX)
        return error_set(error, TRAIL_FAILED, 0, "the file has too many modules or stacks");
    *tuple_map_at(&ids->ids, (uint32_t)kind, (uint32_t)id, (uint32_t)(id >> 32)) = (uint32_t)*there;
    return ids->ids.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
}

void copied_ids_release(struct copied_ids *ids)
{
    statements_release(&ids->read);
    statements_release(&ids->write);
    tuple_map_release(&ids->ids);
    memset(ids, 0, sizeof *ids);
}
