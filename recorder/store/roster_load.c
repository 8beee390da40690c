/*
 * See roster_load.h. A process's modules follow from its rows: its image since the last exec, its
 * loads since then that have not ended, and, if it is a fork that has not exec'ed, what its parent
 * had when it forked.
 */
#include "roster_load.h"

#include "event_kinds.h"
#include "sql.h"

enum { FORK_DEPTH_MAX = 1000 };

struct load {
    struct roster *roster;
    sqlite3 *db;
    int64_t run_id;
    struct trail_error *error;
};

/* Prepares a query whose ?1 is the run, ?2 and ?3 as given. */
static sqlite3_stmt *query(const struct load *load, const char *sql, int64_t second, int64_t third)
{
    sqlite3_stmt *statement = sql_prepare(load->db, sql, load->error);

    if (statement == NULL)
        return NULL;
    sqlite3_bind_int64(statement, 1, load->run_id);
    if (sqlite3_bind_parameter_count(statement) >= 2)
        sqlite3_bind_int64(statement, 2, second);
    if (sqlite3_bind_parameter_count(statement) >= 3)
        sqlite3_bind_int64(statement, 3, third);
    return statement;
}

static int finish(const struct load *load, sqlite3_stmt *statement, int last_result)
{
    sqlite3_finalize(statement);
    return last_result == SQLITE_DONE ? 0 : sql_error(load->db, load->error);
}

static int out_of_memory(const struct load *load)
{
    return error_set(load->error, TRAIL_FAILED, 0, "out of memory");
}

/* Adds modules from rows of (base, module, bytes, load seq). */
static int add_modules(const struct load *load, struct roster_process *process, const char *sql,
                       int64_t process_id, int64_t seq)
{
    sqlite3_stmt *rows = query(load, sql, process_id, seq);
    int result;

    if (rows == NULL)
        return -1;
    while ((result = sqlite3_step(rows)) == SQLITE_ROW) {
        struct roster_module module = {
            .base = (uint64_t)sqlite3_column_int64(rows, 0),
            .module_id = sqlite3_column_int64(rows, 1),
            .bytes = (uint64_t)sqlite3_column_int64(rows, 2),
            .load_seq = (uint64_t)sqlite3_column_int64(rows, 3),
        };
        if (roster_add_module(process, &module) != 0) {
            sqlite3_finalize(rows);
            return out_of_memory(load);
        }
    }
    return finish(load, rows, result);
}

static int remove_unloaded(const struct load *load, struct roster_process *process,
                           int64_t process_id, int64_t seq)
{
    sqlite3_stmt *rows = query(load,
                               "SELECT u.base FROM event_unload_dll u JOIN event e ON e.run_id = "
                               "u.run_id AND e.seq = u.seq "
                               "WHERE u.run_id = ?1 AND e.process_id = ?2 AND u.seq < ?3",
                               process_id, seq);
    struct roster_module removed;
    int result;

    if (rows == NULL)
        return -1;
    while ((result = sqlite3_step(rows)) == SQLITE_ROW)
        roster_remove_module(process, (uint64_t)sqlite3_column_int64(rows, 0), &removed);
    return finish(load, rows, result);
}

/* What the process `process_id` had just before the event `seq`, added to `process`. */
static int load_modules(const struct load *load, struct roster_process *process, int64_t process_id,
                        int64_t seq, unsigned depth)
{
    static const char image_sql[] =
        "SELECT c.base, c.image_module_id, m.image_bytes, 0 FROM event_create_process c "
        "JOIN event e ON e.run_id = c.run_id AND e.seq = c.seq LEFT JOIN module m ON m.id = "
        "c.image_module_id "
        "WHERE c.run_id = ?1 AND e.process_id = ?2 AND c.seq < ?3 AND c.base IS NOT NULL ORDER BY "
        "c.seq DESC LIMIT 1";
    static const char loads_sql[] =
        "SELECT l.base, l.module_id, m.image_bytes, l.seq FROM event_load_dll l "
        "JOIN event e ON e.run_id = l.run_id AND e.seq = l.seq LEFT JOIN module m ON m.id = "
        "l.module_id "
        "WHERE l.run_id = ?1 AND e.process_id = ?2 AND l.seq < ?3 AND (l.end_seq IS NULL OR "
        "l.end_seq >= ?3)";
    sqlite3_stmt *origin = query(
        load,
        "SELECT c.via, c.parent_process_id, c.seq FROM event_create_process c "
        "JOIN event e ON e.run_id = c.run_id AND e.seq = c.seq "
        "WHERE c.run_id = ?1 AND e.process_id = ?2 AND c.seq < ?3 ORDER BY c.seq DESC LIMIT 1",
        process_id, seq);
    int64_t parent = 0, fork_seq = 0;

    if (origin == NULL)
        return -1;
    if (sqlite3_step(origin) == SQLITE_ROW && sqlite3_column_int64(origin, 0) == VIA_FORK) {
        parent = sqlite3_column_int64(origin, 1);
        fork_seq = sqlite3_column_int64(origin, 2);
    }
    sqlite3_finalize(origin);
    if (parent > 0 && depth < FORK_DEPTH_MAX) {
        if (load_modules(load, process, parent, fork_seq, depth + 1) != 0)
            return -1;
        for (size_t i = 0; i < process->module_count; i++)
            process->modules[i].inherited = true;
        if (remove_unloaded(load, process, process_id, seq) != 0)
            return -1;
    } else if (add_modules(load, process, image_sql, process_id, seq) != 0) {
        return -1;
    }
    return add_modules(load, process, loads_sql, process_id, seq);
}

static int load_processes(const struct load *load)
{
    sqlite3_stmt *rows = query(
        load, "SELECT id, pid FROM process WHERE run_id = ?1 AND last_seq IS NULL ORDER BY id", 0,
        0);
    int result;

    if (rows == NULL)
        return -1;
    while ((result = sqlite3_step(rows)) == SQLITE_ROW) {
        struct roster_process *process =
            roster_add_process(load->roster, (uint32_t)sqlite3_column_int64(rows, 1));
        if (process == NULL) {
            sqlite3_finalize(rows);
            return out_of_memory(load);
        }
        process->id = sqlite3_column_int64(rows, 0);
        if (load_modules(load, process, process->id, INT64_MAX, 0) != 0) {
            sqlite3_finalize(rows);
            return -1;
        }
    }
    return finish(load, rows, result);
}

static int load_threads(const struct load *load)
{
    sqlite3_stmt *rows =
        query(load,
              "SELECT t.id, t.tid, p.pid FROM thread t JOIN process p ON p.run_id = t.run_id AND "
              "p.id = t.process_id "
              "WHERE t.run_id = ?1 AND t.last_seq IS NULL AND p.last_seq IS NULL ORDER BY t.id",
              0, 0);
    int result;

    if (rows == NULL)
        return -1;
    while ((result = sqlite3_step(rows)) == SQLITE_ROW) {
        struct roster_process *process =
            roster_process(load->roster, (uint32_t)sqlite3_column_int64(rows, 2));
        struct roster_thread *thread =
            process == NULL
                ? NULL
                : roster_add_thread(load->roster, process, (uint32_t)sqlite3_column_int64(rows, 1));
        if (thread == NULL) {
            sqlite3_finalize(rows);
            return out_of_memory(load);
        }
        thread->id = sqlite3_column_int64(rows, 0);
    }
    return finish(load, rows, result);
}

static int load_last_ids(const struct load *load)
{
    sqlite3_stmt *rows =
        query(load,
              "SELECT coalesce((SELECT max(id) FROM process WHERE run_id = ?1), 0), "
              "coalesce((SELECT max(id) FROM thread WHERE run_id = ?1), 0)",
              0, 0);
    int result;

    if (rows == NULL)
        return -1;
    result = sqlite3_step(rows);
    if (result == SQLITE_ROW) {
        roster_set_last_ids(load->roster, sqlite3_column_int64(rows, 0),
                            sqlite3_column_int64(rows, 1));
        result = sqlite3_step(rows);
    }
    return finish(load, rows, result);
}

int roster_load(struct roster *roster, sqlite3 *db, int64_t run_id, struct trail_error *error)
{
    struct load load = {roster, db, run_id, error};

    return load_processes(&load) != 0 || load_threads(&load) != 0 || load_last_ids(&load) != 0 ? -1
                                                                                               : 0;
}
