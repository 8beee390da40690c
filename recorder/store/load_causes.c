/* See load_causes.h. */
#include "load_causes.h"

#include "image/imports.h"
#include "roster.h"
#include "sql.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* Of the living processes: their images, what of it is loaded, and the last request. */
static const char restore_sql[] =
    "WITH last(process_id, request_seq) AS (SELECT e.process_id, max(l.request_seq) "
    "FROM event_load_dll l JOIN event e ON e.run_id = l.run_id AND e.seq = l.seq "
    "WHERE l.run_id = ?1 GROUP BY e.process_id) "
    "SELECT p.pid, e.seq, e.t_ns, l.request_seq, m.name, m.soname, "
    "(SELECT group_concat(char(?2 + i.kind) || i.name || coalesce(char(9) || i.version, '') || "
    "char(10), '') FROM (SELECT kind, name, version FROM import WHERE module_id = m.id ORDER BY "
    "position) i) "
    "FROM process p JOIN event e ON e.run_id = p.run_id AND e.process_id = p.id "
    "LEFT JOIN event_load_dll l ON l.run_id = e.run_id AND l.seq = e.seq "
    "LEFT JOIN event_create_process c ON c.run_id = e.run_id AND c.seq = e.seq "
    "LEFT JOIN last ON last.process_id = p.id "
    "LEFT JOIN module m ON m.id = coalesce(l.module_id, iif(c.via = 1, NULL, c.image_module_id)) "
    "WHERE p.run_id = ?1 AND p.last_seq IS NULL AND (c.seq IS NOT NULL OR l.seq IS NOT NULL) "
    "AND (l.end_seq IS NULL OR l.request_seq = last.request_seq) ORDER BY e.seq";

enum restore_column {
    COLUMN_PID,
    COLUMN_SEQ,
    COLUMN_T_NS,
    COLUMN_REQUEST,
    COLUMN_NAME,
    COLUMN_SONAME,
    COLUMN_IMPORTS
};

int load_causes_begin(struct load_causes *causes, sqlite3 *db, int64_t run_id,
                      struct trail_error *error)
{
    char sql[128];
    sqlite3_int64 value = 0;

    snprintf(sql, sizeof sql, "SELECT load_detection LIKE 'r_brk%%' FROM run WHERE id = %lld",
             (long long)run_id);
    if (sql_integer(db, sql, &value, error) != 0)
        return -1;
    causes->has_brackets = value != 0;
    return 0;
}

static struct causes *causes_of(struct roster_process *process)
{
    if (process->causes == NULL)
        process->causes = causes_new();
    return process->causes;
}

/* How the target named the file, without its folders. */
static void copy_asked_name(const struct event *event, char *name, size_t capacity)
{
    struct event_span span = event->image.path;
    const char *path = (const char *)event_bytes_at(event, span);
    size_t start = text_folder_bytes(path, span.length);

    snprintf(name, capacity, "%.*s", (int)(span.length - start), path + start);
}

static struct causes_load describe(const struct load_causes *causes, const struct load_event *load)
{
    return (struct causes_load){
        .seq = load->seq,
        .t_ns = load->t_ns,
        .has_brackets = causes->has_brackets,
        .imports = load->identity->imports,
    };
}

int load_causes_image(const struct load_causes *causes, struct roster_process *process,
                      const struct load_event *image)
{
    struct causes_load load = describe(causes, image);
    struct causes *of_process = causes_of(process);

    return of_process == NULL ? -1 : causes_image(of_process, &load);
}

int load_causes_find(const struct load_causes *causes, struct roster_process *process,
                     const struct load_event *event, struct cause *cause)
{
    struct causes_load load = describe(causes, event);
    struct causes *of_process = causes_of(process);
    char asked[256];

    copy_asked_name(event->event, asked, sizeof asked);
    load.phase = event->event->value[FIELD(LOAD_DLL, load_phase)];
    load.is_audit = event_has(event->event, FIELD(LOAD_DLL, link_namespace));
    load.names[0] = event->identity->soname;
    load.names[1] = text_base_name(event->identity->path);
    load.names[2] = asked;
    return of_process == NULL ? -1 : causes_load(of_process, &load, cause);
}

static const char *text_of(sqlite3_stmt *row, enum restore_column column)
{
    return (const char *)sqlite3_column_text(row, column);
}

static int restore_row(const struct load_causes *causes, struct roster *roster, sqlite3_stmt *row)
{
    struct roster_process *process =
        roster_process(roster, (uint32_t)sqlite3_column_int64(row, COLUMN_PID));
    struct causes_load load = {
        .seq = (uint64_t)sqlite3_column_int64(row, COLUMN_SEQ),
        .t_ns = (uint64_t)sqlite3_column_int64(row, COLUMN_T_NS),
        .has_brackets = causes->has_brackets,
        .names = {text_of(row, COLUMN_NAME), text_of(row, COLUMN_SONAME)},
        .imports = text_of(row, COLUMN_IMPORTS),
    };

    if (process == NULL)
        return 0;
    if (causes_of(process) == NULL)
        return -1;
    if (sqlite3_column_type(row, COLUMN_REQUEST) == SQLITE_NULL)
        return causes_image(process->causes, &load);
    return causes_restore(process->causes, &load,
                          (uint64_t)sqlite3_column_int64(row, COLUMN_REQUEST));
}

int load_causes_restore(const struct load_causes *causes, struct roster *roster, sqlite3 *db,
                        int64_t run_id, struct trail_error *error)
{
    sqlite3_stmt *rows = sql_prepare(db, restore_sql, error);
    int result;

    if (rows == NULL)
        return -1;
    sqlite3_bind_int64(rows, 1, run_id);
    sqlite3_bind_int(rows, 2, IMPORTS_FIRST_LETTER);
    while ((result = sqlite3_step(rows)) == SQLITE_ROW)
        if (restore_row(causes, roster, rows) != 0) {
            sqlite3_finalize(rows);
            return error_set(error, TRAIL_FAILED, 0, "out of memory");
        }
    sqlite3_finalize(rows);
    return result == SQLITE_DONE ? 0 : sql_error(db, error);
}
