/*
 * See trace.h. Numbers of processes and threads are the system's where these say all (one run, in
 * which none is used twice), else they are made of the run's own.
 */
#include "trace.h"

#include "compare/model/tuple_map.h"
#include "event_kinds.h"
#include "sql.h"
#include "trace_process.h"
#include "viewer_sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_LANE = 1000000000,  /* numbers of tracks that are no threads */
    ID_AT_MOST = 100000000,   /* trailrec numbers from 1 */
    NUMBERS_AT_MOST = 100000, /* above that the system's are not looked through */
    ENDED = UINT32_MAX
};

static const int64_t latest_ns = INT64_MAX / 8;

enum statement { EVENTS, BOUNDS, PROCESS, THREAD, LOOKS, STATEMENTS };

struct tracing {
    struct trace_json json;
    struct trail_error *error;
    sqlite3 *db;
    sqlite3_int64 run;
    sqlite3_stmt *statements[STATEMENTS];
    bool has_kernel_times, has_real_numbers, is_one_of_several;
    int64_t base, first_flow; /* what is added to numbers and flows of this run */
    int64_t now_ns, wall_ns;
    bool has_wall; /* when the recording ended is known */
    struct trace_flows flows;
    struct tuple_map places; /* of a process's id: where it is in `processes`, from 1, or ENDED */
    struct trace_process *processes; /* of all that live; json is NULL where one may come */
    size_t process_count;
    struct progress *progress;
    int64_t events; /* of all runs, so far */
};

static int64_t time_of(sqlite3_stmt *row, int column)
{
    int64_t ns = sqlite3_column_int64(row, column);

    return ns < 0 ? 0 : ns > latest_ns ? latest_ns : ns;
}

static int out_of_memory(struct tracing *tracing)
{
    return error_set(tracing->error, TRAIL_FAILED, 0, "out of memory");
}

static char *copy(struct tracing *tracing, const char *text)
{
    char *copy = text != NULL ? malloc(strlen(text) + 1) : NULL;

    tracing->json.line.failed |= text != NULL && copy == NULL;
    return copy != NULL ? strcpy(copy, text) : NULL;
}

static char *copy_text(struct tracing *tracing, sqlite3_stmt *row, int column)
{
    return copy(tracing, (const char *)sqlite3_column_text(row, column));
}

/* Another number for it: even ones are processes, odd ones threads. */
static int64_t number_of(const struct tracing *tracing, int64_t id, int64_t real, bool is_thread)
{
    return tracing->has_real_numbers ? real : tracing->base + 2 * id + is_thread;
}

/* The row of a process or thread; NULL if there is none. To be reset. */
static sqlite3_stmt *find(struct tracing *tracing, enum statement which, int64_t id)
{
    sqlite3_stmt *row = tracing->statements[which];

    sqlite3_reset(row);
    sqlite3_bind_int64(row, 1, tracing->run);
    sqlite3_bind_int64(row, 2, id);
    return sqlite3_step(row) == SQLITE_ROW ? row : NULL;
}

static size_t free_place(struct tracing *tracing)
{
    struct trace_process *larger;

    for (size_t i = 0; i < tracing->process_count; i++)
        if (tracing->processes[i].json == NULL)
            return i;
    larger = realloc(tracing->processes, 2 * (tracing->process_count + 8) * sizeof *larger);
    if (larger == NULL)
        return SIZE_MAX;
    memset(larger + tracing->process_count, 0, (tracing->process_count + 16) * sizeof *larger);
    tracing->processes = larger;
    tracing->process_count = 2 * (tracing->process_count + 8);
    return tracing->process_count / 2 - 8;
}

static void name_process(struct tracing *tracing, struct trace_process *process, sqlite3_stmt *row,
                         int64_t id)
{
    const char *name = (const char *)sqlite3_column_text(row, 1);
    char text[64] = "";
    struct buffer whole = {0};

    if (tracing->is_one_of_several)
        buffer_format(&whole, "run %" PRId64 ": ", (int64_t)tracing->run);
    buffer_add_text(&whole, name != NULL ? name : "process");
    if (!tracing->has_real_numbers)
        snprintf(text, sizeof text, " (%lld)", (long long)sqlite3_column_int64(row, 0));
    buffer_add_text(&whole, text);
    trace_process_begin(process, buffer_text(&whole), (const char *)sqlite3_column_text(row, 2),
                        tracing->base + id);
    tracing->json.line.failed |= whole.failed;
    buffer_release(&whole);
}

/* Begins a process that is heard of for the first time. */
static struct trace_process *begin_process(struct tracing *tracing, int64_t id, uint32_t *place)
{
    sqlite3_stmt *row = find(tracing, PROCESS, id);
    size_t at = row != NULL ? free_place(tracing) : 0;
    struct trace_process *process;

    *place = ENDED;
    if (row == NULL)
        return NULL;
    if (at == SIZE_MAX) {
        tracing->json.line.failed = true;
        return NULL;
    }
    *place = (uint32_t)at + 1;
    process = &tracing->processes[at];
    memset(process, 0, sizeof *process);
    process->json = &tracing->json;
    process->flows = &tracing->flows;
    process->first_id = tracing->first_flow;
    process->has_kernel_times = tracing->has_kernel_times;
    for (int i = 0; i < TRACE_LANES; i++)
        process->tracks[i] =
            (struct trace_track){number_of(tracing, id, sqlite3_column_int64(row, 0), false),
                                 FIRST_LANE + (tracing->base + id) * TRACE_LANES + i};
    name_process(tracing, process, row, id);
    sqlite3_reset(row);
    return process;
}

/* The process of that id, NULL if nothing can be said of it. */
static struct trace_process *process_of(struct tracing *tracing, sqlite3_stmt *row, int column)
{
    int64_t id = sqlite3_column_int64(row, column);
    uint32_t *place;

    if (sqlite3_column_type(row, column) != SQLITE_INTEGER || id < 0 || id > ID_AT_MOST)
        return NULL;
    place = tuple_map_at(&tracing->places, (uint32_t)id, 0, 0);
    if (*place == ENDED)
        return NULL;
    return *place != 0 ? &tracing->processes[*place - 1] : begin_process(tracing, id, place);
}

/* A slice for the life of a thread, of a main thread with what its process was. */
static void put_thread(struct tracing *tracing, const struct trace_process *process, int64_t id)
{
    sqlite3_stmt *row = find(tracing, THREAD, id), *owner;
    struct trace_track track = {process->tracks[0].pid, 0};
    const char *name;
    int64_t from, to;

    if (row == NULL)
        return;
    track.tid = number_of(tracing, id, sqlite3_column_int64(row, 0), true);
    from = time_of(row, 2);
    to = sqlite3_column_type(row, 3) != SQLITE_NULL ? time_of(row, 3) : tracing->wall_ns;
    owner = sqlite3_column_int(row, 5) != 0 ? find(tracing, PROCESS, sqlite3_column_int64(row, 4))
                                            : NULL;
    trace_json_name(&tracing->json, "thread_name", &track, "name",
                    (const char *)sqlite3_column_text(row, 1));
    name =
        (const char *)(owner != NULL ? sqlite3_column_text(owner, 1) : sqlite3_column_text(row, 1));
    trace_json_slice(&tracing->json, name, &track, "thread", from);
    if (owner != NULL) {
        trace_json_text(&tracing->json, "command line",
                        (const char *)sqlite3_column_text(owner, 2));
        trace_json_text(&tracing->json, "exit", (const char *)sqlite3_column_text(owner, 5));
        trace_json_number(&tracing->json, "pid", sqlite3_column_int64(owner, 0));
    }
    trace_json_slice_done(&tracing->json, to > from ? to : from);
    sqlite3_reset(row);
}

static void put_point(struct tracing *tracing, const struct trace_track *track,
                      const char *category, const char *name, int64_t ns)
{
    trace_json_event(&tracing->json, 'i', name, track);
    trace_json_member(&tracing->json, category);
    trace_json_member(&tracing->json, "\"s\":\"t\"");
    trace_json_time(&tracing->json, ns);
}

/* The row of an event that bounds a gap; NULL: it is of a kind that does not, or synthetic. */
static sqlite3_stmt *find_bound(struct tracing *tracing, int kind, int64_t seq)
{
    static const uint32_t kinds = 1u << EVENT_CREATE_PROCESS | 1u << EVENT_EXIT_PROCESS |
                                  1u << EVENT_LOAD_DLL | 1u << EVENT_LOAD_FAILED |
                                  1u << EVENT_ENTRY_POINT | 1u << EVENT_MARK;

    return kind > 0 && kind < 32 && (kinds >> kind & 1) ? find(tracing, BOUNDS, seq) : NULL;
}

static char what_of(const char *word)
{
    if (word == NULL || strcmp(word, "exit") == 0)
        return 'x';
    return strcmp(word, "entry") == 0 ? 'n' : strcmp(word, "exec") == 0 ? 'c' : word[0];
}

static int take_bound(struct tracing *tracing, struct trace_process *process, sqlite3_stmt *row)
{
    bool has_phase = sqlite3_column_type(row, 6) != SQLITE_NULL;
    struct trace_bound bound = {
        .seq = sqlite3_column_int64(row, 0),
        .t_ns = time_of(row, 1),
        .event_ns = tracing->now_ns,
        .held_ns = process->held_ns,
        .cpu_ns = sqlite3_column_type(row, 5) != SQLITE_NULL ? time_of(row, 5) : TRACE_UNKNOWN,
        .by_seq = sqlite3_column_int64(row, 7),
        .what = what_of((const char *)sqlite3_column_text(row, 3)),
        .is_of_startup = has_phase && sqlite3_column_int(row, 6) == 0,
        .name = copy_text(tracing, row, 4),
        .why = copy_text(tracing, row, 8),
    };

    if (bound.name != NULL)
        return trace_process_bound(process, &bound) == 0 ? 0 : out_of_memory(tracing);
    free(bound.why);
    return out_of_memory(tracing);
}

static int end_process(struct tracing *tracing, struct trace_process *process, int64_t end_ns)
{
    int result = trace_process_end(process, end_ns);

    process->json = NULL;
    return result == 0 ? 0 : out_of_memory(tracing);
}

static int take_event(struct tracing *tracing, sqlite3_stmt *row)
{
    struct trace_process *process = process_of(tracing, row, 3);
    int64_t hold = sqlite3_column_int64(row, 2), thread = sqlite3_column_int64(row, 4);
    sqlite3_stmt *bound;
    int result = 0;

    tracing->now_ns = time_of(row, 1);
    if (process == NULL)
        return 0;
    if (sqlite3_column_int(row, 6) != 0 && thread >= 0 && thread <= ID_AT_MOST)
        put_thread(tracing, process, thread);
    if (sqlite3_column_type(row, 8) != SQLITE_NULL && sqlite3_column_type(row, 7) != SQLITE_NULL) {
        const struct trace_track track = {
            process->tracks[0].pid, number_of(tracing, thread, sqlite3_column_int64(row, 7), true)};
        put_point(tracing, &track, "\"cat\":\"event\"", (const char *)sqlite3_column_text(row, 8),
                  tracing->now_ns);
        trace_json_text(&tracing->json, "detail", (const char *)sqlite3_column_text(row, 9));
        trace_json_number(&tracing->json, "seq", sqlite3_column_int64(row, 0));
        trace_json_done(&tracing->json);
    }
    if ((bound = find_bound(tracing, sqlite3_column_int(row, 5), sqlite3_column_int64(row, 0))) !=
        NULL)
        result = take_bound(tracing, process, bound);
    process->held_ns += hold < 0 || hold > latest_ns >> 19 ? 0 : hold;
    if (result != 0 || sqlite3_column_int(row, 5) != EVENT_EXIT_PROCESS)
        return result;
    *tuple_map_at(&tracing->places, (uint32_t)sqlite3_column_int64(row, 3), 0, 0) = ENDED;
    return end_process(tracing, process, tracing->now_ns);
}

/* What had not ended when the recording did. */
static int take_end(struct tracing *tracing, struct trace_process *process)
{
    struct trace_bound bound = {.seq = INT64_MAX,
                                .t_ns = tracing->wall_ns,
                                .event_ns = tracing->wall_ns,
                                .held_ns = process->held_ns,
                                .cpu_ns = TRACE_UNKNOWN,
                                .what = 'x'};

    if (!tracing->has_wall)
        return 0;
    if ((bound.name = copy(tracing, "end")) == NULL)
        return out_of_memory(tracing);
    return trace_process_bound(process, &bound) == 0 ? 0 : out_of_memory(tracing);
}

static int take_events(struct tracing *tracing)
{
    sqlite3_stmt *rows = tracing->statements[EVENTS];
    int result = 0, step = SQLITE_DONE;

    while (result == 0 && (step = sqlite3_step(rows)) == SQLITE_ROW) {
        result = take_event(tracing, rows);
        if (result == 0)
            result = sink_check(tracing->json.sink, tracing->error);
        progress_to(tracing->progress, ++tracing->events);
    }
    if (result == 0 && step != SQLITE_DONE)
        result = sql_error(tracing->db, tracing->error);
    for (size_t i = 0; result == 0 && i < tracing->process_count; i++)
        if (tracing->processes[i].json != NULL &&
            (result = take_end(tracing, &tracing->processes[i])) == 0)
            result = end_process(tracing, &tracing->processes[i], tracing->wall_ns);
    return result;
}

static int take_looks(struct tracing *tracing)
{
    sqlite3_stmt *row = tracing->statements[LOOKS];
    int step;

    while ((step = sqlite3_step(row)) == SQLITE_ROW) {
        const struct trace_track track = {
            number_of(tracing, sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 3), false),
            number_of(tracing, sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 4), true)};
        put_point(tracing, &track, "\"cat\":\"look\"", (const char *)sqlite3_column_text(row, 5),
                  time_of(row, 0));
        trace_json_done(&tracing->json);
    }
    return step == SQLITE_DONE ? 0 : sql_error(tracing->db, tracing->error);
}

static int64_t ask(struct tracing *tracing, const char *sql)
{
    sqlite3_stmt *row = sql_prepare(tracing->db, sql, NULL);
    int64_t number = 0;

    sqlite3_bind_int64(row, 1, tracing->run);
    if (row != NULL && sqlite3_step(row) == SQLITE_ROW)
        number = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return number;
}

static bool are_numbers_unique(struct tracing *tracing)
{
    char sql[600];

    snprintf(sql, sizeof sql,
             "SELECT NOT EXISTS (SELECT 1 FROM main.thread WHERE run_id = ?1 LIMIT 1 OFFSET %d) "
             "AND (SELECT count(*) = count(DISTINCT pid) AND coalesce(min(pid) > 0 AND max(pid) < "
             "%d, 1) FROM main.process WHERE run_id = ?1) AND (SELECT count(*) = count(DISTINCT "
             "tid) AND coalesce(min(tid) > 0 AND max(tid) < %d, 1) FROM main.thread WHERE run_id "
             "= ?1)",
             (int)NUMBERS_AT_MOST, (int)FIRST_LANE, (int)FIRST_LANE);
    return ask(tracing, sql) != 0;
}

static int prepare(struct tracing *tracing)
{
    const char *const sql[STATEMENTS] = {[EVENTS] = sql_export_events,
                                         [BOUNDS] = sql_export_bounds,
                                         [PROCESS] = sql_export_process,
                                         [THREAD] = sql_export_thread,
                                         [LOOKS] = sql_export_looks};

    for (int i = 0; i < STATEMENTS; i++) {
        tracing->statements[i] = sql_prepare(tracing->db, sql[i], tracing->error);
        if (tracing->statements[i] == NULL)
            return -1;
        sqlite3_bind_int64(tracing->statements[i], 1, tracing->run);
    }
    tracing->has_kernel_times =
        ask(tracing, "SELECT EXISTS (SELECT 1 FROM main.event_load_dll WHERE run_id = ?1 AND "
                     "mapped_t_ns IS NOT NULL)") != 0;
    tracing->has_real_numbers = !tracing->is_one_of_several && are_numbers_unique(tracing);
    tracing->has_wall = ask(tracing, "SELECT wall_ns IS NOT NULL FROM main.run WHERE id = ?1") != 0;
    tracing->wall_ns =
        ask(tracing, "SELECT max(coalesce(wall_ns, 0), coalesce((SELECT t_ns FROM main.event WHERE "
                     "run_id = ?1 ORDER BY seq DESC LIMIT 1), 0)) FROM main.run WHERE id = ?1");
    tracing->wall_ns = tracing->wall_ns < 0 || tracing->wall_ns > latest_ns ? 0 : tracing->wall_ns;
    return trace_flows_read(&tracing->flows, tracing->db, tracing->run, tracing->error);
}

static void end_run(struct tracing *tracing)
{
    static const char last_id[] =
        "SELECT min(100000000, max(coalesce((SELECT max(id) FROM main.process WHERE run_id = ?1), "
        "0), coalesce((SELECT max(id) FROM main.thread WHERE run_id = ?1), 0)))";
    static const char last_seq[] = "SELECT coalesce(max(seq), 0) FROM main.event WHERE run_id = ?1";

    tracing->base += 2 * (ask(tracing, last_id) + 1);
    tracing->first_flow += ask(tracing, last_seq) & INT32_MAX;
    for (size_t i = 0; i < tracing->process_count; i++)
        if (tracing->processes[i].json != NULL)
            trace_process_end(&tracing->processes[i], 0);
    for (int i = 0; i < STATEMENTS; i++) {
        sqlite3_finalize(tracing->statements[i]);
        tracing->statements[i] = NULL;
    }
    free(tracing->processes);
    tracing->processes = NULL;
    tracing->process_count = 0;
    trace_flows_release(&tracing->flows);
    tuple_map_release(&tracing->places);
}

static int write_run(struct tracing *tracing, const struct trace_run *run)
{
    int result;

    tracing->db = run->db;
    tracing->run = run->run;
    result =
        prepare(tracing) != 0 || take_events(tracing) != 0 || take_looks(tracing) != 0 ? -1 : 0;
    end_run(tracing);
    if (result == 0 && (tracing->json.line.failed || tracing->places.failed))
        result = out_of_memory(tracing);
    return result == 0
               ? 0
               : error_context(tracing->error, "cannot export run %lld", (long long)run->run);
}

int trace_write(struct sink *sink, const struct trace_run *runs, size_t count,
                struct progress *progress, struct trail_error *error)
{
    struct tracing tracing = {.json = {.sink = sink},
                              .error = error,
                              .is_one_of_several = count > 1,
                              .progress = progress};
    int result = 0;

    trace_json_begin(&tracing.json);
    for (size_t i = 0; result == 0 && i < count; i++)
        result = write_run(&tracing, &runs[i]);
    if (result == 0)
        result = trace_json_end(&tracing.json, "\"displayTimeUnit\":\"ns\"", error);
    trace_json_release(&tracing.json);
    return result;
}
