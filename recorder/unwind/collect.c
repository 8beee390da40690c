/*
 * See collect.h. A process's modules follow from its rows: its images, each until its next exec,
 * its loads, and, if it is a fork, what its parent had then, until its own first exec.
 */
#include "collect.h"

#include "array.h"
#include "sql.h"

#include <stdlib.h>
#include <string.h>

/* ?1 run, ?2 process. `line` is the process and those whose memory it has a copy of. */
static const char modules_sql[] =
    "WITH RECURSIVE born AS MATERIALIZED (SELECT e.process_id AS id, c.seq, c.via, c.base, "
    "c.parent_process_id AS parent, c.image_module_id AS module_id FROM event_create_process c "
    "CROSS JOIN event e ON e.run_id = c.run_id AND e.seq = c.seq WHERE c.run_id = ?1), "
    "line(id, until) AS (SELECT ?2, 9223372036854775807 UNION "
    "SELECT b.parent, b.seq FROM line l JOIN born b ON b.id = l.id AND b.via = 1 AND b.parent < "
    "b.id AND b.seq < l.until AND (l.id = ?2 OR NOT EXISTS (SELECT 1 FROM born x WHERE x.id = l.id "
    "AND x.via <> 1 AND x.seq < l.until))), "
    "part AS (SELECT l.id, l.until, b.module_id, b.base, b.seq, (SELECT min(x.seq) FROM born x "
    "WHERE x.id = b.id AND x.via <> 1 AND x.seq > b.seq) AS ended "
    "FROM line l JOIN born b ON b.id = l.id AND b.via <> 1 UNION ALL "
    "SELECT l.id, l.until, d.module_id, d.base, d.seq, d.end_seq FROM line l JOIN event e ON "
    "e.run_id = ?1 AND e.process_id = l.id AND e.kind = 5 JOIN event_load_dll d ON d.run_id = "
    "e.run_id AND d.seq = e.seq) "
    "SELECT p.base, m.image_bytes, p.seq, CASE WHEN p.id = ?2 THEN p.ended ELSE (SELECT min(x.seq) "
    "FROM born x WHERE x.id = ?2 AND x.via <> 1) END, m.id, m.file_bytes, m.path, m.build_id, "
    "m.pe_timestamp, m.pdb_name <> '' "
    "FROM part p JOIN module m ON m.id = p.module_id WHERE p.base IS NOT NULL AND p.seq < p.until "
    "AND (p.id = ?2 OR p.ended IS NULL OR p.ended > p.until) ORDER BY p.seq";

enum modules_column {
    M_BASE,
    M_BYTES,
    M_FROM,
    M_TO,
    M_ID,
    M_FILE_BYTES,
    M_PATH,
    M_BUILD_ID,
    M_TIMESTAMP,
    M_HAS_PDB
};

/* A module before it is in the job. */
struct found {
    struct job_module module;
    char *path, *build_id;
};

struct base {
    int64_t key;
    struct job_span registers, stack;
};

struct collection {
    sqlite3 *db;
    int64_t run_id;
    struct trail_error *error;
    struct found *found;
    struct base *bases;
    size_t count, bytes, stacks, base_count;
};

static int add_module(struct collection *all, int64_t process_id, sqlite3_stmt *row)
{
    struct found *grown = array_with_room(all->found, all->count, sizeof *grown);
    struct found *found;

    if (grown == NULL)
        return error_set(all->error, TRAIL_FAILED, 0, "out of memory");
    all->found = grown;
    found = &grown[all->count++];
    *found = (struct found){
        .module = {.base = (uint64_t)sqlite3_column_int64(row, M_BASE),
                   .bytes = (uint64_t)sqlite3_column_int64(row, M_BYTES),
                   .from_seq = (uint64_t)sqlite3_column_int64(row, M_FROM),
                   .to_seq = sqlite3_column_type(row, M_TO) == SQLITE_NULL
                                 ? UINT64_MAX
                                 : (uint64_t)sqlite3_column_int64(row, M_TO),
                   .process_id = process_id,
                   .module_id = sqlite3_column_int64(row, M_ID),
                   .file_bytes = (uint64_t)sqlite3_column_int64(row, M_FILE_BYTES),
                   .pe_timestamp = (uint32_t)sqlite3_column_int64(row, M_TIMESTAMP),
                   .has_pdb = sqlite3_column_int(row, M_HAS_PDB) != 0},
        .path = sqlite3_mprintf("%s", sqlite3_column_text(row, M_PATH)),
        .build_id = sqlite3_mprintf("%s", sqlite3_column_text(row, M_BUILD_ID)),
    };
    if (found->path == NULL || found->build_id == NULL)
        return error_set(all->error, TRAIL_FAILED, 0, "out of memory");
    all->bytes += strlen(found->path) + strlen(found->build_id);
    return 0;
}

static int add_modules(struct collection *all, sqlite3_stmt *modules, int64_t process_id)
{
    int step;

    sqlite3_bind_int64(modules, 2, process_id);
    while ((step = sqlite3_step(modules)) == SQLITE_ROW)
        if (all->count < JOB_MODULES_MAX && add_module(all, process_id, modules) != 0)
            return -1;
    sqlite3_reset(modules);
    return step == SQLITE_DONE ? 0 : sql_error(all->db, all->error);
}

/* The stacks of run ?1 that have their turn, by when they were copied. */
#define CHOSEN_SQL                                                                        \
    "WITH chosen AS MATERIALIZED (SELECT r.seq, r.event_seq, r.base_seq, e.process_id "   \
    "FROM raw_stack r CROSS JOIN event e ON e.run_id = r.run_id AND e.seq = r.event_seq " \
    "WHERE r.run_id = ?1 ORDER BY r.event_seq, r.seq DESC LIMIT ?2) "

/* Also counts the stacks and what they take. */
static int find_modules(struct collection *all)
{
    sqlite3_stmt *processes = sql_prepare(
        all->db,
        CHOSEN_SQL "SELECT c.process_id, count(*), sum(length(r.registers) + length(r.stack)) "
                   "FROM chosen c CROSS JOIN raw_stack r ON r.run_id = ?1 AND r.seq = c.seq "
                   "GROUP BY 1 UNION ALL SELECT NULL, 0, sum(length(registers) + length(stack)) "
                   "FROM raw_stack WHERE run_id = ?1 AND seq IN (SELECT base_seq FROM chosen)",
        all->error);
    sqlite3_stmt *modules = sql_prepare(all->db, modules_sql, all->error);
    int step = SQLITE_ERROR, result = processes == NULL || modules == NULL ? -1 : 0;

    if (result == 0) {
        sqlite3_bind_int64(processes, 1, all->run_id);
        sqlite3_bind_int64(processes, 2, JOB_STACKS_MAX);
        sqlite3_bind_int64(modules, 1, all->run_id);
        while (result == 0 && (step = sqlite3_step(processes)) == SQLITE_ROW) {
            all->stacks += (size_t)sqlite3_column_int64(processes, 1);
            all->bytes += (size_t)sqlite3_column_int64(processes, 2);
            if (sqlite3_column_type(processes, 0) != SQLITE_NULL)
                result = add_modules(all, modules, sqlite3_column_int64(processes, 0));
        }
        if (result == 0 && step != SQLITE_DONE)
            result = sql_error(all->db, all->error);
    }
    sqlite3_finalize(processes);
    sqlite3_finalize(modules);
    return result;
}

static void put_modules(const struct collection *all, struct job *job)
{
    for (size_t i = 0; i < all->count; i++) {
        struct job_module *module = &job_modules(job)[i];
        *module = all->found[i].module;
        module->path = job_put_bytes(job, all->found[i].path, strlen(all->found[i].path));
        module->build_id =
            job_put_bytes(job, all->found[i].build_id, strlen(all->found[i].build_id));
    }
}

static struct job_span put_blob(struct job *job, sqlite3_stmt *row, int column)
{
    const void *blob = sqlite3_column_blob(row, column);

    return job_put_bytes(job, blob, (size_t)sqlite3_column_bytes(row, column));
}

enum stacks_column { S_KEY, S_SEQ, S_PROCESS, S_REGISTERS, S_STACK, S_BASE, S_BASE_REGISTERS };

/* A base is there once. */
static int put_base(struct collection *all, struct job *job, struct job_stack *stack,
                    sqlite3_stmt *row)
{
    int64_t key = sqlite3_column_int64(row, S_BASE);
    struct base *grown;

    if (sqlite3_column_type(row, S_BASE) == SQLITE_NULL)
        return 0;
    for (size_t i = all->base_count; i-- > 0;)
        if (all->bases[i].key == key) {
            stack->base_registers = all->bases[i].registers;
            stack->base_stack = all->bases[i].stack;
            return 0;
        }
    grown = array_with_room(all->bases, all->base_count, sizeof *grown);
    if (grown == NULL)
        return error_set(all->error, TRAIL_FAILED, 0, "out of memory");
    all->bases = grown;
    stack->base_registers = put_blob(job, row, S_BASE_REGISTERS);
    stack->base_stack = put_blob(job, row, S_BASE_REGISTERS + 1);
    grown[all->base_count++] = (struct base){key, stack->base_registers, stack->base_stack};
    return 0;
}

static int put_stacks(struct collection *all, struct job *job)
{
    sqlite3_stmt *rows = sql_prepare(
        all->db,
        CHOSEN_SQL "SELECT c.seq, c.event_seq, c.process_id, r.registers, r.stack, c.base_seq, "
                   "b.registers, b.stack FROM chosen c CROSS JOIN raw_stack r ON r.run_id = ?1 "
                   "AND r.seq = c.seq LEFT JOIN raw_stack b ON b.run_id = ?1 AND "
                   "b.seq = c.base_seq ORDER BY c.event_seq, c.seq DESC",
        all->error);
    uint32_t count = 0;
    int result = 0;

    if (rows == NULL)
        return -1;
    sqlite3_bind_int64(rows, 1, all->run_id);
    sqlite3_bind_int64(rows, 2, (sqlite3_int64)all->stacks);
    while (result == 0 && count < all->stacks && sqlite3_step(rows) == SQLITE_ROW) {
        struct job_stack *stack = &job_stacks(job)[count++];
        *stack = (struct job_stack){
            .key = sqlite3_column_int64(rows, S_KEY),
            .seq = (uint64_t)sqlite3_column_int64(rows, S_SEQ),
            .process_id = sqlite3_column_int64(rows, S_PROCESS),
            .registers = put_blob(job, rows, S_REGISTERS),
            .stack = put_blob(job, rows, S_STACK),
        };
        result = put_base(all, job, stack, rows);
    }
    job->stack_count = count;
    if (sqlite3_finalize(rows) != SQLITE_OK && result == 0)
        result = sql_error(all->db, all->error);
    return result;
}

struct os_shared *collect_job(sqlite3 *db, int64_t run_id, struct trail_error *error)
{
    struct collection all = {.db = db, .run_id = run_id, .error = error};
    struct os_shared *shared = NULL;

    if (find_modules(&all) == 0) {
        size_t size = job_size(all.count, all.stacks, all.bytes);
        shared = size == 0 ? NULL : os_shared_new(size);
        if (shared == NULL)
            error_set(error, TRAIL_FAILED, 0, "out of memory");
        else {
            struct job *job = os_shared_memory(shared);
            job_begin(job, all.count, all.stacks, size);
            put_modules(&all, job);
            if (put_stacks(&all, job) != 0) {
                os_shared_free(shared);
                shared = NULL;
            }
        }
    }
    for (size_t i = 0; i < all.count; i++) {
        sqlite3_free(all.found[i].path);
        sqlite3_free(all.found[i].build_id);
    }
    free(all.found);
    free(all.bases);
    return shared;
}
