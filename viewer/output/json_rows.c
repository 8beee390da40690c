/* See json_rows.h. */
#include "json_rows.h"

#include "escape.h"

#include <math.h>
#include <string.h>

/* The reader of JSON is SQLite's: a statement that says of ?1 whether it is an object or array. */
int json_rows_begin(struct output *output)
{
    static const char sql[] =
        "SELECT CASE WHEN json_valid(?1) THEN json_type(?1) IN ('object', 'array') END";
    sqlite3_stmt *statement = NULL;
    sqlite3 *db = NULL;

    if (sqlite3_open(":memory:", &db) == SQLITE_OK &&
        sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK)
        output->state = statement;
    else
        sqlite3_close(db);
    return output->state != NULL ? 0 : -1;
}

void json_rows_end(struct output *output)
{
    sqlite3 *db = output->state != NULL ? sqlite3_db_handle(output->state) : NULL;

    sqlite3_finalize(output->state);
    sqlite3_close(db);
    output->state = NULL;
}

static bool is_json(sqlite3_stmt *statement, const struct cell *cell)
{
    bool is_it;

    sqlite3_bind_text(statement, 1, cell->text, (int)cell->length, SQLITE_STATIC);
    is_it = sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_int(statement, 0) != 0;
    sqlite3_reset(statement);
    return is_it;
}

/* The columns of the views, and of the commands' own rows, that hold JSON. */
static bool holds_json(const char *name)
{
    static const char *const names[] = {
        "labels",       "counts",           "holds",           "detail",       "parameters",
        "nested_codes", "nested_addresses", "kinds",           "phases",       "gaps",
        "notices",      "repeated_modules", "first_exception", "not_observed", "tables"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void add_json_value(struct output *output, const struct column *column,
                           const struct cell *cell)
{
    struct buffer *out = &output->line;

    switch (cell->type) {
    case CELL_INTEGER:
        buffer_add_number(out, cell->integer);
        return;
    case CELL_REAL:
        if (isfinite(cell->real))
            buffer_format(out, "%.17g", cell->real);
        else
            buffer_add_text(out, "null");
        return;
    case CELL_TEXT:
        if (holds_json(column->name) && is_json(output->state, cell))
            escape_json_document(out, cell->text, cell->length);
        else
            escape_json_string(out, cell->text, cell->length);
        return;
    case CELL_BLOB:
        buffer_add_char(out, '"');
        for (size_t i = 0; i < cell->length; i++)
            buffer_format(out, "%02X", (unsigned char)cell->text[i]);
        buffer_add_char(out, '"');
        return;
    default:
        buffer_add_text(out, "null");
    }
}

void json_rows_add(struct output *output, const struct cell *cells)
{
    buffer_add_char(&output->line, '{');
    for (size_t i = 0; i < output->column_count; i++) {
        if (i > 0)
            buffer_add_char(&output->line, ',');
        escape_json_string(&output->line, output->columns[i].name, strlen(output->columns[i].name));
        buffer_add_char(&output->line, ':');
        add_json_value(output, &output->columns[i], &cells[i]);
    }
    buffer_add_char(&output->line, '}');
}
