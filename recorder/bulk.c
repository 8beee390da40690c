/* See bulk.h. */
#include "bulk.h"

#include "db.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS = 16,               /* that one statement inserts: more bring nothing */
    PENDING_ROWS = 4 * ROWS, /* that can still be changed */
    TEXT_BYTES_MAX = 256 * 1024 /* of pending rows, about */
};

struct cell {
    enum { NO_VALUE, INTEGER, TEXT, BLOB } type;
    int64_t value; /* of TEXT and BLOB: where in `bytes` */
    size_t length;
};

struct bulk {
    sqlite3 *db;
    const char *table;
    char *column_names;
    sqlite3_stmt *insert_many, *insert_one; /* NULL until needed: most runs are short */
    unsigned columns, rows;
    struct cell *cells;   /* PENDING_ROWS rows */
    struct cell *current; /* the row that is given values */
    unsigned char *bytes;
    size_t used, capacity;
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
        statement = db_prepare(bulk->db, text, error);
    else
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    sqlite3_free(text);
    return statement;
}

struct bulk *bulk_new(sqlite3 *db, const char *table, const char *columns, struct trail_error *error)
{
    struct bulk *bulk = calloc(1, sizeof *bulk);

    if (bulk != NULL) {
        bulk->db = db;
        bulk->table = table;
        bulk->columns = count_columns(columns);
        bulk->column_names = sqlite3_mprintf("%s", columns);
        bulk->cells = malloc((size_t)PENDING_ROWS * bulk->columns * sizeof *bulk->cells);
        if (bulk->column_names != NULL && bulk->cells != NULL)
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
    free(bulk->cells);
    free(bulk->bytes);
    free(bulk);
}

void bulk_forget(struct bulk *bulk)
{
    bulk->rows = 0;
    bulk->used = 0;
    bulk->out_of_memory = false;
    bulk->current = NULL;
}

static struct cell *row_at(const struct bulk *bulk, unsigned row)
{
    return bulk->cells + (size_t)row * bulk->columns;
}

int bulk_add(struct bulk *bulk, int64_t run_id, int64_t id, struct trail_error *error)
{
    if ((bulk->rows == PENDING_ROWS || bulk->used > TEXT_BYTES_MAX) && bulk_flush(bulk, error) != 0)
        return -1;
    bulk->current = row_at(bulk, bulk->rows++);
    for (unsigned i = 0; i < bulk->columns; i++)
        bulk->current[i].type = NO_VALUE;
    bulk_integer(bulk, 1, run_id);
    bulk_integer(bulk, 2, id);
    return 0;
}

bool bulk_find(struct bulk *bulk, int64_t id)
{
    for (unsigned row = bulk->rows; row > 0; row--) {
        bulk->current = row_at(bulk, row - 1);
        if (bulk->current[1].value <= id)
            return bulk->current[1].value == id;
    }
    return false;
}

void bulk_integer(struct bulk *bulk, unsigned column, int64_t value)
{
    assert(column >= 1 && column <= bulk->columns);
    bulk->current[column - 1].type = INTEGER;
    bulk->current[column - 1].value = value;
}

static bool reserve(struct bulk *bulk, size_t length)
{
    size_t capacity = bulk->capacity == 0 ? 4096 : bulk->capacity;
    unsigned char *bytes;

    while (capacity - bulk->used < length)
        capacity *= 2;
    if (capacity == bulk->capacity)
        return true;
    bytes = realloc(bulk->bytes, capacity);
    if (bytes == NULL)
        return false;
    bulk->bytes = bytes;
    bulk->capacity = capacity;
    return true;
}

static void put_bytes(struct bulk *bulk, unsigned column, int type, const void *bytes, size_t length)
{
    struct cell *cell = &bulk->current[column - 1];

    assert(column >= 1 && column <= bulk->columns);
    if (!reserve(bulk, length)) {
        bulk->out_of_memory = true;
        return;
    }
    cell->type = type;
    cell->value = (int64_t)bulk->used;
    cell->length = length;
    if (length > 0)
        memcpy(bulk->bytes + bulk->used, bytes, length);
    bulk->used += length;
}

void bulk_text(struct bulk *bulk, unsigned column, const char *text, size_t length)
{
    put_bytes(bulk, column, TEXT, text, length);
}

void bulk_blob(struct bulk *bulk, unsigned column, const void *bytes, size_t length)
{
    put_bytes(bulk, column, BLOB, bytes, length);
}

static void bind(const struct bulk *bulk, sqlite3_stmt *insert, int parameter, const struct cell *cell)
{
    switch (cell->type) {
    case NO_VALUE:
        sqlite3_bind_null(insert, parameter);
        break;
    case INTEGER:
        sqlite3_bind_int64(insert, parameter, cell->value);
        break;
    case TEXT:
        sqlite3_bind_text(insert, parameter, (const char *)bulk->bytes + cell->value, (int)cell->length, SQLITE_STATIC);
        break;
    case BLOB:
        sqlite3_bind_blob(insert, parameter, bulk->bytes + cell->value, (int)cell->length, SQLITE_STATIC);
        break;
    }
}

static int insert_rows(struct bulk *bulk, unsigned first, unsigned count, struct trail_error *error)
{
    sqlite3_stmt **insert = count == ROWS ? &bulk->insert_many : &bulk->insert_one;
    const struct cell *cells = row_at(bulk, first);
    int result;

    if (*insert == NULL && (*insert = prepare(bulk, count, error)) == NULL)
        return -1;
    for (unsigned i = 0; i < count * bulk->columns; i++)
        bind(bulk, *insert, (int)i + 1, &cells[i]);
    result = sqlite3_step(*insert);
    sqlite3_reset(*insert);
    return result == SQLITE_DONE ? 0 : db_error(bulk->db, error);
}

int bulk_flush(struct bulk *bulk, struct trail_error *error)
{
    if (bulk->out_of_memory)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    for (unsigned row = 0, count; row < bulk->rows; row += count) {
        count = bulk->rows - row >= ROWS ? ROWS : 1;
        if (insert_rows(bulk, row, count, error) != 0)
            return -1;
    }
    bulk_forget(bulk);
    return 0;
}
