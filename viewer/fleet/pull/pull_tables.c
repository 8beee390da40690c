/* See pull_tables.h. */
#include "pull_tables.h"

#include "buffer.h"
#include "pull_shared.h"
#include "sql.h"
#include "upkeep/run_tables.h"

#include <string.h>

static const char label[] = "label"; /* which is no table over there, but a part of `run` */

static int out_of_memory(struct pulling *pulling)
{
    return error_set(pulling->error, TRAIL_FAILED, 0, "out of memory");
}

static int pull_table(struct pulling *pulling, const char *name, const char *condition)
{
    struct buffer from = {0};
    bool is_label = strcmp(name, label) == 0;
    int result;

    buffer_add_text(&from, is_label ? "(SELECT copy, label_keys, label_values FROM run" : name);
    buffer_add_text(&from, " WHERE ");
    buffer_add_text(&from, condition);
    buffer_add_text(&from, is_label || strcmp(name, "run") == 0 ? " LIMIT 1 BY copy" : "");
    buffer_add_text(&from, is_label ? ") ARRAY JOIN label_keys AS key, label_values AS value" : "");
    result = from.failed ? out_of_memory(pulling)
                         : pull_rows_of(pulling, name, buffer_text(&from), NULL);
    buffer_release(&from);
    return result;
}

static int count_here(struct pulling *pulling, const char *table)
{
    char *sql = sqlite3_mprintf("UPDATE temp.counted SET rows = rows + (SELECT count(*) FROM "
                                "main.\"%w\" t WHERE t.run_id = counted.id)",
                                table);
    int result = sql == NULL ? out_of_memory(pulling) : sql_run(pulling->to, sql, pulling->error);

    sqlite3_free(sql);
    return result;
}

static int take_count(void *context, const struct tsv_value *values, struct trail_error *error)
{
    struct pulling *pulling = context;
    sqlite3_stmt *add = NULL;
    sqlite3_int64 run;
    int64_t rows;

    if (pull_rows_find(pulling, PULLED_RUN, &values[0], &run) == 0 &&
        tsv_integer(&values[1], &rows, error) == 0 &&
        (add = sql_prepare(pulling->to, "UPDATE temp.counted SET rows = rows + ?2 WHERE id = ?1",
                           error)) != NULL) {
        sqlite3_bind_int64(add, 1, run);
        sqlite3_bind_int64(add, 2, rows);
    }
    return sql_finish(pulling->to, add, error);
}

/* Of what is only over there, since it follows from the rest. */
static int count_there(struct pulling *pulling, const char *condition)
{
    static const char *const tables[] = {"measure", "failed_load"};
    struct buffer from = {0};
    int result;

    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        buffer_add_text(&from, i > 0 ? " UNION ALL SELECT copy FROM " : "(SELECT copy FROM ");
        buffer_add_text(&from, tables[i]);
        buffer_add_text(&from, " WHERE ");
        buffer_add_text(&from, condition);
    }
    buffer_add_text(&from, ") GROUP BY copy");
    result = from.failed ? out_of_memory(pulling)
                         : pull_rows_ask(pulling, "copy, count()", buffer_text(&from), 2,
                                         take_count, pulling);
    buffer_release(&from);
    return result;
}

static int pull_and_count(struct pulling *pulling, const struct run_tables *tables,
                          const char *condition)
{
    char *counted = sqlite3_mprintf("CREATE TEMP TABLE counted AS SELECT id, name AS copy, 0 AS "
                                    "rows FROM temp.pulled WHERE kind = %d",
                                    (int)PULLED_RUN);
    int result = counted == NULL ? out_of_memory(pulling) : pull_shared(pulling, condition);

    if (result == 0)
        result = pull_table(pulling, "run", condition);
    if (result == 0)
        result = sql_run(pulling->to, counted, pulling->error);
    sqlite3_free(counted);
    for (size_t i = 0; i < tables->count && result == 0; i++) {
        result = pull_table(pulling, tables->names[i], condition);
        if (result == 0 && strcmp(tables->names[i], label) != 0)
            result = count_here(pulling, tables->names[i]);
    }
    return result == 0 ? count_there(pulling, condition) : -1;
}

int pull_tables(struct server *server, const char *condition, sqlite3 *to,
                struct trail_error *error)
{
    struct pulling pulling = {.server = server, .to = to, .error = error};
    struct run_tables tables = {0};
    int result = -1;

    if (sql_run(to, "BEGIN", error) == 0 && run_tables_find(&tables, to, error) == 0 &&
        pull_rows_begin(&pulling) == 0)
        result = pull_and_count(&pulling, &tables, condition);
    pull_rows_end(&pulling);
    run_tables_release(&tables);
    return result == 0 ? sql_run(to, "COMMIT", error) : -1;
}
