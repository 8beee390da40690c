/* See run_row.h. */
#include "run_row.h"

#include "os.h"
#include "program.h"
#include "sql.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void bind_text(sqlite3_stmt *statement, int index, const char *text)
{
    sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
}

static const char insert_sql[] =
    "INSERT INTO run (id, uuid, state, start_utc_ns, start_monotonic_ns, "
    "command_line, directory, mode, follow, os, arch, host, recorder, "
    "wait_function, load_detection, wine) "
    "SELECT max(?14, (SELECT coalesce(max(id), 0) + 1 "
    "FROM run)), lower(substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' "
    "|| substr(h, 14, 3) || '-a' || substr(h, 18, 3) || '-' || "
    "substr(h, 21, 12)), 'recording', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
    "?9, ?10, ?11, ?12, nullif(?13, '') "
    "FROM (SELECT hex(randomblob(16)) AS h)";

static int insert_row(sqlite3 *db, const struct run_start *start, struct trail_error *error)
{
    struct os_facts facts;
    sqlite3_stmt *insert = sql_prepare(db, insert_sql, error);

    if (insert == NULL)
        return -1;
    os_facts(&facts);
    sqlite3_bind_int64(insert, 1, (sqlite3_int64)start->utc_ns);
    sqlite3_bind_int64(insert, 2, (sqlite3_int64)start->monotonic_ns);
    bind_text(insert, 3, start->command_line);
    bind_text(insert, 4, start->directory);
    bind_text(insert, 5, start->mode);
    sqlite3_bind_int(insert, 6, start->follow);
    bind_text(insert, 7, facts.os);
    bind_text(insert, 8, facts.arch);
    bind_text(insert, 9, facts.host);
    bind_text(insert, 10, TRAIL_VERSION);
    bind_text(insert, 11, start->wait_function);
    bind_text(insert, 12, start->load_detection);
    bind_text(insert, 13, facts.wine);
    sqlite3_bind_int64(insert, 14, start->lowest_id);
    return sql_finish(db, insert, error);
}

static int insert_label(sqlite3 *db, int64_t run_id, const char *label, struct trail_error *error)
{
    const char *equals = strchr(label, '=');
    sqlite3_stmt *insert =
        sql_prepare(db, "INSERT OR REPLACE INTO label VALUES (?1, ?2, ?3)", error);

    if (insert == NULL)
        return -1;
    sqlite3_bind_int64(insert, 1, run_id);
    sqlite3_bind_text(insert, 2, label, (int)(equals - label), SQLITE_TRANSIENT);
    bind_text(insert, 3, equals + 1);
    return sql_finish(db, insert, error);
}

int64_t run_row_insert(sqlite3 *db, const struct run_start *start, struct trail_error *error)
{
    int64_t run_id;

    if (insert_row(db, start, error) != 0)
        return -1;
    run_id = sqlite3_last_insert_rowid(db);
    for (const char *const *label = start->labels; label != NULL && *label != NULL; label++)
        if (insert_label(db, run_id, *label, error) != 0)
            return -1;
    return run_id;
}

int run_row_set_zero(sqlite3 *db, int64_t run_id, uint64_t utc_ns, uint64_t monotonic_ns,
                     struct trail_error *error)
{
    sqlite3_stmt *update = sql_prepare(
        db, "UPDATE run SET start_utc_ns = ?2, start_monotonic_ns = ?3 WHERE id = ?1", error);

    if (update == NULL)
        return -1;
    sqlite3_bind_int64(update, 1, run_id);
    sqlite3_bind_int64(update, 2, (sqlite3_int64)utc_ns);
    sqlite3_bind_int64(update, 3, (sqlite3_int64)monotonic_ns);
    return sql_finish(db, update, error);
}

/* The counts as a JSON object, in the order of kinds, without the kinds that did not happen. */
static char *counts_json(const struct run_counts *counts)
{
    sqlite3_str *json = sqlite3_str_new(NULL);
    const char *separator = "";

    sqlite3_str_appendall(json, "{");
    for (unsigned kind = 1; kind < EVENT_KINDS; kind++) {
        if (counts->by_kind[kind] == 0)
            continue;
        sqlite3_str_appendf(json, "%s\"%s\":%llu", separator, event_kind_descriptor(kind)->name,
                            (unsigned long long)counts->by_kind[kind]);
        separator = ",";
    }
    sqlite3_str_appendall(json, "}");
    return sqlite3_str_finish(json);
}

int run_row_set_counts(sqlite3 *db, int64_t run_id, const struct run_counts *counts,
                       struct trail_error *error)
{
    sqlite3_stmt *update = sql_prepare(
        db,
        "UPDATE run SET events = ?2, counts = ?3, hold_ns = ?4, quiet_stops = ?5, stalls = ?6, "
        "stall_ns = ?7, holds = ?8 WHERE id = ?1",
        error);

    if (update == NULL)
        return -1;
    sqlite3_bind_int64(update, 1, run_id);
    sqlite3_bind_int64(update, 2, (sqlite3_int64)counts->events);
    sqlite3_bind_text(update, 3, counts_json(counts), -1, sqlite3_free);
    sqlite3_bind_int64(update, 4, (sqlite3_int64)counts->hold_ns);
    sqlite3_bind_int64(update, 5, (sqlite3_int64)counts->quiet_stops);
    sqlite3_bind_int64(update, 6, (sqlite3_int64)counts->stalls);
    sqlite3_bind_int64(update, 7, (sqlite3_int64)counts->stall_ns);
    sqlite3_bind_text(update, 8, hold_json(&counts->holds), -1, sqlite3_free);
    return sql_finish(db, update, error);
}

int run_row_finish(sqlite3 *db, int64_t run_id, const struct run_end *end,
                   struct trail_error *error)
{
    sqlite3_stmt *update = sql_prepare(db,
                                       "UPDATE run SET state = ?2, end_reason = ?3, wall_ns = ?4, "
                                       "exit_code = ?5, exit_signal = ?6 "
                                       "WHERE id = ?1",
                                       error);

    if (update == NULL)
        return -1;
    sqlite3_bind_int64(update, 1, run_id);
    bind_text(update, 2, end->state);
    bind_text(update, 3, end->reason);
    sqlite3_bind_int64(update, 4, (sqlite3_int64)end->wall_ns);
    if (end->exited && end->exit_signal == 0)
        sqlite3_bind_int64(update, 5, end->exit_code);
    if (end->exited && end->exit_signal != 0)
        sqlite3_bind_int(update, 6, end->exit_signal);
    return sql_finish(db, update, error);
}

int run_row_delete(sqlite3 *db, int64_t run_id, struct trail_error *error)
{
    char sql[256];

    snprintf(sql, sizeof sql,
             "BEGIN IMMEDIATE; DELETE FROM label WHERE run_id = %" PRId64
             "; DELETE FROM environment WHERE run_id = %" PRId64
             "; DELETE FROM run WHERE id = %" PRId64 "; COMMIT",
             run_id, run_id, run_id);
    if (sql_run(db, sql, error) == 0)
        return 0;
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}
