/* See pull_shared.h. */
#include "pull_shared.h"

#include "buffer.h"
#include "sql.h"

#include <string.h>

/* parameters are by the columns of the table */
static const char find_module[] =
    "SELECT id FROM main.module WHERE path = ?2 AND file_bytes = ?4 AND image_bytes = ?5 AND "
    "machine = ?6 AND pe_timestamp = ?7 AND pe_checksum = ?8 AND pdb_guid = ?9 AND "
    "file_version = ?11 AND build_id = ?12";
static const char find_frame[] =
    "SELECT id FROM main.frame WHERE module_id = ?2 AND offset = ?3 AND guessed = ?6";

/* SELECTs over there of ids that runs refer to. */
struct references {
    struct buffer stacks, frames, modules;
};

/* A stack while its frames come, the innermost first. */
struct stack {
    struct pulling *pulling;
    struct buffer name, frames;
    sqlite3_stmt *insert;
};

static int out_of_memory(struct pulling *pulling)
{
    return error_set(pulling->error, TRAIL_FAILED, 0, "out of memory");
}

static int end_stack(struct stack *stack)
{
    struct pulling *pulling = stack->pulling;
    struct tsv_value name = {buffer_text(&stack->name), stack->name.length};
    int step;

    if (stack->name.length == 0)
        return 0;
    buffer_add_char(&stack->frames, ']');
    if (stack->frames.failed || stack->name.failed)
        return out_of_memory(pulling);
    sqlite3_bind_text(stack->insert, 1, buffer_text(&stack->frames), -1, SQLITE_STATIC);
    step = sqlite3_step(stack->insert);
    sqlite3_reset(stack->insert);
    buffer_clear(&stack->frames);
    return step != SQLITE_DONE ? sql_error(pulling->to, pulling->error)
                               : pull_rows_add(pulling, PULLED_STACK, &name,
                                               sqlite3_last_insert_rowid(pulling->to));
}

static int take_frame(void *context, const struct tsv_value *values, struct trail_error *error)
{
    struct stack *stack = context;
    sqlite3_int64 frame;

    if (values[0].text == NULL || values[0].length == 0)
        return error_set(error, TRAIL_DAMAGED, 0, "the server sent a stack without a name");
    if (pull_rows_find(stack->pulling, PULLED_FRAME, &values[1], &frame) != 0)
        return -1;
    if (strcmp(values[0].text, buffer_text(&stack->name)) != 0) {
        if (end_stack(stack) != 0)
            return -1;
        buffer_clear(&stack->name);
        buffer_add(&stack->name, values[0].text, values[0].length);
    }
    buffer_add_char(&stack->frames, stack->frames.length == 0 ? '[' : ',');
    buffer_add_number(&stack->frames, frame);
    return 0;
}

static int pull_stacks(struct pulling *pulling, const char *stacks)
{
    struct stack stack = {.pulling = pulling};
    struct buffer from = {0};
    int result = -1;

    buffer_add_text(&from, "(SELECT id, frames FROM stack WHERE id GLOBAL IN (");
    buffer_add_text(&from, stacks);
    buffer_add_text(&from, ") LIMIT 1 BY id) ARRAY JOIN frames AS frame, arrayEnumerate(frames) AS "
                           "place ORDER BY id, place");
    /* the check value that counts is made where it is merged */
    stack.insert = sql_prepare(
        pulling->to, "INSERT INTO main.stack (check_value, frames) VALUES (0, ?1)", pulling->error);
    if (from.failed)
        out_of_memory(pulling);
    else if (stack.insert != NULL)
        result = pull_rows_ask(pulling, "id, frame", buffer_text(&from), 2, take_frame, &stack);
    if (result == 0)
        result = end_stack(&stack);
    sqlite3_finalize(stack.insert);
    buffer_release(&stack.name);
    buffer_release(&stack.frames);
    buffer_release(&from);
    return result == 0 ? 0 : error_context(pulling->error, "the table stack");
}

/* What the runs' own tables refer to in columns that end so. */
static int add_references(struct pulling *pulling, const char *end, const char *condition,
                          struct buffer *sql)
{
    sqlite3_stmt *row =
        sql_prepare(pulling->to,
                    "SELECT m.name, c.name FROM main.sqlite_schema m JOIN "
                    "pragma_table_info(m.name) r ON r.name = 'run_id' JOIN "
                    "pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name LIKE '%' || ?1",
                    pulling->error);

    if (row == NULL)
        return -1;
    sqlite3_bind_text(row, 1, end, -1, SQLITE_STATIC);
    while (sqlite3_step(row) == SQLITE_ROW) {
        buffer_add_text(sql, sql->length > 0 ? " UNION ALL SELECT " : "SELECT ");
        buffer_add_text(sql, (const char *)sqlite3_column_text(row, 1));
        buffer_add_text(sql, " AS id FROM ");
        buffer_add_text(sql, (const char *)sqlite3_column_text(row, 0));
        buffer_add_text(sql, " WHERE ");
        buffer_add_text(sql, condition);
    }
    sqlite3_finalize(row);
    return 0;
}

/* And what those refer to. */
static int find_references(struct pulling *pulling, const char *condition,
                           struct references *references)
{
    if (add_references(pulling, "stack_id", condition, &references->stacks) != 0 ||
        add_references(pulling, "frame_id", condition, &references->frames) != 0 ||
        add_references(pulling, "module_id", condition, &references->modules) != 0)
        return -1;
    /* in two steps: a WHERE takes the name id for what it is called in the SELECT */
    buffer_add_text(&references->frames, " UNION ALL SELECT arrayJoin(frames) AS id FROM (SELECT "
                                         "frames FROM stack WHERE id GLOBAL IN (");
    buffer_add_text(&references->frames, buffer_text(&references->stacks));
    buffer_add_text(&references->frames, "))");
    buffer_add_text(&references->modules, " UNION ALL SELECT module_id AS id FROM (SELECT "
                                          "module_id FROM frame WHERE id GLOBAL IN (SELECT id "
                                          "FROM (");
    buffer_add_text(&references->modules, buffer_text(&references->frames));
    buffer_add_text(&references->modules, ")))");
    return references->stacks.failed || references->frames.failed || references->modules.failed
               ? out_of_memory(pulling)
               : 0;
}

/* Rows of `columns` of what has these ids, each once. */
static int pull_named(struct pulling *pulling, const char *table, const char *columns,
                      const char *source, const struct buffer *ids, const char *more,
                      const char *find)
{
    struct buffer from = {0};
    int result;

    buffer_add_text(&from, "(SELECT ");
    buffer_add_text(&from, columns);
    buffer_add_text(&from, " FROM ");
    buffer_add_text(&from, source);
    buffer_add_text(&from, " WHERE id GLOBAL IN (SELECT id FROM (");
    buffer_add_text(&from, buffer_text(ids));
    buffer_add_text(&from, ")) LIMIT 1 BY id)");
    buffer_add_text(&from, more);
    result = from.failed ? out_of_memory(pulling)
                         : pull_rows_of(pulling, table, buffer_text(&from), find);
    buffer_release(&from);
    return result;
}

int pull_shared(struct pulling *pulling, const char *condition)
{
    struct references references = {0};
    int result = find_references(pulling, condition, &references);

    if (result == 0)
        result = pull_named(pulling, "module", "*", "module", &references.modules, "", find_module);
    if (result == 0)
        result = pull_named(pulling, "import",
                            "id, import_position, import_kind, import_name, import_version",
                            "module", &references.modules,
                            " ARRAY JOIN import_position AS position, import_kind AS kind, "
                            "import_name AS name, import_version AS version",
                            NULL);
    if (result == 0)
        result = pull_named(pulling, "frame", "*", "frame", &references.frames, "", find_frame);
    if (result == 0)
        result = pull_stacks(pulling, buffer_text(&references.stacks));
    buffer_release(&references.stacks);
    buffer_release(&references.frames);
    buffer_release(&references.modules);
    return result;
}
