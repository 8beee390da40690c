/*
 * See recordings_read.h. Whatever a hostile file has in a column, SQLite makes a number or
 * a text of it.
 */
#include "recordings_read.h"

#include "array.h"
#include "place.h"
#include "reading.h"
#include "reading_details.h"
#include "reading_modules.h"
#include "sql.h"
#include "viewer_sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Runs a statement over ?1 = the run and hands each row over. */
static int each_row(struct reading *reading, const char *sql,
                    int (*take)(struct reading *, sqlite3_stmt *))
{
    sqlite3_stmt *rows = statements_get(reading->statements, reading->db, sql, reading->error);
    int step = SQLITE_DONE, result = 0;

    if (rows == NULL)
        return -1;
    sqlite3_bind_int64(rows, 1, reading->recording->run);
    while (result == 0 && (step = sqlite3_step(rows)) == SQLITE_ROW)
        result = take(reading, rows);
    if (result == 0 && step != SQLITE_DONE)
        result = sql_error(reading->db, reading->error);
    sqlite3_reset(rows);
    return result;
}

static int take_run(struct reading *reading, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;
    struct buffer *scratch = &reading->all->scratch;
    const char *labels = (const char *)sqlite3_column_text(row, 6);
    const char *os, *mode;

    recording->command_line = reading_text(reading, row, 0);
    recording->os = reading_text(reading, row, 1);
    recording->state = reading_text(reading, row, 2);
    os = recordings_text(reading->all, recording->os);
    mode = (const char *)sqlite3_column_text(row, 3);
    recording->folds_case = strncmp(os, "Windows", 7) == 0;
    recording->is_attach = mode != NULL && strcmp(mode, "attach") == 0;
    recording->wall_ns = sqlite3_column_int64(row, 4);
    /* only a damaged file says so */
    if (recording->wall_ns < 0 || recording->wall_ns > INT64_MAX / 4)
        recording->wall_ns = 0;
    recording->hold_ns = sqlite3_column_int64(row, 5);
    recording->start_utc_ns = sqlite3_column_int64(row, 7);
    buffer_format(scratch, "run %" PRId64, recording->run);
    if (labels != NULL) {
        buffer_add_char(scratch, ' ');
        buffer_add_text(scratch, labels);
    }
    recording->title = recordings_scratch_text(reading->all);
    return 0;
}

static int compare_id(const void *item, const void *key)
{
    int64_t id, wanted = *(const int64_t *)key;

    memcpy(&id, item, sizeof id); /* the first member of processes and threads */
    return (id > wanted) - (id < wanted);
}

/* Positions are found by id: both lists come in the order of their ids. */
static size_t find_process(const struct recording *recording, int64_t id)
{
    const struct recorded_process *processes = recording->processes;
    size_t at = (size_t)id - 1;

    if (at < recording->process_count && processes[at].id == id) /* a recorder counts from 1 */
        return at;
    at = array_lower_bound(processes, recording->process_count, sizeof *processes, &id, compare_id);
    return at < recording->process_count && processes[at].id == id ? at : RECORDING_NONE;
}

static size_t find_thread(const struct recording *recording, int64_t id)
{
    const struct recorded_thread *threads = recording->threads;
    size_t at = (size_t)id - 1;

    if (at < recording->thread_count && threads[at].id == id)
        return at;
    at = array_lower_bound(threads, recording->thread_count, sizeof *threads, &id, compare_id);
    return at < recording->thread_count && threads[at].id == id ? at : RECORDING_NONE;
}

static int take_process(struct reading *reading, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;
    struct recorded_process *process;
    int64_t parent = reading_number(row, 2);

    if (reading_make_room(reading, &recording->processes, recording->process_count,
                          sizeof *process) != 0)
        return -1;
    process = &recording->processes[recording->process_count];
    memset(process, 0, sizeof *process);
    process->id = sqlite3_column_int64(row, 0);
    process->pid = sqlite3_column_int64(row, 1);
    process->parent =
        parent == RECORDING_UNKNOWN ? RECORDING_NONE : find_process(recording, parent);
    if (reading_module(reading, reading_number(row, 3), &process->module) != 0)
        return -1;
    recording->process_count++;
    process->main_thread = RECORDING_NONE;
    process->command_line = reading_text(reading, row, 4);
    process->load_detection = reading_text(reading, row, 5);
    process->start_seq = reading_number(row, 6);
    process->end_seq = reading_number(row, 7);
    process->start_net_ns = process->end_net_ns = process->entry_net_ns = RECORDING_UNKNOWN;
    process->end_own_ns = process->entry_own_ns = RECORDING_UNKNOWN;
    process->exit_code = reading_number(row, 8);
    process->via = reading_text(reading, row, 9);
    process->exit_signal = reading_text(reading, row, 10);
    if (process->module != RECORDING_NONE) {
        process->name = reading->all->modules[process->module].name;
        process->key = reading->all->modules[process->module].key;
    }
    return 0;
}

static int take_thread(struct reading *reading, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;
    struct recorded_thread *thread;
    struct buffer *scratch = &reading->all->scratch;
    size_t module, process = find_process(recording, sqlite3_column_int64(row, 1));

    if (process == RECORDING_NONE)
        return 0;
    if (reading_make_room(reading, &recording->threads, recording->thread_count, sizeof *thread) !=
        0)
        return -1;
    thread = &recording->threads[recording->thread_count];
    memset(thread, 0, sizeof *thread);
    thread->id = sqlite3_column_int64(row, 0);
    thread->process = process;
    thread->tid = sqlite3_column_int64(row, 2);
    thread->name = reading_text(reading, row, 3);
    if (reading_module(reading, reading_number(row, 4), &module) != 0)
        return -1;
    recording->thread_count++;
    thread->start_key = module != RECORDING_NONE ? reading->all->modules[module].key : TEXT_NONE;
    thread->start_module = module;
    thread->start_offset = reading_number(row, 5);
    thread->start_seq = reading_number(row, 6);
    thread->end_seq = reading_number(row, 7);
    thread->start_net_ns = thread->start_own_ns = thread->end_net_ns = RECORDING_UNKNOWN;
    thread->is_main = recording->processes[process].main_thread == RECORDING_NONE;
    if (thread->is_main)
        recording->processes[process].main_thread = recording->thread_count - 1;
    else if (thread->start_seq == RECORDING_UNKNOWN)
        recording->processes[process].unseen_threads++;
    if (!thread->is_main && thread->name == TEXT_NONE) {
        buffer_add_text(scratch,
                        module != RECORDING_NONE
                            ? recordings_text(reading->all, reading->all->modules[module].name)
                            : "thread");
        if (thread->start_offset != RECORDING_UNKNOWN)
            buffer_format(scratch, "+0x%" PRIx64, (uint64_t)thread->start_offset);
    } else if (!thread->is_main) {
        buffer_add_text(scratch, recordings_text(reading->all, thread->name));
    }
    thread->role = recordings_scratch_text(reading->all);
    return 0;
}

static int take_variable(struct reading *reading, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;

    if (reading_make_room(reading, &recording->variables, recording->variable_count,
                          sizeof *recording->variables) != 0)
        return -1;
    recording->variables[recording->variable_count++] = (struct recorded_variable){
        .name = reading_text(reading, row, 0),
        .value = reading_text(reading, row, 1),
        .steers = sqlite3_column_int(row, 2) == 1,
        .is_variable = sqlite3_column_int(row, 2) != 0,
    };
    return 0;
}

static int take_look(struct reading *reading, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;

    if (reading_make_room(reading, &recording->looks, recording->look_count,
                          sizeof *recording->looks) != 0)
        return -1;
    recording->looks[recording->look_count++] = (struct recorded_look){
        .t_ns = sqlite3_column_int64(row, 0),
        .process = find_process(recording, sqlite3_column_int64(row, 1)),
        .thread = find_thread(recording, sqlite3_column_int64(row, 2)),
        .is_computing = sqlite3_column_int(row, 3) != 0,
        .is_unseen = sqlite3_column_int(row, 3) > 1,
        .call = reading_text(reading, row, 4),
        .caller = reading_text(reading, row, 5),
    };
    return 0;
}

/* The looks before an event stand behind the event before it. */
static void place_looks(struct reading *reading, int64_t seq, int64_t t_ns)
{
    struct recording *recording = reading->recording;

    while (reading->looks_placed < recording->look_count &&
           recording->looks[reading->looks_placed].t_ns < t_ns)
        recording->looks[reading->looks_placed++].seq = seq - 1;
}

static int take_conclusion(struct reading *reading, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;
    int64_t seq = reading_number(row, 0);

    for (size_t i = 0; i < recording->process_count; i++) {
        const struct recorded_process *process = &recording->processes[i];
        if (process->end_seq == seq)
            return reading_add_failure(reading, &(struct recorded_failure){
                                                    .seq = seq,
                                                    .t_ns = process->end_t_ns,
                                                    .net_ns = process->end_net_ns,
                                                    .process = i,
                                                    .thread = RECORDING_NONE,
                                                    .name = reading_text(reading, row, 1),
                                                    .words = reading_text(reading, row, 2),
                                                    .is_module = true,
                                                });
    }
    return 0;
}

/* A DLL or an entry point was not found, or a DLL did not want to start. */
static bool is_loaders_end(int64_t exit_code)
{
    return exit_code == 0xC0000135 || exit_code == 0xC0000139 || exit_code == 0xC0000142;
}

static int read_conclusions(struct reading *reading)
{
    const struct recording *recording = reading->recording;
    bool is_worth_it = false;

    for (size_t i = 0; i < recording->process_count; i++)
        is_worth_it |= is_loaders_end(recording->processes[i].exit_code);
    return is_worth_it && !reading->all->only_loads
               ? each_row(reading, sql_recording_conclusions, take_conclusion)
               : 0;
}

/*
 * The time net of what was held until then: the union of [t, t + hold) over the events before. Adds
 * what is held for this event.
 */
static int64_t net_time(struct hold_clock *clock, int64_t t, int64_t hold)
{
    int64_t until = clock->until_ns;
    /* of what was counted, the part after t is still to come */
    int64_t net = t - (clock->held_ns - (until > t ? until - t : 0));

    if (t + hold > until) {
        clock->held_ns += t + hold - (until > t ? until : t);
        clock->until_ns = t + hold;
    }
    return net;
}

static void take_times(struct reading *reading, struct moment *moment, int64_t hold)
{
    int64_t t = moment->t_ns;

    if (t < reading->last_ns || t > INT64_MAX / 4) /* only a damaged file says so */
        t = reading->last_ns;
    if (hold < 0 || hold > INT64_MAX / 4)
        hold = 0;
    reading->last_ns = t;
    moment->net_ns = net_time(&reading->clock, t, hold);
    moment->own_ns = moment->process != RECORDING_NONE
                         ? net_time(&reading->own_clock[moment->process], t, hold)
                         : moment->net_ns;
}

/* Where the event begins or ends its process or thread. */
static void take_lives(struct reading *reading, const struct moment *moment)
{
    struct recording *recording = reading->recording;
    struct recorded_process *process =
        moment->process != RECORDING_NONE ? &recording->processes[moment->process] : NULL;
    struct recorded_thread *thread =
        moment->thread != RECORDING_NONE ? &recording->threads[moment->thread] : NULL;

    if (process != NULL && process->start_seq == moment->seq)
        process->start_net_ns = moment->net_ns;
    if (process != NULL && process->end_seq == moment->seq) {
        process->end_net_ns = moment->net_ns;
        process->end_own_ns = moment->own_ns;
        process->end_t_ns = moment->t_ns;
    }
    if (thread != NULL && thread->start_seq == moment->seq) {
        thread->start_net_ns = moment->net_ns;
        thread->start_own_ns = moment->own_ns;
        thread->is_synthetic = moment->is_synthetic;
    }
    if (thread != NULL && thread->end_seq == moment->seq)
        thread->end_net_ns = moment->net_ns;
}

/* Most threads end with their process. */
static void settle_ends(struct recording *recording)
{
    for (size_t i = 0; i < recording->thread_count; i++) {
        struct recorded_thread *thread = &recording->threads[i];
        const struct recorded_process *process = &recording->processes[thread->process];
        if (thread->end_net_ns == RECORDING_UNKNOWN && thread->end_seq != RECORDING_UNKNOWN &&
            thread->end_seq == process->end_seq)
            thread->end_net_ns = process->end_net_ns;
    }
}

/* The next row of details is at or after an event, or there is none. */
static int step_details(struct reading *reading)
{
    int step = sqlite3_step(reading->details);

    if (step != SQLITE_ROW && step != SQLITE_DONE)
        return sql_error(reading->db, reading->error);
    reading->details_seq =
        step == SQLITE_ROW ? sqlite3_column_int64(reading->details, 1) : INT64_MAX;
    return 0;
}

/* Only gaps that were looked into are told of with their CPU time. */
static int take_cpu(struct reading *reading, int64_t seq, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;

    if (recording->look_count == 0 || sqlite3_column_type(row, 6) != SQLITE_INTEGER)
        return 0;
    if (reading_make_room(reading, &recording->cpus, recording->cpu_count,
                          sizeof *recording->cpus) != 0)
        return -1;
    recording->cpus[recording->cpu_count++] =
        (struct recorded_cpu){seq, sqlite3_column_int64(row, 6)};
    return 0;
}

static int take_event(struct reading *reading, sqlite3_stmt *row)
{
    struct moment moment = {
        .seq = sqlite3_column_int64(row, 0),
        .t_ns = sqlite3_column_int64(row, 1),
        .process = find_process(reading->recording, sqlite3_column_int64(row, 3)),
        .thread = find_thread(reading->recording, sqlite3_column_int64(row, 4)),
        .is_synthetic = sqlite3_column_int64(row, 5) == 1,
    };
    int result = take_cpu(reading, moment.seq, row);

    take_times(reading, &moment, sqlite3_column_int64(row, 2));
    place_looks(reading, moment.seq, moment.t_ns);
    take_lives(reading, &moment);
    while (reading->details_seq <= moment.seq && reading->details_seq != INT64_MAX && result == 0) {
        if (reading->details_seq == moment.seq) /* else details of no event: verify says so */
            result = reading_take_detail(reading, &moment, reading->details);
        if (result == 0)
            result = step_details(reading);
    }
    return result;
}

/* Events and, beside them, their details. */
static int read_events(struct reading *reading)
{
    struct recording *recording = reading->recording;
    int result = -1;

    reading->own_clock = calloc(recording->process_count + 1, sizeof *reading->own_clock);
    if (reading->own_clock == NULL)
        return reading_out_of_memory(reading);
    if ((reading->details = statements_get(reading->statements, reading->db, sql_recording_details,
                                           reading->error)) == NULL)
        return -1;
    sqlite3_bind_int64(reading->details, 1, recording->run);
    sqlite3_bind_int(reading->details, 2, !reading->all->only_loads);
    if (step_details(reading) == 0)
        result = each_row(reading, sql_recording_events, take_event);
    sqlite3_reset(reading->details);
    place_looks(reading, INT64_MAX, INT64_MAX);
    settle_ends(recording);
    recording->net_wall_ns = recording->wall_ns > reading->clock.held_ns
                                 ? recording->wall_ns - reading->clock.held_ns
                                 : 0;
    return result;
}

/* What {temp} stands for besides the usual ones. */
static void settle_temps(struct reading *reading)
{
    static const char *const names[PLACE_TEMPS] = {"TMPDIR", "TMP", "TEMP"};
    struct recording *recording = reading->recording;
    struct recordings *all = reading->all;

    for (size_t i = 0; i < recording->variable_count; i++)
        for (size_t k = 0; k < PLACE_TEMPS; k++) {
            const struct recorded_variable *variable = &recording->variables[i];
            struct buffer file = {0};
            if (!variable->steers || strcmp(recordings_text(all, variable->name), names[k]) != 0)
                continue;
            buffer_add_text(&file, recordings_text(all, variable->value));
            while (file.length > 1 && strchr("/\\", file.data[file.length - 1]) != NULL)
                file.data[--file.length] = '\0';
            buffer_add_text(&file, "/x");
            place_add_folder(&all->scratch, buffer_text(&file), recording->folds_case);
            recording->temps[k] = recordings_scratch_text(all);
            all->scratch.failed |= file.failed;
            buffer_release(&file);
        }
}

/* The folder of the launched program, which {app} stands for. */
static void settle_app(struct reading *reading)
{
    struct recording *recording = reading->recording;
    struct recordings *all = reading->all;

    if (recording->process_count > 0 && recording->processes[0].module != RECORDING_NONE) {
        place_add_folder(&all->scratch,
                         recordings_text(all, all->modules[recording->processes[0].module].path),
                         recording->folds_case);
        recording->app = recordings_scratch_text(all);
    }
    for (size_t i = 0; i < recording->process_count; i++)
        recording->processes[i].place = reading_place(reading, recording->processes[i].module);
}

static int read_all(struct reading *reading)
{
    if (each_row(reading, sql_recording_run, take_run) != 0 ||
        each_row(reading, sql_recording_processes, take_process) != 0 ||
        each_row(reading, sql_recording_threads, take_thread) != 0 ||
        each_row(reading, sql_recording_surroundings, take_variable) != 0)
        return -1;
    settle_temps(reading);
    settle_app(reading);
    if (each_row(reading, sql_recording_looks, take_look) != 0 || read_events(reading) != 0 ||
        read_conclusions(reading) != 0)
        return -1;
    return recordings_have_failed(reading->all) ? reading_out_of_memory(reading) : 0;
}

int recordings_read(struct recordings *recordings, struct statements *statements, sqlite3 *db,
                    const char *path, int64_t run, struct trail_error *error)
{
    struct reading reading = {
        .all = recordings, .statements = statements, .db = db, .error = error};
    int result = -1;

    if (reading_make_room(&reading, &recordings->items, recordings->count,
                          sizeof *recordings->items) != 0)
        return -1;
    reading.recording = &recordings->items[recordings->count++];
    *reading.recording = (struct recording){.path = path, .run = run};
    reading.file = text_pool_add_text(recordings->texts, path);
    if ((reading.module = statements_get(statements, db, sql_recording_module, error)) != NULL)
        result = read_all(&reading);
    tuple_map_release(&reading.places);
    free(reading.own_clock);
    return result == 0 ? 0 : error_context(error, "cannot read run %" PRId64 " of '%s'", run, path);
}
