/* See trace_flows.h. */
#include "trace_flows.h"

#include "array.h"
#include "sql.h"
#include "viewer_sql.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *left, const void *right)
{
    const struct trace_flow *a = left, *b = right;

    return a->cause != b->cause ? (a->cause > b->cause) - (a->cause < b->cause)
                                : (a->effect > b->effect) - (a->effect < b->effect);
}

int trace_flows_read(struct trace_flows *flows, sqlite3 *db, int64_t run, struct trail_error *error)
{
    sqlite3_stmt *rows = sql_prepare(db, sql_export_flows, error);
    int step = SQLITE_DONE;

    if (rows == NULL)
        return -1;
    sqlite3_bind_int64(rows, 1, run);
    sqlite3_bind_int(rows, 2, TRACE_FLOWS_AT_MOST);
    while ((step = sqlite3_step(rows)) == SQLITE_ROW) {
        struct trace_flow *items = array_with_room(flows->items, flows->count, sizeof *items);
        if (items == NULL)
            break;
        flows->items = items;
        items[flows->count++] =
            (struct trace_flow){sqlite3_column_int64(rows, 0), sqlite3_column_int64(rows, 1)};
    }
    if (step == SQLITE_ROW)
        error_set(error, TRAIL_FAILED, 0, "out of memory");
    else if (step != SQLITE_DONE)
        sql_error(db, error);
    sqlite3_finalize(rows);
    if (flows->count > 0)
        qsort(flows->items, flows->count, sizeof *flows->items, compare);
    return step == SQLITE_DONE ? 0 : -1;
}

void trace_flows_release(struct trace_flows *flows)
{
    free(flows->items);
    memset(flows, 0, sizeof *flows);
}

size_t trace_flows_of(const struct trace_flows *flows, int64_t cause)
{
    const struct trace_flow key = {cause, INT64_MIN};

    return array_lower_bound(flows->items, flows->count, sizeof key, &key, compare);
}

bool trace_flows_has(const struct trace_flows *flows, int64_t cause, int64_t effect)
{
    const struct trace_flow key = {cause, effect};
    size_t at = array_lower_bound(flows->items, flows->count, sizeof key, &key, compare);

    return at < flows->count && compare(&flows->items[at], &key) == 0;
}
