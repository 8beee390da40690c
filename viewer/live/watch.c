/* See watch.h. */
#include "live/watch.h"

#include "array.h"
#include "live/here.h"
#include "sql.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/* Changes are measured over that time at least. */
#define MEASURED_NS INT64_C(500000000)

static const char events_sql[] =
    "SELECT process_id, kind, t_ns, cpu_ns FROM main.event WHERE run_id = :run AND seq > :after "
    "AND seq > (SELECT max(seq) - 20000 FROM main.event WHERE run_id = :run) ORDER BY seq";
static const char run_sql[] =
    "SELECT state, command_line, host, start_utc_ns, wall_ns, events, hold_ns, "
    "CASE WHEN json_valid(counts) THEN json_extract(counts, '$.LoadDll') END, "
    "CASE WHEN json_valid(counts) THEN json_extract(counts, '$.Exception') END, "
    "(SELECT t_ns FROM main.event WHERE run_id = :run ORDER BY seq DESC LIMIT 1) "
    "FROM main.run WHERE id = :run";
static const char living_sql[] =
    "SELECT p.id, p.pid, m.name FROM main.process p "
    "LEFT JOIN main.module m ON m.id = p.image_module_id "
    "WHERE p.run_id = :run AND p.last_seq IS NULL ORDER BY p.id LIMIT 10000";
static const char loads_sql[] =
    "SELECT e.t_ns, p.pid, m.name, m.path FROM main.event_load_dll d "
    "CROSS JOIN main.event e ON e.run_id = d.run_id AND e.seq = d.seq "
    "LEFT JOIN main.process p ON p.run_id = d.run_id AND p.id = e.process_id "
    "LEFT JOIN main.module m ON m.id = d.module_id "
    "WHERE d.run_id = :run ORDER BY d.seq DESC LIMIT 12";
static const char look_sql[] =
    "SELECT o.doing FROM look_words o JOIN main.process p ON p.run_id = :run AND p.id = :process "
    "JOIN main.thread t ON t.run_id = :run AND t.id = o.thread_id AND t.first_seq = p.first_seq "
    "WHERE o.run_id = :run AND o.process_id = :process AND o.t_ns > :since "
    "AND o.id > (SELECT max(id) - 500 FROM main.look WHERE run_id = :run) "
    "ORDER BY o.id DESC LIMIT 1";

static int64_t now_utc_ns(void)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    sqlite3_int64 ms = 0;

    if (vfs == NULL || vfs->iVersion < 2 || vfs->xCurrentTimeInt64 == NULL)
        return 0;
    vfs->xCurrentTimeInt64(vfs, &ms);
    return (ms - INT64_C(210866760000000)) * 1000000; /* since noon of a day in 4714 BC */
}

static sqlite3_stmt *prepare(struct watch *watch, const char *sql, struct trail_error *error)
{
    sqlite3_stmt *statement = sql_prepare(watch->follow.database->db, sql, error);

    if (statement != NULL)
        sqlite3_bind_int64(statement, sqlite3_bind_parameter_index(statement, ":run"),
                           watch->follow.run);
    return statement;
}

int watch_init(struct watch *watch, const struct run_reference *run, struct trail_error *error)
{
    memset(watch, 0, sizeof *watch);
    watch->rate = watch->hold_share = -1;
    if (follow_init(&watch->follow, run, error) == 0 &&
        (watch->events_since = prepare(watch, events_sql, error)) != NULL &&
        (watch->run_row = prepare(watch, run_sql, error)) != NULL &&
        (watch->living = prepare(watch, living_sql, error)) != NULL &&
        (watch->loads_row = prepare(watch, loads_sql, error)) != NULL &&
        (watch->look = prepare(watch, look_sql, error)) != NULL)
        return 0;
    return error_context(error, "cannot watch '%s'", run->database->path);
}

void watch_release(struct watch *watch)
{
    sqlite3_finalize(watch->events_since);
    sqlite3_finalize(watch->run_row);
    sqlite3_finalize(watch->living);
    sqlite3_finalize(watch->loads_row);
    sqlite3_finalize(watch->look);
    follow_release(&watch->follow);
    free(watch->processes);
    buffer_release(&watch->state);
    buffer_release(&watch->command_line);
}

static void copy_text(sqlite3_stmt *row, int column, char *out, size_t size)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    size_t length = text != NULL ? strlen(text) : 0;

    length = length < size ? length : text_cut(text, length, size - 1);
    memcpy(out, text != NULL ? text : "", length);
    out[length] = '\0';
}

static void copy_into(sqlite3_stmt *row, int column, struct buffer *out)
{
    const char *text = (const char *)sqlite3_column_text(row, column);

    buffer_clear(out);
    buffer_add_text(out, text != NULL ? text : "");
}

static int compare_ids(const void *item, const void *key)
{
    int64_t a = ((const struct watched *)item)->id, b = *(const int64_t *)key;

    return (a > b) - (a < b);
}

static struct watched *find(struct watched *processes, size_t count, int64_t id)
{
    size_t at = array_lower_bound(processes, count, sizeof *processes, &id, compare_ids);

    return at < count && processes[at].id == id ? &processes[at] : NULL;
}

/* The processes that live now; what is known of those that did at the last look is kept. */
static int read_living(struct watch *watch, struct trail_error *error)
{
    struct watched *living = NULL, *grown, *known;
    size_t count = 0;

    while (sqlite3_step(watch->living) == SQLITE_ROW) {
        struct watched process = {.id = sqlite3_column_int64(watch->living, 0),
                                  .cpu_ns = -1,
                                  .before_cpu_ns = -1,
                                  .percent = -1,
                                  .last_t_ns = -1};
        if ((grown = array_with_room(living, count, sizeof *living)) == NULL) {
            free(living);
            return error_set(error, TRAIL_FAILED, 0, "out of memory");
        }
        living = grown;
        if ((known = find(watch->processes, watch->process_count, process.id)) != NULL)
            process = *known;
        process.pid = sqlite3_column_int64(watch->living, 1);
        copy_text(watch->living, 2, process.name, sizeof process.name);
        living[count++] = process;
    }
    free(watch->processes);
    watch->processes = living;
    watch->process_count = count;
    return sqlite3_reset(watch->living) == SQLITE_OK ? 0
                                                     : sql_error(watch->follow.database->db, error);
}

static int read_events(struct watch *watch, struct trail_error *error)
{
    sqlite3_stmt *row = watch->events_since;

    while (sqlite3_step(row) == SQLITE_ROW) {
        struct watched *process =
            find(watch->processes, watch->process_count, sqlite3_column_int64(row, 0));
        int kind = sqlite3_column_int(row, 1);
        if (process == NULL)
            continue;
        process->last_kind = kind > 0 && kind < EVENT_KINDS ? (enum event_kind)kind : EVENT_NONE;
        process->last_t_ns = sqlite3_column_int64(row, 2);
        if (sqlite3_column_type(row, 3) == SQLITE_INTEGER)
            process->cpu_ns = sqlite3_column_int64(row, 3);
    }
    return sqlite3_reset(row) == SQLITE_OK ? 0 : sql_error(watch->follow.database->db, error);
}

static int read_loads(struct watch *watch, struct trail_error *error)
{
    sqlite3_stmt *row = watch->loads_row;

    watch->load_count = 0;
    while (watch->load_count < WATCH_LOADS && sqlite3_step(row) == SQLITE_ROW) {
        struct watch_load *load = &watch->last_loads[watch->load_count++];
        load->t_ns = sqlite3_column_int64(row, 0);
        load->pid = sqlite3_column_int64(row, 1);
        copy_text(row, 2, load->name, sizeof load->name);
        copy_text(row, 3, load->folder, sizeof load->folder);
        load->folder[text_folder_bytes(load->folder, strlen(load->folder))] = '\0';
    }
    return sqlite3_reset(row) == SQLITE_OK ? 0 : sql_error(watch->follow.database->db, error);
}

static int read_run(struct watch *watch, int64_t now_ns, struct trail_error *error)
{
    sqlite3_stmt *row = watch->run_row;

    if (sqlite3_step(row) == SQLITE_ROW) {
        const char *host = (const char *)sqlite3_column_text(row, 2);
        copy_into(row, 0, &watch->state);
        copy_into(row, 1, &watch->command_line);
        watch->is_here = watch->is_recording && here_is_host(host != NULL ? host : "");
        watch->events = sqlite3_column_int64(row, 5);
        watch->hold_ns = sqlite3_column_int64(row, 6);
        watch->loads = sqlite3_column_int64(row, 7);
        watch->exceptions = sqlite3_column_int64(row, 8);
        watch->last_t_ns = watch->elapsed_ns = sqlite3_column_int64(row, 9);
        if (!watch->is_recording)
            watch->elapsed_ns = sqlite3_column_int64(row, 4);
        else if (watch->is_here)
            watch->elapsed_ns =
                (int64_t)((uint64_t)now_ns - (uint64_t)sqlite3_column_int64(row, 3));
        if (watch->elapsed_ns < watch->last_t_ns)
            watch->elapsed_ns = watch->last_t_ns;
    }
    return sqlite3_reset(row) == SQLITE_OK ? 0 : sql_error(watch->follow.database->db, error);
}

/* What the system says of those that run here, now. */
static void ask_here(struct watch *watch)
{
    for (size_t i = 0; i < watch->process_count && watch->is_here; i++) {
        struct watched *process = &watch->processes[i];
        struct here here;
        if (!process->was_checked)
            process->is_here = here_is_recorded(process->pid);
        process->was_checked = true;
        if (process->is_here && here_look(process->pid, &here))
            process->cpu_ns = here.cpu_ns;
    }
}

/* How much came since the last measurement, in the time since then. */
static void measure(struct watch *watch, int64_t now_ns)
{
    double passed = (double)(now_ns - watch->measured_at_ns);
    bool is_first = watch->measured_at_ns == 0;

    if (!is_first && now_ns - watch->measured_at_ns < MEASURED_NS)
        return;
    if (!is_first) {
        watch->rate = ((double)watch->events - (double)watch->measured_events) / passed * 1e9;
        watch->hold_share = ((double)watch->hold_ns - (double)watch->measured_hold_ns) / passed;
    }
    for (size_t i = 0; i < watch->process_count; i++) {
        struct watched *process = &watch->processes[i];
        bool is_known = process->cpu_ns >= 0 && process->before_cpu_ns >= 0 && !is_first;
        process->percent =
            is_known ? 100 * ((double)process->cpu_ns - (double)process->before_cpu_ns) / passed
                     : -1;
        process->before_cpu_ns = process->cpu_ns;
    }
    watch->measured_at_ns = now_ns;
    watch->measured_events = watch->events;
    watch->measured_hold_ns = watch->hold_ns;
}

int watch_look(struct watch *watch, struct trail_error *error)
{
    int64_t now_ns = now_utc_ns();

    if (follow_look(&watch->follow, watch->events_since, error) != 0)
        return -1;
    watch->is_recording = watch->follow.is_recording;
    if (read_run(watch, now_ns, error) != 0 || read_living(watch, error) != 0 ||
        read_events(watch, error) != 0 || read_loads(watch, error) != 0)
        return error_context(error, "cannot read '%s'", watch->follow.database->path);
    ask_here(watch);
    measure(watch, now_ns);
    return 0;
}

void watch_doing(struct watch *watch, const struct watched *process, char *doing)
{
    struct here here;

    doing[0] = '\0';
    sqlite3_bind_int64(watch->look, sqlite3_bind_parameter_index(watch->look, ":process"),
                       process->id);
    sqlite3_bind_int64(watch->look, sqlite3_bind_parameter_index(watch->look, ":since"),
                       process->last_t_ns);
    if (sqlite3_step(watch->look) == SQLITE_ROW)
        copy_text(watch->look, 0, doing, WATCH_DOING_BYTES);
    sqlite3_reset(watch->look);
    if (doing[0] == '\0' && process->is_here && here_look(process->pid, &here))
        snprintf(doing, WATCH_DOING_BYTES, "%s", here.doing);
    if (doing[0] == '\0' && process->last_t_ns >= 0 && process->last_kind != EVENT_NONE)
        snprintf(doing, WATCH_DOING_BYTES, "since its %s",
                 event_kind_descriptor(process->last_kind)->name);
}

int watch_wait(struct watch *watch, struct trail_error *error)
{
    watch->follow.has_warned = true; /* it would stand in the picture */
    return follow_wait(&watch->follow, error);
}
