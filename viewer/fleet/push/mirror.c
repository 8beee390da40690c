/* See mirror.h. */
#include "mirror.h"

#include "sql.h"
#include "tables.h"
#include "text.h"
#include "upkeep/run_tables.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 64 };

enum column_role { COLUMN_VALUE, COLUMN_MODULE, COLUMN_FRAME, COLUMN_STACK, COLUMN_COMMAND };

struct mirror_column {
    enum column_role role;
    enum row_type type;
    bool is_nullable;
    unsigned needs; /* it is NULL unless one of this is sent; 0: it is always sent */
};

struct mirrored {
    struct row_source source;
    char *name, *columns;
    struct mirror_column items[COLUMNS_MAX];
    int count;
    unsigned needs;     /* it has no rows unless all of this is sent */
    sqlite3_stmt *read; /* of the file that is open */
    struct mirror *mirror;
};

struct mirror {
    struct mirrored run, *tables;
    struct row_source **sources;
    size_t count;
    struct shared_rows *shared;
    unsigned sent;
};

static int out_of_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

/* What stays behind where it is not asked for. */
static const struct {
    const char *table, *column;
    unsigned needs;
} withheld[] = {
    {"environment", "value", SENT_ENVIRONMENT},
    {"process", "command_line", SENT_ARGUMENTS},
    {"event_create_process", "command_line", SENT_ARGUMENTS},
    {"event_output_debug_string", "text", SENT_STRINGS},
    {"event_output_debug_string", "raw", SENT_STRINGS},
};

static struct mirror_column describe(const char *table, const char *name, const char *type,
                                     bool is_nullable)
{
    struct mirror_column column = {
        .role = text_ends_with(name, "module_id")                                ? COLUMN_MODULE
                : text_ends_with(name, "frame_id")                               ? COLUMN_FRAME
                : strcmp(name, "stack_id") == 0                                  ? COLUMN_STACK
                : strcmp(table, "run") == 0 && strcmp(name, "command_line") == 0 ? COLUMN_COMMAND
                                                                                 : COLUMN_VALUE,
        .type = strcmp(type, "INTEGER") == 0 ? ROW_INTEGER
                : strcmp(type, "REAL") == 0  ? ROW_REAL
                : strcmp(type, "BLOB") == 0  ? ROW_BYTES
                                             : ROW_TEXT,
        .is_nullable = is_nullable,
    };

    for (size_t i = 0; i < sizeof withheld / sizeof withheld[0]; i++)
        if (strcmp(withheld[i].table, table) == 0 && strcmp(withheld[i].column, name) == 0)
            column.needs = withheld[i].needs;
    return column;
}

/* The columns of a table of `db`, our own, but for the run's number. */
static int find_columns(struct mirrored *table, sqlite3 *db, struct trail_error *error)
{
    sqlite3_stmt *row = sql_prepare(db,
                                    "SELECT name, type, \"notnull\" = 0 AND pk = 0 FROM "
                                    "pragma_table_info(?1) WHERE name <> 'run_id' AND NOT (?1 = "
                                    "'run' AND name = 'id')",
                                    error);
    sqlite3_str *names = sqlite3_str_new(NULL);

    if (row != NULL)
        sqlite3_bind_text(row, 1, table->name, -1, SQLITE_STATIC);
    while (row != NULL && table->count < COLUMNS_MAX && sqlite3_step(row) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(row, 0);
        sqlite3_str_appendf(names, "%s%s", table->count > 0 ? ", " : "", name);
        table->items[table->count++] =
            describe(table->name, name, (const char *)sqlite3_column_text(row, 1),
                     sqlite3_column_int(row, 2) != 0);
    }
    sqlite3_finalize(row);
    table->columns = sqlite3_str_finish(names);
    if (row == NULL)
        return -1;
    return table->columns != NULL ? 0 : out_of_memory(error);
}

static int begin(struct row_source *source, struct pushed_run *run, struct trail_error *error)
{
    struct mirrored *table = (struct mirrored *)source;

    (void)error;
    sqlite3_reset(table->read);
    sqlite3_bind_int64(table->read, 1, run->run);
    return 0;
}

static int add_reference(struct mirrored *table, int column, struct buffer *row,
                         struct trail_error *error)
{
    static const enum shared_kind kinds[] = {[COLUMN_MODULE] = SHARED_MODULE,
                                             [COLUMN_FRAME] = SHARED_FRAME,
                                             [COLUMN_STACK] = SHARED_STACK};
    struct row_uuid uuid;

    if (shared_uuid(table->mirror->shared, kinds[table->items[column].role],
                    sqlite3_column_int64(table->read, column), &uuid, error) != 0)
        return -1;
    row_add_uuid(row, &uuid);
    return 0;
}

/* The row that the table's statement is at. */
static int add_columns(struct mirrored *table, struct buffer *row, struct trail_error *error)
{
    unsigned sent = table->mirror->sent;

    for (int i = 0; i < table->count; i++) {
        const struct mirror_column *column = &table->items[i];
        if (column->needs != 0 && !(column->needs & sent))
            row_add_null(row, true);
        else if (column->role == COLUMN_VALUE)
            row_add_column(row, table->read, i, column->type, column->is_nullable);
        else if (column->role == COLUMN_COMMAND) /* behind the columns stands the program's path */
            row_add_column(row, table->read, sent & SENT_ARGUMENTS ? i : table->count, ROW_TEXT,
                           false);
        else if (add_reference(table, i, row, error) != 0)
            return -1;
    }
    return 0;
}

static int next(struct row_source *source, struct buffer *row, struct trail_error *error)
{
    struct mirrored *table = (struct mirrored *)source;
    int step;

    if ((table->mirror->sent & table->needs) != table->needs)
        return 0;
    if ((step = sqlite3_step(table->read)) == SQLITE_ROW)
        return add_columns(table, row, error) == 0 ? 1 : -1;
    if (step == SQLITE_DONE)
        sqlite3_reset(table->read);
    return step == SQLITE_DONE ? 0 : sql_error(table->mirror->shared->db, error);
}

static int describe_table(struct mirror *mirror, struct mirrored *table, const char *name,
                          sqlite3 *db, struct trail_error *error)
{
    table->mirror = mirror;
    if ((table->name = sqlite3_mprintf("%s", name)) == NULL)
        return out_of_memory(error);
    if (find_columns(table, db, error) != 0)
        return -1;
    /* memory of the program, which may hold all that stays behind */
    table->needs = strcmp(name, "raw_stack") == 0 ? SENT_ALL : 0;
    table->source = (struct row_source){table->name, table->columns, begin, next};
    return 0;
}

/* Labels are in the row of the run itself. */
static int describe_all(struct mirror *mirror, sqlite3 *db, struct trail_error *error)
{
    struct run_tables tables = {0};
    int result = run_tables_find(&tables, db, error);

    if (result == 0) {
        mirror->tables = calloc(tables.count, sizeof *mirror->tables);
        mirror->sources = calloc(tables.count, sizeof *mirror->sources);
        if (mirror->tables == NULL || mirror->sources == NULL)
            result = out_of_memory(error);
    }
    for (size_t i = 0; result == 0 && i < tables.count; i++) {
        if (strcmp(tables.names[i], "label") == 0)
            continue;
        mirror->sources[mirror->count] = &mirror->tables[mirror->count].source;
        result =
            describe_table(mirror, &mirror->tables[mirror->count++], tables.names[i], db, error);
    }
    run_tables_release(&tables);
    return result == 0 ? describe_table(mirror, &mirror->run, "run", db, error) : -1;
}

struct mirror *mirror_new(struct trail_error *error)
{
    struct mirror *mirror = calloc(1, sizeof *mirror);
    sqlite3 *db = NULL;
    int result = -1;

    if (mirror == NULL)
        out_of_memory(error);
    else if (sqlite3_open(":memory:", &db) != SQLITE_OK)
        sql_error(db, error);
    else if (tables_make(db, error) == 0)
        result = describe_all(mirror, db, error);
    sqlite3_close(db);
    if (result == 0)
        return mirror;
    mirror_free(mirror);
    return NULL;
}

static void release_table(struct mirrored *table)
{
    sqlite3_finalize(table->read);
    sqlite3_free(table->name);
    sqlite3_free(table->columns);
}

void mirror_free(struct mirror *mirror)
{
    if (mirror == NULL)
        return;
    for (size_t i = 0; i < mirror->count; i++)
        release_table(&mirror->tables[i]);
    release_table(&mirror->run);
    free(mirror->tables);
    free(mirror->sources);
    free(mirror);
}

static int prepare(struct mirrored *table, const char *more, const char *condition, sqlite3 *db,
                   struct trail_error *error)
{
    char *sql = sqlite3_mprintf("SELECT %s%s FROM main.%s WHERE %s", table->columns, more,
                                table->name, condition);

    sqlite3_finalize(table->read);
    table->read = sql != NULL ? sql_prepare(db, sql, error) : NULL;
    if (sql == NULL)
        out_of_memory(error);
    sqlite3_free(sql);
    return table->read != NULL ? 0 : -1;
}

int mirror_open(struct mirror *mirror, struct shared_rows *shared, unsigned sent,
                struct trail_error *error)
{
    static const char program_path[] =
        ", coalesce((SELECT m.path FROM main.process p JOIN main.module m ON m.id = "
        "p.image_module_id WHERE p.run_id = ?1 ORDER BY p.id LIMIT 1), '')";

    mirror->shared = shared;
    mirror->sent = sent;
    for (size_t i = 0; i < mirror->count; i++)
        if (prepare(&mirror->tables[i], "", "run_id = ?1", shared->db, error) != 0)
            return -1;
    return prepare(&mirror->run, program_path, "id = ?1", shared->db, error);
}

struct row_source **mirror_sources(struct mirror *mirror, size_t *count)
{
    *count = mirror->count;
    return mirror->sources;
}

const char *mirror_run_columns(const struct mirror *mirror)
{
    return mirror->run.columns;
}

int mirror_add_run(struct mirror *mirror, const struct pushed_run *run, struct buffer *row,
                   struct trail_error *error)
{
    struct mirrored *table = &mirror->run;
    int result = -1;

    sqlite3_bind_int64(table->read, 1, run->run);
    if (sqlite3_step(table->read) == SQLITE_ROW)
        result = add_columns(table, row, error);
    else
        sql_error(mirror->shared->db, error);
    sqlite3_reset(table->read);
    return result;
}
