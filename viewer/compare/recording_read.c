/* Reading a run: see recording.h. Whatever a hostile file has in a column, SQLite makes a number or a text of it. */
#include "recording_index.h"

#include "db.h"
#include "event_kinds.h"
#include "module_key.h"
#include "place.h"
#include "text.h"
#include "viewer_sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct recordings *all;
    struct recording *recording;
    sqlite3 *db;
    sqlite3_stmt *module;
    struct moment *moments; /* all events, by seq */
    size_t moment_count;
    struct trail_error *error;
};

static int out_of_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

static uint32_t text(struct reading *reading, sqlite3_stmt *row, int column)
{
    const char *value = (const char *)sqlite3_column_text(row, column);

    return value == NULL ? TEXT_NONE : text_pool_add(reading->all->texts, value, strlen(value));
}

static int64_t number(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? RECORDING_UNKNOWN : sqlite3_column_int64(row, column);
}

/* Runs a statement over ?1 = the run and hands each row over. */
static int each_row(struct reading *reading, const char *sql, int (*take)(struct reading *, sqlite3_stmt *))
{
    sqlite3_stmt *rows = db_prepare(reading->db, sql, reading->error);
    int step = SQLITE_DONE, result = 0;

    if (rows == NULL)
        return -1;
    sqlite3_bind_int64(rows, 1, reading->recording->run);
    while (result == 0 && (step = sqlite3_step(rows)) == SQLITE_ROW)
        result = take(reading, rows);
    if (result == 0 && step != SQLITE_DONE)
        result = db_error(reading->db, reading->error);
    sqlite3_finalize(rows);
    return result;
}

static int take_run(struct reading *reading, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;
    struct buffer *scratch = &reading->all->index->scratch;
    const char *labels = (const char *)sqlite3_column_text(row, 6);
    const char *os, *mode;

    recording->command_line = text(reading, row, 0);
    recording->os = text(reading, row, 1);
    recording->state = text(reading, row, 2);
    os = recordings_text(reading->all, recording->os);
    mode = (const char *)sqlite3_column_text(row, 3);
    recording->folds_case = strncmp(os, "Windows", 7) == 0;
    recording->is_attach = mode != NULL && strcmp(mode, "attach") == 0;
    recording->wall_ns = sqlite3_column_int64(row, 4);
    if (recording->wall_ns < 0 || recording->wall_ns > INT64_MAX / 4) /* only a damaged file says so */
        recording->wall_ns = 0;
    recording->hold_ns = sqlite3_column_int64(row, 5);
    recording->start_utc_ns = sqlite3_column_int64(row, 7);
    buffer_format(scratch, "run %" PRId64, recording->run);
    if (labels != NULL) {
        buffer_add_char(scratch, ' ');
        buffer_add_text(scratch, labels);
    }
    recording->title = recordings_scratch(reading->all);
    return 0;
}

/* Positions are found by id: both lists come in the order of their ids. */
static size_t find_process(const struct recording *recording, int64_t id)
{
    size_t low = 0, high = recording->process_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (recording->processes[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < recording->process_count && recording->processes[low].id == id ? low : RECORDING_NONE;
}

static size_t find_thread(const struct recording *recording, int64_t id)
{
    size_t low = 0, high = recording->thread_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (recording->threads[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < recording->thread_count && recording->threads[low].id == id ? low : RECORDING_NONE;
}

static const struct moment *find_moment(const struct reading *reading, int64_t seq)
{
    size_t low = 0, high = reading->moment_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (reading->moments[middle].seq < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low < reading->moment_count && reading->moments[low].seq == seq ? &reading->moments[low] : NULL;
}

static int take_module(struct reading *reading, sqlite3_stmt *row)
{
    struct recordings *all = reading->all;
    struct recorded_module *modules = recordings_room(all->modules, all->module_count, sizeof *modules), *module;

    if (modules == NULL)
        return out_of_memory(reading->error);
    all->modules = modules;
    module = &modules[all->module_count++];
    memset(module, 0, sizeof *module);
    module->name = text(reading, row, 0);
    module->path = text(reading, row, 1);
    module_key_add(&all->index->scratch, recordings_text(all, module->name), reading->recording->folds_case);
    module->key = recordings_scratch(all);
    module->identity = (struct identity){text(reading, row, 2), text(reading, row, 3), text(reading, row, 4),
                                         sqlite3_column_int64(row, 5), sqlite3_column_int64(row, 6), sqlite3_column_int64(row, 7),
                                         sqlite3_column_int64(row, 8)};
    return 0;
}

static int read_module(struct reading *reading, int64_t id, size_t *position)
{
    int step, result = 0;

    *position = reading->all->module_count;
    sqlite3_bind_int64(reading->module, 1, id);
    step = sqlite3_step(reading->module);
    if (step == SQLITE_ROW)
        result = take_module(reading, reading->module);
    else if (step == SQLITE_DONE)
        *position = RECORDING_NONE;
    else
        result = db_error(reading->db, reading->error);
    sqlite3_reset(reading->module);
    return result;
}

static struct module_slot *slot_of(const struct recordings_index *index, sqlite3 *db, int64_t id)
{
    size_t at = ((size_t)id * 2654435761u ^ (size_t)(uintptr_t)db >> 4) & (index->slot_count - 1);

    while (index->slots[at].db != NULL && (index->slots[at].db != db || index->slots[at].id != id))
        at = (at + 1) & (index->slot_count - 1);
    return &index->slots[at];
}

static int grow_slots(struct recordings_index *index, struct trail_error *error)
{
    struct recordings_index larger = *index;

    larger.slot_count = index->slot_count > 0 ? 2 * index->slot_count : 256;
    if ((larger.slots = calloc(larger.slot_count, sizeof *larger.slots)) == NULL)
        return out_of_memory(error);
    for (size_t i = 0; i < index->slot_count; i++)
        if (index->slots[i].db != NULL)
            *slot_of(&larger, index->slots[i].db, index->slots[i].id) = index->slots[i];
    free(index->slots);
    *index = larger;
    return 0;
}

/* The position of a module of this file in `modules`, read once; RECORDING_NONE if there is no such row. */
static int find_module(struct reading *reading, int64_t id, size_t *position)
{
    struct recordings_index *index = reading->all->index;
    struct module_slot *slot;

    *position = RECORDING_NONE;
    if (id == RECORDING_UNKNOWN)
        return 0;
    if (2 * index->slots_used >= index->slot_count && grow_slots(index, reading->error) != 0)
        return -1;
    slot = slot_of(index, reading->db, id);
    if (slot->db == NULL) {
        size_t module;
        if (read_module(reading, id, &module) != 0)
            return -1;
        *slot = (struct module_slot){reading->db, id, module};
        index->slots_used++;
    }
    *position = slot->module;
    return 0;
}

static uint32_t place_of(struct reading *reading, size_t module)
{
    struct recordings *all = reading->all;

    if (module == RECORDING_NONE)
        return TEXT_NONE;
    place_add(&all->index->scratch, recordings_text(all, all->modules[module].path), recordings_text(all, reading->recording->app),
              reading->recording->folds_case);
    return recordings_scratch(all);
}

static int take_process(struct reading *reading, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;
    struct recorded_process *processes = recordings_room(recording->processes, recording->process_count, sizeof *processes), *process;
    int64_t parent = number(row, 2);

    if (processes == NULL)
        return out_of_memory(reading->error);
    recording->processes = processes;
    process = &processes[recording->process_count];
    memset(process, 0, sizeof *process);
    process->id = sqlite3_column_int64(row, 0);
    process->pid = sqlite3_column_int64(row, 1);
    process->parent = parent == RECORDING_UNKNOWN ? RECORDING_NONE : find_process(recording, parent);
    if (find_module(reading, number(row, 3), &process->module) != 0)
        return -1;
    recording->process_count++;
    process->main_thread = RECORDING_NONE;
    process->command_line = text(reading, row, 4);
    process->load_detection = text(reading, row, 5);
    process->start_seq = number(row, 6);
    process->end_seq = number(row, 7);
    process->exit_code = number(row, 8);
    process->via = text(reading, row, 9);
    process->exit_signal = text(reading, row, 10);
    if (process->module != RECORDING_NONE) {
        process->name = reading->all->modules[process->module].name;
        process->key = reading->all->modules[process->module].key;
    }
    return 0;
}

static int take_thread(struct reading *reading, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;
    struct recorded_thread *threads = recordings_room(recording->threads, recording->thread_count, sizeof *threads), *thread;
    struct buffer *scratch = &reading->all->index->scratch;
    size_t module, process = find_process(recording, sqlite3_column_int64(row, 1));

    if (threads == NULL)
        return out_of_memory(reading->error);
    recording->threads = threads;
    if (process == RECORDING_NONE)
        return 0;
    thread = &threads[recording->thread_count];
    memset(thread, 0, sizeof *thread);
    thread->id = sqlite3_column_int64(row, 0);
    thread->process = process;
    thread->tid = sqlite3_column_int64(row, 2);
    thread->name = text(reading, row, 3);
    if (find_module(reading, number(row, 4), &module) != 0)
        return -1;
    recording->thread_count++;
    thread->start_key = module != RECORDING_NONE ? reading->all->modules[module].key : TEXT_NONE;
    thread->start_offset = number(row, 5);
    thread->start_seq = number(row, 6);
    thread->end_seq = number(row, 7);
    thread->is_main = recording->processes[process].main_thread == RECORDING_NONE;
    if (thread->is_main)
        recording->processes[process].main_thread = recording->thread_count - 1;
    if (!thread->is_main && thread->name == TEXT_NONE) {
        buffer_add_text(scratch, module != RECORDING_NONE ? recordings_text(reading->all, reading->all->modules[module].name) : "thread");
        if (thread->start_offset != RECORDING_UNKNOWN)
            buffer_format(scratch, "+0x%" PRIx64, (uint64_t)thread->start_offset);
    } else if (!thread->is_main) {
        buffer_add_text(scratch, recordings_text(reading->all, thread->name));
    }
    thread->role = recordings_scratch(reading->all);
    return 0;
}

static int take_moment(struct reading *reading, sqlite3_stmt *row)
{
    struct moment *moments = recordings_room(reading->moments, reading->moment_count, sizeof *moments);
    int64_t hold = sqlite3_column_int64(row, 2);

    if (moments == NULL)
        return out_of_memory(reading->error);
    reading->moments = moments;
    moments[reading->moment_count++] = (struct moment){
        .seq = sqlite3_column_int64(row, 0),
        .t_ns = sqlite3_column_int64(row, 1),
        .net_ns = hold > 0 ? hold : 0, /* for now; settle_times makes net times of them */
        .process = find_process(reading->recording, sqlite3_column_int64(row, 3)),
        .thread = find_thread(reading->recording, sqlite3_column_int64(row, 4)),
        .is_synthetic = sqlite3_column_int64(row, 5) == 1,
    };
    return 0;
}

/* Subtracts from each time the part of it in which a thread was held: the union of [t, t + hold) over the events before. */
static void settle_times(struct reading *reading)
{
    int64_t held = 0, held_until = 0, last = 0;

    for (size_t i = 0; i < reading->moment_count; i++) {
        struct moment *moment = &reading->moments[i];
        int64_t hold = moment->net_ns, t = moment->t_ns, ahead;
        if (t < last || t > INT64_MAX / 4) /* only a damaged file says so */
            t = last;
        last = t;
        ahead = held_until > t ? held_until - t : 0; /* of what was counted, this part is still to come */
        moment->net_ns = t - (held - ahead);
        if (hold > INT64_MAX / 4)
            hold = 0;
        if (t + hold > held_until) {
            held += t + hold - (held_until > t ? held_until : t);
            held_until = t + hold;
        }
    }
    reading->recording->net_wall_ns = reading->recording->wall_ns > held ? reading->recording->wall_ns - held : 0;
}

static int64_t net_time(const struct reading *reading, int64_t seq)
{
    const struct moment *moment = seq == RECORDING_UNKNOWN ? NULL : find_moment(reading, seq);

    return moment != NULL ? moment->net_ns : RECORDING_UNKNOWN;
}

static void settle_lives(struct reading *reading)
{
    for (size_t i = 0; i < reading->recording->process_count; i++) {
        struct recorded_process *process = &reading->recording->processes[i];
        process->start_net_ns = net_time(reading, process->start_seq);
        process->end_net_ns = net_time(reading, process->end_seq);
    }
    for (size_t i = 0; i < reading->recording->thread_count; i++) {
        struct recorded_thread *thread = &reading->recording->threads[i];
        const struct moment *start = thread->start_seq == RECORDING_UNKNOWN ? NULL : find_moment(reading, thread->start_seq);
        thread->start_net_ns = start != NULL ? start->net_ns : RECORDING_UNKNOWN;
        thread->is_synthetic = start != NULL && start->is_synthetic;
        thread->end_net_ns = net_time(reading, thread->end_seq);
    }
}

static int take_load(struct reading *reading, const struct moment *moment, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;
    struct recorded_load *loads = recordings_room(recording->loads, recording->load_count, sizeof *loads);
    size_t module;

    if (loads == NULL)
        return out_of_memory(reading->error);
    recording->loads = loads;
    if (find_module(reading, number(row, 2), &module) != 0)
        return -1;
    if (module == RECORDING_NONE)
        return 0;
    loads[recording->load_count++] = (struct recorded_load){
        .seq = moment->seq,
        .t_ns = moment->t_ns,
        .net_ns = moment->net_ns,
        .unload_net_ns = net_time(reading, number(row, 4)),
        .module = module,
        .process = moment->process,
        .thread = moment->thread,
        .name = reading->all->modules[module].name,
        .place = place_of(reading, module),
        .cause = text(reading, row, 7),
        .time_source = text(reading, row, 8),
        .is_synthetic = moment->is_synthetic,
    };
    return 0;
}

/* The first of each of the two codes (64 and 32 bits) in a process. */
static bool is_loader_breakpoint(const struct reading *reading, const struct moment *moment, int64_t code)
{
    unsigned bit = code == 0x80000003 ? 1 : code == 0x4000001F ? 2 : 0;
    struct recorded_process *process = moment->process != RECORDING_NONE ? &reading->recording->processes[moment->process] : NULL;
    bool is_first = process != NULL && bit != 0 && !(process->loader_breakpoints & bit);

    if (is_first)
        process->loader_breakpoints |= bit;
    return is_first;
}

static int take_exception(struct reading *reading, const struct moment *moment, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;
    struct recorded_exception *exceptions = recordings_room(recording->exceptions, recording->exception_count, sizeof *exceptions);
    bool is_windows = sqlite3_column_int64(row, 6) != 0;
    size_t module;

    if (exceptions == NULL)
        return out_of_memory(reading->error);
    recording->exceptions = exceptions;
    if (find_module(reading, number(row, 2), &module) != 0)
        return -1;
    exceptions[recording->exception_count] = (struct recorded_exception){
        .seq = moment->seq,
        .net_ns = moment->net_ns,
        .process = moment->process,
        .thread = moment->thread,
        .what = text(reading, row, sqlite3_column_type(row, 8) != SQLITE_NULL ? 8 : 7),
        .module = module != RECORDING_NONE ? reading->all->modules[module].key : TEXT_NONE,
        .offset = number(row, 3),
        .first_chance = number(row, 4),
        .is_loader = is_windows && is_loader_breakpoint(reading, moment, sqlite3_column_int64(row, 5)),
        .is_synthetic = moment->is_synthetic,
    };
    recording->exception_count++;
    return 0;
}

static int take_output(struct reading *reading, const struct moment *moment, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;
    struct recorded_output *outputs = recordings_room(recording->outputs, recording->output_count, sizeof *outputs);

    if (outputs == NULL)
        return out_of_memory(reading->error);
    recording->outputs = outputs;
    outputs[recording->output_count++] =
        (struct recorded_output){moment->seq, moment->net_ns, moment->process, moment->thread, text(reading, row, 7)};
    return 0;
}

static int take_mark(struct reading *reading, const struct moment *moment, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;
    struct recorded_mark *marks = recordings_room(recording->marks, recording->mark_count, sizeof *marks);

    if (marks == NULL)
        return out_of_memory(reading->error);
    recording->marks = marks;
    marks[recording->mark_count++] = (struct recorded_mark){moment->seq, moment->t_ns, moment->net_ns, moment->process, text(reading, row, 7)};
    return 0;
}

static int take_detail(struct reading *reading, sqlite3_stmt *row)
{
    const struct moment *moment = find_moment(reading, sqlite3_column_int64(row, 1));

    if (moment == NULL)
        return 0; /* details of no event: verify says so */
    switch (sqlite3_column_int64(row, 0)) {
    case EVENT_LOAD_DLL:
        return take_load(reading, moment, row);
    case EVENT_EXCEPTION:
        return take_exception(reading, moment, row);
    case EVENT_OUTPUT_DEBUG_STRING:
        return take_output(reading, moment, row);
    default:
        return take_mark(reading, moment, row);
    }
}

/* The folder of the launched program, which {app} stands for. */
static void settle_app(struct reading *reading)
{
    struct recording *recording = reading->recording;
    struct recordings *all = reading->all;

    if (recording->process_count > 0 && recording->processes[0].module != RECORDING_NONE) {
        place_add_folder(&all->index->scratch, recordings_text(all, all->modules[recording->processes[0].module].path), recording->folds_case);
        recording->app = recordings_scratch(all);
    }
    for (size_t i = 0; i < recording->process_count; i++)
        recording->processes[i].place = place_of(reading, recording->processes[i].module);
}

static int read_all(struct reading *reading)
{
    if (each_row(reading, sql_recording_run, take_run) != 0 || each_row(reading, sql_recording_processes, take_process) != 0 ||
        each_row(reading, sql_recording_threads, take_thread) != 0 || each_row(reading, sql_recording_events, take_moment) != 0)
        return -1;
    settle_times(reading);
    settle_lives(reading);
    settle_app(reading);
    if (each_row(reading, sql_recording_details, take_detail) != 0)
        return -1;
    return text_pool_has_failed(reading->all->texts) || reading->all->index->scratch.failed ? out_of_memory(reading->error) : 0;
}

int recording_read(struct recordings *recordings, sqlite3 *db, struct recording *recording, struct trail_error *error)
{
    struct reading reading = {.all = recordings, .recording = recording, .db = db, .error = error};
    int result = -1;

    if ((reading.module = db_prepare(db, sql_recording_module, error)) != NULL)
        result = read_all(&reading);
    sqlite3_finalize(reading.module);
    free(reading.moments);
    return result;
}
