/* See pull_rows.h. */
#include "pull_rows.h"

#include "buffer.h"
#include "fleet/tsv_ask.h"
#include "sql.h"
#include "text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char no_name[] = "00000000-0000-0000-0000-000000000000";
static const char *const kinds[PULLED_KINDS] = {"run", "module", "frame", "stack"};

/* What a value becomes. */
enum role {
    ROLE_INTEGER,
    ROLE_REAL,
    ROLE_TEXT,
    ROLE_BLOB,
    ROLE_NAME, /* it names the row, which gets a number */
    ROLE_NAMED /* it names what the row belongs to */
};

struct table_column {
    enum role role;
    enum pulled_kind kind; /* of the latter two */
};

/* A table while its rows come. */
struct table {
    struct pulling *pulling;
    const char *name;
    struct table_column columns[TSV_COLUMNS_MAX];
    size_t count;
    struct buffer select;        /* its columns over there */
    sqlite3_stmt *insert, *find; /* find may be NULL */
};

static int out_of_memory(struct pulling *pulling)
{
    return error_set(pulling->error, TRAIL_FAILED, 0, "out of memory");
}

int pull_rows_begin(struct pulling *pulling)
{
    sqlite3 *to = pulling->to;

    return sql_run(to,
                   "CREATE TEMP TABLE pulled (kind INTEGER NOT NULL, name TEXT NOT NULL, id "
                   "INTEGER NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID",
                   pulling->error) == 0 &&
                   (pulling->find =
                        sql_prepare(to, "SELECT id FROM temp.pulled WHERE kind = ?1 AND name = ?2",
                                    pulling->error)) != NULL &&
                   (pulling->add = sql_prepare(to, "INSERT INTO temp.pulled VALUES (?1, ?2, ?3)",
                                               pulling->error)) != NULL
               ? 0
               : -1;
}

void pull_rows_end(struct pulling *pulling)
{
    sqlite3_finalize(pulling->find);
    sqlite3_finalize(pulling->add);
    pulling->find = pulling->add = NULL;
}

int pull_rows_find(struct pulling *pulling, enum pulled_kind kind, const struct tsv_value *name,
                   sqlite3_int64 *id)
{
    *id = 0;
    if (name->text == NULL || strcmp(name->text, no_name) == 0)
        return 0;
    sqlite3_bind_int(pulling->find, 1, (int)kind);
    sqlite3_bind_text64(pulling->find, 2, name->text, name->length, SQLITE_STATIC, SQLITE_UTF8);
    if (sqlite3_step(pulling->find) == SQLITE_ROW)
        *id = sqlite3_column_int64(pulling->find, 0);
    sqlite3_reset(pulling->find);
    return *id != 0 ? 0
                    : error_set(pulling->error, TRAIL_DAMAGED, 0,
                                "the server has rows of the %s '%.40s', but not that one itself",
                                kinds[kind], name->text);
}

int pull_rows_add(struct pulling *pulling, enum pulled_kind kind, const struct tsv_value *name,
                  sqlite3_int64 id)
{
    int step;

    sqlite3_bind_int(pulling->add, 1, (int)kind);
    sqlite3_bind_text64(pulling->add, 2, name->text, name->length, SQLITE_STATIC, SQLITE_UTF8);
    sqlite3_bind_int64(pulling->add, 3, id);
    step = sqlite3_step(pulling->add);
    sqlite3_reset(pulling->add);
    return step == SQLITE_DONE
               ? 0
               : error_set(pulling->error, TRAIL_DAMAGED, 0, "the server sent the %s '%.40s' twice",
                           kinds[kind], name->text != NULL ? name->text : "");
}

int pull_rows_ask(struct pulling *pulling, const char *select, const char *from, size_t columns,
                  tsv_take take, void *context)
{
    struct buffer sql = {0};
    int result;

    buffer_add_text(&sql, "SELECT ");
    buffer_add_text(&sql, select);
    buffer_add_text(&sql, " FROM ");
    buffer_add_text(&sql, from);
    buffer_add_text(&sql, " FORMAT TabSeparated");
    result = tsv_ask(pulling->server, &sql, columns, take, context, pulling->error);
    buffer_release(&sql);
    return result;
}

/* What is asked for over there as the column, and what becomes of it. */
static const char *describe_column(const char *table, const char *name, const char *type,
                                   struct table_column *column)
{
    for (int kind = 0; kind < PULLED_KINDS; kind++) {
        char reference[16];
        bool is_named, is_name;
        snprintf(reference, sizeof reference, "%s_id", kinds[kind]);
        is_named = text_ends_with(name, reference);
        is_name = strcmp(table, kinds[kind]) == 0 && strcmp(name, "id") == 0;
        if (!is_named && !is_name)
            continue;
        *column = (struct table_column){is_name ? ROLE_NAME : ROLE_NAMED, (enum pulled_kind)kind};
        return kind == PULLED_RUN ? "copy" : is_name || strcmp(table, "import") == 0 ? "id" : name;
    }
    column->role = strcmp(type, "TEXT") == 0   ? ROLE_TEXT
                   : strcmp(type, "BLOB") == 0 ? ROLE_BLOB
                   : strcmp(type, "REAL") == 0 ? ROLE_REAL
                                               : ROLE_INTEGER;
    return name;
}

static int describe(struct table *table)
{
    struct pulling *pulling = table->pulling;
    sqlite3_stmt *row =
        sql_prepare(pulling->to, "SELECT name, type FROM pragma_table_info(?1)", pulling->error);

    if (row == NULL)
        return -1;
    sqlite3_bind_text(row, 1, table->name, -1, SQLITE_STATIC);
    while (sqlite3_step(row) == SQLITE_ROW && table->count < TSV_COLUMNS_MAX) {
        buffer_add_text(&table->select, table->count > 0 ? ", " : "");
        buffer_add_text(&table->select,
                        describe_column(table->name, (const char *)sqlite3_column_text(row, 0),
                                        (const char *)sqlite3_column_text(row, 1),
                                        &table->columns[table->count]));
        table->count++;
    }
    sqlite3_finalize(row);
    return table->select.failed ? out_of_memory(pulling) : 0;
}

static int bind_named(struct table *table, const struct tsv_value *value,
                      const struct table_column *column, sqlite3_stmt *statement, int at)
{
    sqlite3_int64 id;

    if (pull_rows_find(table->pulling, column->kind, value, &id) != 0)
        return -1;
    /* a frame in no module has 0 */
    return id != 0 || strcmp(table->name, "frame") == 0 ? sqlite3_bind_int64(statement, at, id)
                                                        : sqlite3_bind_null(statement, at);
}

static int bind_number(struct table *table, const struct tsv_value *value, bool is_real,
                       sqlite3_stmt *statement, int at)
{
    char *end = NULL;
    double real = is_real ? strtod(value->text, &end) : 0;
    int64_t number;

    if (!is_real)
        return tsv_integer(value, &number, table->pulling->error) == 0
                   ? sqlite3_bind_int64(statement, at, number)
                   : -1;
    return value->length > 0 && end == value->text + value->length
               ? sqlite3_bind_double(statement, at, real)
               : error_set(table->pulling->error, TRAIL_DAMAGED, 0,
                           "the server sent '%.40s' for a number", value->text);
}

/* Binds a value to the parameter of its column. Returns 0, or -1 and error. */
static int bind(struct table *table, size_t at, const struct tsv_value *value,
                sqlite3_stmt *statement)
{
    const struct table_column *column = &table->columns[at];
    int parameter = (int)at + 1, result;

    if (column->role == ROLE_NAMED)
        result = bind_named(table, value, column, statement, parameter);
    else if (column->role == ROLE_NAME || value->text == NULL)
        result = sqlite3_bind_null(statement, parameter);
    else if (column->role == ROLE_TEXT)
        result = sqlite3_bind_text64(statement, parameter, value->text, value->length,
                                     SQLITE_STATIC, SQLITE_UTF8);
    else if (column->role == ROLE_BLOB)
        result =
            sqlite3_bind_blob64(statement, parameter, value->text, value->length, SQLITE_STATIC);
    else
        result = bind_number(table, value, column->role == ROLE_REAL, statement, parameter);
    return result == SQLITE_OK || result < 0 ? result
                                             : sql_error(table->pulling->to, table->pulling->error);
}

static int bind_all(struct table *table, const struct tsv_value *values, sqlite3_stmt *statement)
{
    int result = 0;

    for (size_t i = 0; i < table->count && result == 0; i++)
        result = bind(table, i, &values[i], statement);
    return result;
}

/* Which columns `find` uses is its own matter: it has parameters for the last of them at least. */
static int find_row(struct table *table, const struct tsv_value *values, sqlite3_int64 *id)
{
    int result = 0;

    for (size_t i = 0; result == 0 && i < (size_t)sqlite3_bind_parameter_count(table->find); i++)
        result = bind(table, i, &values[i], table->find);
    if (result != 0)
        return -1;
    *id = sqlite3_step(table->find) == SQLITE_ROW ? sqlite3_column_int64(table->find, 0) : 0;
    sqlite3_reset(table->find);
    return *id != 0 ? 0
                    : error_set(table->pulling->error, TRAIL_DAMAGED, 0,
                                "the server sent a row that cannot be");
}

static int take_row(void *context, const struct tsv_value *values, struct trail_error *error)
{
    struct table *table = context;
    struct pulling *pulling = table->pulling;
    sqlite3_int64 id;
    int step;

    if (bind_all(table, values, table->insert) != 0)
        return -1;
    step = sqlite3_step(table->insert);
    sqlite3_reset(table->insert);
    if ((step & 0xFF) == SQLITE_CONSTRAINT)
        return error_set(error, TRAIL_DAMAGED, 0, "the server sent a row that cannot be: %s",
                         sqlite3_errmsg(pulling->to));
    if (step != SQLITE_DONE)
        return sql_error(pulling->to, error);
    if (table->columns[0].role != ROLE_NAME)
        return 0;
    id = sqlite3_last_insert_rowid(pulling->to);
    if (sqlite3_changes(pulling->to) == 0 && find_row(table, values, &id) != 0)
        return -1;
    return pull_rows_add(pulling, table->columns[0].kind, &values[0], id);
}

static int prepare_insert(struct table *table, bool has_doubles)
{
    struct buffer sql = {0};

    buffer_add_text(&sql, has_doubles ? "INSERT OR IGNORE INTO main." : "INSERT INTO main.");
    buffer_add_text(&sql, table->name);
    for (size_t i = 0; i < table->count; i++)
        buffer_add_text(&sql, i == 0 ? " VALUES (?" : ", ?");
    buffer_add_char(&sql, ')');
    if (sql.failed)
        out_of_memory(table->pulling);
    else
        table->insert = sql_prepare(table->pulling->to, buffer_text(&sql), table->pulling->error);
    buffer_release(&sql);
    return table->insert != NULL ? 0 : -1;
}

int pull_rows_of(struct pulling *pulling, const char *name, const char *from, const char *find)
{
    struct table table = {.pulling = pulling, .name = name};
    int result = describe(&table);

    /* the imports of a module that several of over there have become */
    if (result == 0)
        result = prepare_insert(&table, find != NULL || strcmp(name, "import") == 0);
    if (result == 0 && find != NULL &&
        (table.find = sql_prepare(pulling->to, find, pulling->error)) == NULL)
        result = -1;
    if (result == 0)
        result =
            pull_rows_ask(pulling, buffer_text(&table.select), from, table.count, take_row, &table);
    sqlite3_finalize(table.insert);
    sqlite3_finalize(table.find);
    buffer_release(&table.select);
    return result == 0 ? 0 : error_context(pulling->error, "the table %s", name);
}
