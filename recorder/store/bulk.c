/* See bulk.h. */
#include "bulk.h"
#include "sql.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS = 16,                 /* that one statement inserts: more bring nothing */
    GROUPS = 4,                /* of as many rows, that can still be changed */
    TEXT_BYTES_MAX = 64 * 1024 /* of a group, about */
};

struct cell {
    enum { NO_VALUE, INTEGER, TEXT, BLOB } type;
    int64_t value; /* of TEXT and BLOB: where in the group's bytes */
    size_t length;
};

/* Rows that are inserted together. One group at a time: a row more never takes long. */
struct group {
    struct cell *cells;
    unsigned rows;
    unsigned char *bytes;
    size_t used, capacity;
};

struct bulk {
    sqlite3 *db;
    const char *table;
    char *column_names;
    sqlite3_stmt *insert_many, *insert_one; /* NULL until needed: most runs are short */
    unsigned columns;
    struct group groups[GROUPS];
    unsigned oldest, count; /* of the groups that have rows */
    struct group *current_group;
    struct cell *current; /* the row that is given values */
    bool out_of_memory;
};

static unsigned count_columns(const char *columns)
{
    unsigned count = 1;

    for (; *columns != '\0'; columns++)
        count += *columns == ',';
    return count;
}

static sqlite3_stmt *prepare(const struct bulk *bulk, unsigned rows, struct trail_error *error)
{
    sqlite3_str *sql = sqlite3_str_new(bulk->db);
    sqlite3_stmt *statement = NULL;
    char *text;

    sqlite3_str_appendf(sql, "INSERT INTO \"%w\" (%s) VALUES ", bulk->table, bulk->column_names);
    for (unsigned row = 0; row < rows; row++) {
        sqlite3_str_appendall(sql, row > 0 ? ", (" : "(");
        for (unsigned i = 0; i < bulk->columns; i++)
            sqlite3_str_appendall(sql, i > 0 ? ", ?" : "?");
        sqlite3_str_appendall(sql, ")");
    }
    text = sqlite3_str_finish(sql);
    if (text != NULL)
        statement = sql_prepare(bulk->db, text, error);
    else
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    sqlite3_free(text);
    return statement;
}

static int make_groups(struct bulk *bulk)
{
    for (unsigned i = 0; i < GROUPS; i++)
        if ((bulk->groups[i].cells =
                 malloc((size_t)ROWS * bulk->columns * sizeof *bulk->groups[i].cells)) == NULL)
            return -1;
    return 0;
}

struct bulk *bulk_new(sqlite3 *db, const char *table, const char *columns,
                      struct trail_error *error)
{
    struct bulk *bulk = calloc(1, sizeof *bulk);

    if (bulk != NULL) {
        bulk->db = db;
        bulk->table = table;
        bulk->columns = count_columns(columns);
        bulk->column_names = sqlite3_mprintf("%s", columns);
        if (bulk->column_names != NULL && make_groups(bulk) == 0)
            return bulk;
    }
    error_set(error, TRAIL_FAILED, 0, "out of memory");
    bulk_free(bulk);
    return NULL;
}

void bulk_free(struct bulk *bulk)
{
    if (bulk == NULL)
        return;
    sqlite3_finalize(bulk->insert_many);
    sqlite3_finalize(bulk->insert_one);
    sqlite3_free(bulk->column_names);
    for (unsigned i = 0; i < GROUPS; i++) {
        free(bulk->groups[i].cells);
        free(bulk->groups[i].bytes);
    }
    free(bulk);
}

void bulk_forget(struct bulk *bulk)
{
    bulk->count = 0;
    bulk->out_of_memory = false;
    bulk->current = NULL;
}

/* The n-th group that has rows, from the oldest. */
static struct group *group_at(struct bulk *bulk, unsigned n)
{
    return &bulk->groups[(bulk->oldest + n) % GROUPS];
}

static struct cell *row_at(const struct bulk *bulk, const struct group *group, unsigned row)
{
    return group->cells + (size_t)row * bulk->columns;
}

static void bind(const struct group *group, sqlite3_stmt *insert, int parameter,
                 const struct cell *cell)
{
    switch (cell->type) {
    case NO_VALUE:
        sqlite3_bind_null(insert, parameter);
        break;
    case INTEGER:
        sqlite3_bind_int64(insert, parameter, cell->value);
        break;
    case TEXT:
        sqlite3_bind_text(insert, parameter, (const char *)group->bytes + cell->value,
                          (int)cell->length, SQLITE_STATIC);
        break;
    case BLOB:
        sqlite3_bind_blob(insert, parameter, group->bytes + cell->value, (int)cell->length,
                          SQLITE_STATIC);
        break;
    }
}

static int insert_rows(struct bulk *bulk, const struct group *group, unsigned first, unsigned count,
                       struct trail_error *error)
{
    sqlite3_stmt **insert = count == ROWS ? &bulk->insert_many : &bulk->insert_one;
    const struct cell *cells = row_at(bulk, group, first);
    int result;

    if (*insert == NULL && (*insert = prepare(bulk, count, error)) == NULL)
        return -1;
    for (unsigned i = 0; i < count * bulk->columns; i++)
        bind(group, *insert, (int)i + 1, &cells[i]);
    result = sqlite3_step(*insert);
    sqlite3_reset(*insert);
    return result == SQLITE_DONE ? 0 : sql_error(bulk->db, error);
}

static int flush_oldest(struct bulk *bulk, struct trail_error *error)
{
    struct group *group = group_at(bulk, 0);

    if (bulk->out_of_memory)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    for (unsigned row = 0, count; row < group->rows; row += count) {
        count = group->rows == ROWS ? ROWS : 1;
        if (insert_rows(bulk, group, row, count, error) != 0)
            return -1;
    }
    bulk->oldest = (bulk->oldest + 1) % GROUPS;
    bulk->count--;
    return 0;
}

int bulk_flush(struct bulk *bulk, struct trail_error *error)
{
    while (bulk->count > 0)
        if (flush_oldest(bulk, error) != 0)
            return -1;
    return 0;
}

static bool needs_group(struct bulk *bulk)
{
    const struct group *newest = group_at(bulk, bulk->count - 1);

    return bulk->count == 0 || newest->rows == ROWS || newest->used > TEXT_BYTES_MAX;
}

int bulk_add(struct bulk *bulk, int64_t run_id, int64_t id, struct trail_error *error)
{
    struct group *newest;

    if (needs_group(bulk)) {
        if (bulk->count == GROUPS && flush_oldest(bulk, error) != 0)
            return -1;
        newest = group_at(bulk, bulk->count++);
        newest->rows = 0;
        newest->used = 0;
    }
    bulk->current_group = newest = group_at(bulk, bulk->count - 1);
    bulk->current = row_at(bulk, newest, newest->rows++);
    for (unsigned i = 0; i < bulk->columns; i++)
        bulk->current[i].type = NO_VALUE;
    bulk_integer(bulk, 1, run_id);
    bulk_integer(bulk, 2, id);
    return 0;
}

bool bulk_find(struct bulk *bulk, int64_t id)
{
    for (unsigned n = bulk->count; n > 0; n--) {
        struct group *group = group_at(bulk, n - 1);
        for (unsigned row = group->rows; row > 0; row--) {
            struct cell *cells = row_at(bulk, group, row - 1);
            if (cells[1].value > id)
                continue;
            bulk->current_group = group;
            bulk->current = cells;
            return cells[1].value == id;
        }
    }
    return false;
}

void bulk_integer(struct bulk *bulk, unsigned column, int64_t value)
{
    assert(column >= 1 && column <= bulk->columns);
    bulk->current[column - 1].type = INTEGER;
    bulk->current[column - 1].value = value;
}

static bool reserve(struct group *group, size_t length)
{
    size_t capacity = group->capacity == 0 ? 4096 : group->capacity;
    unsigned char *bytes;

    while (capacity - group->used < length)
        capacity *= 2;
    if (capacity == group->capacity)
        return true;
    bytes = realloc(group->bytes, capacity);
    if (bytes == NULL)
        return false;
    group->bytes = bytes;
    group->capacity = capacity;
    return true;
}

static void put_bytes(struct bulk *bulk, unsigned column, int type, const void *bytes,
                      size_t length)
{
    struct cell *cell = &bulk->current[column - 1];
    struct group *group = bulk->current_group;

    assert(column >= 1 && column <= bulk->columns);
    if (!reserve(group, length)) {
        bulk->out_of_memory = true;
        return;
    }
    cell->type = type;
    cell->value = (int64_t)group->used;
    cell->length = length;
    if (length > 0)
        memcpy(group->bytes + group->used, bytes, length);
    group->used += length;
}

void bulk_text(struct bulk *bulk, unsigned column, const char *text, size_t length)
{
    put_bytes(bulk, column, TEXT, text, length);
}

void bulk_blob(struct bulk *bulk, unsigned column, const void *bytes, size_t length)
{
    put_bytes(bulk, column, BLOB, bytes, length);
}
