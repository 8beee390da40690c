/* See bound_rows.h. The gaps are those of compare/order/side_gaps.c. */
#include "bound_rows.h"

#include "array.h"
#include "compare/model/module_key.h"
#include "event_kinds.h"
#include "sql.h"
#include "viewer_sql.h"

#include <stdlib.h>
#include <string.h>

static const char read_events[] = "SELECT seq, t_ns, hold_ns, process_id, thread_id, kind, "
                                  "synthetic FROM main.event WHERE run_id = ?1 ORDER BY seq";
static const char read_processes[] =
    "SELECT p.id, p.image_module_id FROM main.process p WHERE p.run_id = ?1 ORDER BY p.id";
static const char read_name[] = "SELECT name FROM main.module WHERE id = ?1";

/* An event without its details. */
struct moment {
    int64_t seq, net_ns, own_ns;
    struct bound_process *process; /* NULL: not known */
    struct bound_thread *thread;
    bool is_main;
};

static int out_of_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

static sqlite3_stmt *reading(struct bound_rows *bound, const char *sql, sqlite3_int64 id,
                             struct trail_error *error)
{
    sqlite3_stmt *row = statements_get(&bound->statements, bound->shared->db, sql, error);

    if (row != NULL) {
        sqlite3_reset(row);
        sqlite3_bind_int64(row, 1, id);
    }
    return row;
}

/* The text that stands for a module in comparisons, TEXT_NONE if there is none. */
static int find_key(struct bound_rows *bound, sqlite3_int64 module, uint32_t *key,
                    struct trail_error *error)
{
    uint32_t *place = tuple_map_at(&bound->keys, (uint32_t)module,
                                   (uint32_t)((uint64_t)module >> 32), bound->run->folds_case);
    sqlite3_stmt *row;
    struct buffer text = {0};

    if (*place == 0 && !bound->keys.failed) {
        if ((row = reading(bound, read_name, module, error)) == NULL)
            return -1;
        if (sqlite3_step(row) == SQLITE_ROW && sqlite3_column_text(row, 0) != NULL)
            module_key_add(&text, (const char *)sqlite3_column_text(row, 0),
                           bound->run->folds_case);
        sqlite3_reset(row);
        *place = text_pool_add_text(bound->texts, buffer_text(&text)) + 1;
        buffer_release(&text);
    }
    *key = *place > 0 ? *place - 1 : TEXT_NONE;
    return bound->keys.failed || text_pool_has_failed(bound->texts) ? out_of_memory(error) : 0;
}

static struct bound_process *process_of(struct bound_rows *bound, int64_t id)
{
    uint32_t position =
        tuple_map_find(&bound->process_index, (uint32_t)id, (uint32_t)((uint64_t)id >> 32), 0);

    return position > 0 ? &bound->processes[position - 1] : NULL;
}

/* The role of the `nth` process of that image. */
static uint32_t make_role(struct bound_rows *bound, uint32_t key, uint32_t nth)
{
    struct buffer role = {0};
    uint32_t text;

    buffer_add_text(&role, text_pool_text(bound->texts, key));
    if (nth > 1)
        buffer_format(&role, "#%u", (unsigned)nth);
    text = text_pool_add(bound->texts, buffer_text(&role), role.length);
    buffer_release(&role);
    return text;
}

static int add_process(struct bound_rows *bound, int64_t id, uint32_t role,
                       struct trail_error *error)
{
    struct bound_process *items =
        array_with_room(bound->processes, bound->process_count, sizeof *items);

    if (items == NULL)
        return out_of_memory(error);
    bound->processes = items;
    items[bound->process_count++] = (struct bound_process){.role = role};
    *tuple_map_at(&bound->process_index, (uint32_t)id, (uint32_t)((uint64_t)id >> 32), 0) =
        (uint32_t)bound->process_count;
    return bound->process_index.failed ? out_of_memory(error) : 0;
}

static int find_processes(struct bound_rows *bound, struct trail_error *error)
{
    sqlite3_stmt *row = reading(bound, read_processes, bound->run->run, error);
    struct tuple_map like = {0};
    uint32_t key;
    int result = row != NULL ? 0 : -1, step = SQLITE_DONE;

    while (result == 0 && (step = sqlite3_step(row)) == SQLITE_ROW) {
        if (find_key(bound, sqlite3_column_int64(row, 1), &key, error) != 0)
            result = -1;
        else /* the first is the launched one, whose role has no name */
            result = add_process(bound, sqlite3_column_int64(row, 0),
                                 bound->process_count == 0
                                     ? TEXT_NONE
                                     : make_role(bound, key, ++*tuple_map_at(&like, key, 0, 0)),
                                 error);
    }
    sqlite3_reset(row);
    tuple_map_release(&like);
    return result == 0 && step != SQLITE_DONE ? sql_error(bound->shared->db, error) : result;
}

static int step_bounds(struct bound_rows *bound, struct trail_error *error)
{
    int step = sqlite3_step(bound->bounds);

    if (step != SQLITE_ROW && step != SQLITE_DONE)
        return sql_error(bound->shared->db, error);
    bound->bound_seq = step == SQLITE_ROW ? sqlite3_column_int64(bound->bounds, 0) : INT64_MAX;
    return 0;
}

static int begin(struct row_source *source, struct pushed_run *run, struct trail_error *error)
{
    struct bound_rows *bound = (struct bound_rows *)source;

    bound->run = run;
    free(bound->processes);
    free(bound->threads);
    bound->processes = NULL;
    bound->threads = NULL;
    bound->process_count = bound->thread_count = 0;
    bound->last_ns = 0;
    bound->clock = (struct hold_clock){0};
    tuple_map_clear(&bound->process_index);
    tuple_map_clear(&bound->thread_index);
    if (find_processes(bound, error) != 0 ||
        (bound->events = reading(bound, read_events, run->run, error)) == NULL ||
        (bound->bounds = reading(bound, sql_push_bounds, run->run, error)) == NULL)
        return -1;
    return step_bounds(bound, error);
}

/* The thread of an event; the first that is seen of a process is its main thread. */
static int find_thread(struct bound_rows *bound, struct moment *moment, int64_t id,
                       struct trail_error *error)
{
    uint32_t *position =
        tuple_map_at(&bound->thread_index, (uint32_t)id, (uint32_t)((uint64_t)id >> 32), 0);
    struct bound_thread *items;

    if (*position == 0) {
        items = array_with_room(bound->threads, bound->thread_count, sizeof *items);
        if (items == NULL || bound->thread_index.failed)
            return out_of_memory(error);
        bound->threads = items;
        items[bound->thread_count++] = (struct bound_thread){TEXT_NONE, 0};
        *position = (uint32_t)bound->thread_count;
    }
    moment->thread = &bound->threads[*position - 1];
    if (moment->process != NULL) {
        if (moment->process->main_thread == 0)
            moment->process->main_thread = *position;
        moment->is_main = moment->process->main_thread == *position;
    }
    return 0;
}

/* The next event: its times, and where its thread begins. */
static int take_event(struct bound_rows *bound, struct moment *moment, struct trail_error *error)
{
    sqlite3_stmt *row = bound->events;
    int64_t hold = sqlite3_column_int64(row, 2), kind = sqlite3_column_int64(row, 5),
            t = hold_clock_believed(sqlite3_column_int64(row, 1), &bound->last_ns, &hold);

    *moment = (struct moment){.seq = sqlite3_column_int64(row, 0)};
    moment->process = process_of(bound, sqlite3_column_int64(row, 3));
    moment->net_ns = hold_clock_net(&bound->clock, t, hold);
    moment->own_ns =
        moment->process != NULL ? hold_clock_net(&moment->process->clock, t, hold) : moment->net_ns;
    if (sqlite3_column_type(row, 4) != SQLITE_NULL &&
        find_thread(bound, moment, sqlite3_column_int64(row, 4), error) != 0)
        return -1;
    if (moment->thread != NULL && moment->thread->point == TEXT_NONE &&
        (kind == EVENT_CREATE_PROCESS || kind == EVENT_CREATE_THREAD) &&
        sqlite3_column_int64(row, 6) != 1)
        *moment->thread =
            (struct bound_thread){text_pool_add_text(bound->texts, "start"), moment->own_ns};
    return 0;
}

/* The point of a thread that a bound is, TEXT_NONE if it is none. */
static int find_point(struct bound_rows *bound, const struct moment *moment, const char *what,
                      uint32_t key, struct bound_thread **thread)
{
    bool is_synthetic = sqlite3_column_int64(bound->bounds, 7) == 1;

    *thread = moment->thread;
    if (strcmp(what, "load") == 0)
        return is_synthetic ? (uint32_t)TEXT_NONE : key;
    if (strcmp(what, "entry") == 0)
        return moment->is_main ? text_pool_add_text(bound->texts, "entry") : (uint32_t)TEXT_NONE;
    if (strcmp(what, "exit") != 0 || moment->process == NULL || moment->process->main_thread == 0)
        return TEXT_NONE;
    *thread = &bound->threads[moment->process->main_thread - 1]; /* whichever ended it */
    return text_pool_add_text(bound->texts, "exit");
}

static void add_gap(struct bound_rows *bound, const struct moment *moment, const char *what,
                    uint32_t key, struct buffer *row)
{
    struct bound_thread *thread;
    uint32_t point = find_point(bound, moment, what, key, &thread);
    bool is_gap = point != TEXT_NONE && thread != NULL && thread->point != TEXT_NONE &&
                  moment->own_ns >= thread->own_ns;
    const char *from = is_gap ? text_pool_text(bound->texts, thread->point) : "";

    row_add_text(row, from, strlen(from));
    row_add_null(row, !is_gap);
    if (is_gap)
        row_add_integer(row, moment->own_ns - thread->own_ns);
    if (point != TEXT_NONE && thread != NULL)
        *thread = (struct bound_thread){point, moment->own_ns};
}

/* The row of the bound that is at the moment. */
static int add_bound(struct bound_rows *bound, const struct moment *moment, struct buffer *row,
                     struct trail_error *error)
{
    sqlite3_stmt *from = bound->bounds;
    const char *what = (const char *)sqlite3_column_text(from, 1),
               *role = moment->process != NULL ? text_pool_text(bound->texts, moment->process->role)
                                               : "";
    struct row_uuid module;
    uint32_t key = TEXT_NONE;

    if (shared_uuid(bound->shared, SHARED_MODULE, sqlite3_column_int64(from, 5), &module, error) !=
            0 ||
        (strcmp(what, "load") == 0 &&
         find_key(bound, sqlite3_column_int64(from, 5), &key, error) != 0))
        return -1;
    row_add_text(row, role, strlen(role));
    row_add_column(row, from, 1, ROW_TEXT, false);
    row_add_column(row, from, 2, ROW_TEXT, false);
    if (key != TEXT_NONE)
        row_add_text(row, text_pool_text(bound->texts, key),
                     strlen(text_pool_text(bound->texts, key)));
    else
        row_add_column(row, from, 2, ROW_TEXT, false);
    row_add_column(row, from, 3, ROW_INTEGER, true);
    row_add_column(row, from, 4, ROW_INTEGER, true);
    row_add_integer(row, moment->seq);
    row_add_uuid(row, &module);
    row_add_column(row, from, 6, ROW_INTEGER, true);
    row_add_column(row, from, 7, ROW_INTEGER, false);
    row_add_column(row, from, 8, ROW_INTEGER, true);
    row_add_column(row, from, 9, ROW_INTEGER, false);
    row_add_integer(row, moment->net_ns);
    row_add_integer(row, moment->own_ns);
    add_gap(bound, moment, what, key, row);
    return 0;
}

static int next(struct row_source *source, struct buffer *row, struct trail_error *error)
{
    struct bound_rows *bound = (struct bound_rows *)source;
    struct pushed_run *run = bound->run;
    struct moment moment;
    int step;

    while ((step = sqlite3_step(bound->events)) == SQLITE_ROW) {
        if (take_event(bound, &moment, error) != 0)
            return -1;
        while (bound->bound_seq < moment.seq) /* details of no event: verify says so */
            if (step_bounds(bound, error) != 0)
                return -1;
        if (bound->bound_seq == moment.seq)
            return add_bound(bound, &moment, row, error) == 0 && step_bounds(bound, error) == 0
                       ? 1
                       : -1;
    }
    if (step != SQLITE_DONE)
        return sql_error(bound->shared->db, error);
    sqlite3_reset(bound->events);
    sqlite3_reset(bound->bounds);
    run->net_wall_ns =
        run->wall_ns > bound->clock.held_ns ? run->wall_ns - bound->clock.held_ns : 0;
    return 0;
}

int bound_rows_open(struct bound_rows *bound, struct shared_rows *shared, struct trail_error *error)
{
    bound_rows_release(bound);
    bound->shared = shared;
    bound->source = (struct row_source){
        "bound",
        "role, what, name, key, process_id, thread_id, seq, module_id, cpu_ns, synthetic, "
        "load_phase, t_ns, net_ns, own_ns, gap_from, gap_ns",
        begin, next};
    return (bound->texts = text_pool_new()) != NULL ? 0 : out_of_memory(error);
}

void bound_rows_release(struct bound_rows *bound)
{
    statements_release(&bound->statements);
    text_pool_free(bound->texts);
    tuple_map_release(&bound->keys);
    tuple_map_release(&bound->process_index);
    tuple_map_release(&bound->thread_index);
    free(bound->processes);
    free(bound->threads);
    memset(bound, 0, sizeof *bound);
}
