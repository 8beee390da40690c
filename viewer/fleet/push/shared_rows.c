/* See shared_rows.h. */
#include "shared_rows.h"

#include "array.h"
#include "content_hash.h"
#include "row_body.h"
#include "sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FRAMES_MAX = 4096,   /* of one stack; trailrec keeps far fewer */
    ASKED_AT_ONCE = 4000 /* a statement has at most 256 KiB */
};

static const char read_module[] =
    "SELECT path, name, file_bytes, image_bytes, machine, pe_timestamp, pe_checksum, pdb_guid, "
    "pdb_name, file_version, build_id, soname FROM main.module WHERE id = ?1";
static const char read_imports[] = "SELECT position, kind, name, version FROM main.import WHERE "
                                   "module_id = ?1 ORDER BY position";
static const char read_frame[] =
    "SELECT module_id, offset, symbol, symbol_offset, guessed FROM main.frame WHERE id = ?1";
static const char read_stack[] =
    "SELECT j.value FROM main.stack s, json_each(iif(json_valid(s.frames), s.frames, '[]')) j "
    "WHERE s.id = ?1 ORDER BY j.key";

static const struct {
    const char *table, *columns;
} tables[SHARED_KINDS] = {
    [SHARED_MODULE] = {"module",
                       "path, name, file_bytes, image_bytes, machine, pe_timestamp, pe_checksum, "
                       "pdb_guid, pdb_name, file_version, build_id, soname, import_position, "
                       "import_kind, import_name, import_version"},
    [SHARED_FRAME] = {"frame", "module_id, offset, symbol, symbol_offset, guessed"},
    [SHARED_STACK] = {"stack", "frames"},
};

static int out_of_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

static sqlite3_stmt *reading(struct shared_rows *shared, const char *sql, sqlite3_int64 id,
                             struct trail_error *error)
{
    sqlite3_stmt *row = statements_get(&shared->statements, shared->db, sql, error);

    if (row != NULL)
        sqlite3_bind_int64(row, 1, id);
    return row;
}

/* The four columns of a module's imports, as arrays. */
static int add_imports(struct shared_rows *shared, sqlite3_int64 id, struct buffer *out,
                       struct trail_error *error)
{
    static const enum row_type types[4] = {ROW_INTEGER, ROW_INTEGER, ROW_TEXT, ROW_TEXT};
    sqlite3_stmt *row = reading(shared, read_imports, id, error);
    struct buffer arrays[4] = {{0}};
    uint64_t count = 0;
    int step = SQLITE_DONE;

    if (row == NULL)
        return -1;
    for (; (step = sqlite3_step(row)) == SQLITE_ROW; count++)
        for (int i = 0; i < 4; i++)
            row_add_column(&arrays[i], row, i, types[i], i == 3);
    sqlite3_reset(row);
    for (int i = 0; i < 4; i++) {
        row_add_length(out, count);
        buffer_add(out, buffer_text(&arrays[i]), arrays[i].length);
        out->failed |= arrays[i].failed;
        buffer_release(&arrays[i]);
    }
    return step == SQLITE_DONE ? 0 : sql_error(shared->db, error);
}

/* Returns 1, 0 if there is no such module, -1 and error; so do those below. */
static int add_module(struct shared_rows *shared, sqlite3_int64 id, struct buffer *out,
                      struct trail_error *error)
{
    sqlite3_stmt *row = reading(shared, read_module, id, error);
    bool is_there = row != NULL && sqlite3_step(row) == SQLITE_ROW;

    for (int i = 0; is_there && i < sqlite3_column_count(row); i++)
        row_add_column(out, row, i, i >= 2 && i <= 6 ? ROW_INTEGER : ROW_TEXT, false);
    sqlite3_reset(row);
    return row == NULL || (is_there && add_imports(shared, id, out, error) != 0) ? -1 : is_there;
}

static int add_frame(struct shared_rows *shared, sqlite3_int64 id, struct buffer *out,
                     struct trail_error *error)
{
    sqlite3_stmt *row = reading(shared, read_frame, id, error);
    bool is_there = row != NULL && sqlite3_step(row) == SQLITE_ROW;
    struct row_uuid module;
    int result = row != NULL ? is_there : -1;

    if (is_there &&
        shared_uuid(shared, SHARED_MODULE, sqlite3_column_int64(row, 0), &module, error) != 0)
        result = -1;
    if (result == 1)
        row_add_uuid(out, &module);
    for (int i = 1; i < 5 && result == 1; i++)
        row_add_column(out, row, i, i == 2 ? ROW_TEXT : ROW_INTEGER, false);
    sqlite3_reset(row);
    return result;
}

static int add_stack(struct shared_rows *shared, sqlite3_int64 id, struct buffer *out,
                     struct trail_error *error)
{
    sqlite3_stmt *row = reading(shared, read_stack, id, error);
    struct buffer frames = {0};
    struct row_uuid frame;
    int count = 0, result = row != NULL ? 0 : -1;

    while (result == 0 && count < FRAMES_MAX && sqlite3_step(row) == SQLITE_ROW) {
        result = shared_uuid(shared, SHARED_FRAME, sqlite3_column_int64(row, 0), &frame, error);
        row_add_uuid(&frames, &frame);
        count++;
    }
    sqlite3_reset(row);
    row_add_length(out, (uint64_t)count);
    buffer_add(out, buffer_text(&frames), frames.length);
    out->failed |= frames.failed;
    buffer_release(&frames);
    return result == 0 ? 1 : -1;
}

/* What a row says, without its UUID. */
static int add_content(struct shared_rows *shared, enum shared_kind kind, sqlite3_int64 id,
                       struct buffer *out, struct trail_error *error)
{
    int result = kind == SHARED_MODULE  ? add_module(shared, id, out, error)
                 : kind == SHARED_FRAME ? add_frame(shared, id, out, error)
                                        : add_stack(shared, id, out, error);

    return result >= 0 && out->failed ? out_of_memory(error) : result;
}

static int make_uuid(struct shared_rows *shared, enum shared_kind kind, sqlite3_int64 id,
                     struct row_uuid *uuid, struct trail_error *error)
{
    struct buffer content = {0};
    int result = add_content(shared, kind, id, &content, error);

    memset(uuid, 0, sizeof *uuid);
    if (result == 1)
        result = content_hash(buffer_text(&content), content.length, uuid->bytes, error);
    buffer_release(&content);
    return result >= 0 ? 0 : -1;
}

int shared_uuid(struct shared_rows *shared, enum shared_kind kind, sqlite3_int64 id,
                struct row_uuid *uuid, struct trail_error *error)
{
    uint32_t low = (uint32_t)id, high = (uint32_t)((uint64_t)id >> 32), position;
    struct shared_item *items;

    if (id == 0) {
        memset(uuid, 0, sizeof *uuid);
        return 0;
    }
    if ((position = tuple_map_find(&shared->index, (uint32_t)kind, low, high)) != 0) {
        *uuid = shared->items[kind][position - 1].uuid;
        return 0;
    }
    if (make_uuid(shared, kind, id, uuid, error) != 0)
        return -1;
    items = array_with_room(shared->items[kind], shared->counts[kind], sizeof *items);
    if (items == NULL)
        return out_of_memory(error);
    shared->items[kind] = items;
    items[shared->counts[kind]++] = (struct shared_item){.id = id, .uuid = *uuid};
    *tuple_map_at(&shared->index, (uint32_t)kind, low, high) = (uint32_t)shared->counts[kind];
    return shared->index.failed ? out_of_memory(error) : 0;
}

/* What is asked for at once, sorted by UUID; and the answer while it comes. */
struct asking {
    struct shared_item **items;
    size_t count, length;
    unsigned char id[ROW_UUID_BYTES];
};

static int compare_items(const void *left, const void *right)
{
    const struct shared_item *const *a = left, *const *b = right;

    return memcmp((*a)->uuid.bytes, (*b)->uuid.bytes, ROW_UUID_BYTES);
}

/* All items of that UUID: two rows of a file that say the same have one. */
static void mark_there(struct asking *asking)
{
    struct shared_item wanted = {.is_there = false}, *key = &wanted;
    size_t at;

    memcpy(wanted.uuid.bytes, asking->id, ROW_UUID_BYTES);
    at =
        array_lower_bound(asking->items, asking->count, sizeof *asking->items, &key, compare_items);
    for (; at < asking->count && compare_items(&asking->items[at], &key) == 0; at++)
        asking->items[at]->is_there = true;
}

static int take_ids(void *context, const char *bytes, size_t length, struct trail_error *error)
{
    struct asking *asking = context;

    (void)error;
    for (size_t i = 0; i < length; i++) {
        asking->id[asking->length++] = (unsigned char)bytes[i];
        if (asking->length == ROW_UUID_BYTES) {
            mark_there(asking);
            asking->length = 0;
        }
    }
    return 0;
}

static int ask_for(struct asking *asking, enum shared_kind kind, struct server *server,
                   struct trail_error *error)
{
    struct buffer sql = {0};
    char text[ROW_UUID_CAPACITY];
    int result;

    buffer_format(&sql, "SELECT id FROM %s WHERE id IN (", tables[kind].table);
    for (size_t i = 0; i < asking->count; i++)
        buffer_format(&sql, "%s'%s'", i > 0 ? "," : "",
                      row_uuid_text(&asking->items[i]->uuid, text));
    buffer_add_text(&sql, ") FORMAT RowBinary");
    qsort(asking->items, asking->count, sizeof *asking->items, compare_items);
    result = sql.failed ? out_of_memory(error)
                        : server_ask(server, buffer_text(&sql), take_ids, asking, error);
    buffer_release(&sql);
    return result;
}

static int find_there(struct shared_rows *shared, enum shared_kind kind, struct server *server,
                      struct trail_error *error)
{
    struct asking asking = {.items = malloc(ASKED_AT_ONCE * sizeof *asking.items)};
    int result = asking.items != NULL ? 0 : out_of_memory(error);

    for (size_t i = 0; result == 0 && i < shared->counts[kind]; i++) {
        if (!shared->items[kind][i].is_there)
            asking.items[asking.count++] = &shared->items[kind][i];
        if (asking.count == ASKED_AT_ONCE || (i + 1 == shared->counts[kind] && asking.count > 0)) {
            result = ask_for(&asking, kind, server, error);
            asking.count = asking.length = 0;
        }
    }
    free(asking.items);
    return result;
}

/* The body of an insert: what is not there. */
struct sending {
    struct shared_rows *shared;
    enum shared_kind kind;
    size_t next;
};

/* As row_body's `add`; what is there already adds nothing. */
static int add_next(void *context, struct buffer *rows, struct trail_error *error)
{
    struct sending *sending = context;
    const struct shared_item *item;

    if (sending->next == sending->shared->counts[sending->kind])
        return 0;
    item = &sending->shared->items[sending->kind][sending->next++];
    if (item->is_there)
        return 1;
    row_add_uuid(rows, &item->uuid);
    return add_content(sending->shared, sending->kind, item->id, rows, error) < 0 ? -1 : 1;
}

static int send_missing(struct shared_rows *shared, enum shared_kind kind, struct server *server,
                        struct trail_error *error)
{
    struct sending sending = {.shared = shared, .kind = kind};
    struct row_body body = {.add = add_next, .context = &sending};
    char sql[512];
    bool is_all_there = true;
    int result;

    for (size_t i = 0; i < shared->counts[kind]; i++)
        is_all_there &= shared->items[kind][i].is_there;
    if (is_all_there)
        return 0;
    snprintf(sql, sizeof sql, "INSERT INTO %s (id, %s) FORMAT RowBinary", tables[kind].table,
             tables[kind].columns);
    result = server_insert(server, sql, row_body_read, &body, error);
    buffer_release(&body.rows);
    for (size_t i = 0; result == 0 && i < shared->counts[kind]; i++)
        shared->items[kind][i].is_there = true;
    return result;
}

/* A UUID of 0 is no row: a file that lacks it does not make one. */
static void forget_none(struct shared_rows *shared, enum shared_kind kind)
{
    static const struct row_uuid none;

    for (size_t i = 0; i < shared->counts[kind]; i++)
        shared->items[kind][i].is_there |=
            memcmp(&shared->items[kind][i].uuid, &none, sizeof none) == 0;
}

int shared_send(struct shared_rows *shared, struct server *server, struct trail_error *error)
{
    for (int kind = 0; kind < SHARED_KINDS; kind++) {
        forget_none(shared, (enum shared_kind)kind);
        if (find_there(shared, (enum shared_kind)kind, server, error) != 0 ||
            send_missing(shared, (enum shared_kind)kind, server, error) != 0)
            return -1;
    }
    return 0;
}

void shared_release(struct shared_rows *shared)
{
    statements_release(&shared->statements);
    tuple_map_release(&shared->index);
    for (int kind = 0; kind < SHARED_KINDS; kind++)
        free(shared->items[kind]);
    memset(shared, 0, sizeof *shared);
}
