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
    sqlite3_stmt *rows = sql_prepare(reading->db, sql, reading->error);
    int step = SQLITE_DONE, result = 0;

    if (rows == NULL)
        return -1;
    sqlite3_bind_int64(rows, 1, reading->recording->run);
    while (result == 0 && (step = sqlite3_step(rows)) == SQLITE_ROW)
        result = take(reading, rows);
    if (result == 0 && step != SQLITE_DONE)
        result = sql_error(reading->db, reading->error);
    sqlite3_finalize(rows);
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
    size_t at =
        array_lower_bound(processes, recording->process_count, sizeof *processes, &id, compare_id);

    return at < recording->process_count && processes[at].id == id ? at : RECORDING_NONE;
}

static size_t find_thread(const struct recording *recording, int64_t id)
{
    const struct recorded_thread *threads = recording->threads;
    size_t at =
        array_lower_bound(threads, recording->thread_count, sizeof *threads, &id, compare_id);

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

static int take_moment(struct reading *reading, sqlite3_stmt *row)
{
    int64_t hold = sqlite3_column_int64(row, 2);

    if (reading_make_room(reading, &reading->moments, reading->moment_count,
                          sizeof *reading->moments) != 0)
        return -1;
    reading->moments[reading->moment_count++] = (struct moment){
        .seq = sqlite3_column_int64(row, 0),
        .t_ns = sqlite3_column_int64(row, 1),
        .net_ns = hold > 0 ? hold : 0, /* for now; settle_times makes net times of them */
        .process = find_process(reading->recording, sqlite3_column_int64(row, 3)),
        .thread = find_thread(reading->recording, sqlite3_column_int64(row, 4)),
        .is_synthetic = sqlite3_column_int64(row, 5) == 1,
    };
    return 0;
}

/*
 * Subtracts from each time the part of it in which a thread was held: the union of [t, t + hold)
 * over the events before.
 */
static void settle_times(struct reading *reading)
{
    int64_t held = 0, held_until = 0, last = 0;

    for (size_t i = 0; i < reading->moment_count; i++) {
        struct moment *moment = &reading->moments[i];
        int64_t hold = moment->net_ns, t = moment->t_ns, ahead;
        if (t < last || t > INT64_MAX / 4) /* only a damaged file says so */
            t = last;
        last = t;
        /* of what was counted, this part is still to come */
        ahead = held_until > t ? held_until - t : 0;
        moment->net_ns = t - (held - ahead);
        if (hold > INT64_MAX / 4)
            hold = 0;
        if (t + hold > held_until) {
            held += t + hold - (held_until > t ? held_until : t);
            held_until = t + hold;
        }
    }
    reading->recording->net_wall_ns =
        reading->recording->wall_ns > held ? reading->recording->wall_ns - held : 0;
}

static void settle_lives(struct reading *reading)
{
    for (size_t i = 0; i < reading->recording->process_count; i++) {
        struct recorded_process *process = &reading->recording->processes[i];
        process->start_net_ns = reading_net_time(reading, process->start_seq);
        process->end_net_ns = reading_net_time(reading, process->end_seq);
    }
    for (size_t i = 0; i < reading->recording->thread_count; i++) {
        struct recorded_thread *thread = &reading->recording->threads[i];
        const struct moment *start = thread->start_seq == RECORDING_UNKNOWN
                                         ? NULL
                                         : reading_moment(reading, thread->start_seq);
        thread->start_net_ns = start != NULL ? start->net_ns : RECORDING_UNKNOWN;
        thread->is_synthetic = start != NULL && start->is_synthetic;
        thread->end_net_ns = reading_net_time(reading, thread->end_seq);
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
        each_row(reading, sql_recording_events, take_moment) != 0)
        return -1;
    settle_times(reading);
    settle_lives(reading);
    settle_app(reading);
    if (each_row(reading, sql_recording_details, reading_take_detail) != 0)
        return -1;
    return recordings_have_failed(reading->all) ? reading_out_of_memory(reading) : 0;
}

int recordings_read(struct recordings *recordings, sqlite3 *db, const char *path, int64_t run,
                    struct trail_error *error)
{
    struct reading reading = {.all = recordings, .db = db, .error = error};
    int result = -1;

    if (reading_make_room(&reading, &recordings->items, recordings->count,
                          sizeof *recordings->items) != 0)
        return -1;
    reading.recording = &recordings->items[recordings->count++];
    *reading.recording = (struct recording){.path = path, .run = run};
    reading.file = text_pool_add_text(recordings->texts, path);
    if ((reading.module = sql_prepare(db, sql_recording_module, error)) != NULL)
        result = read_all(&reading);
    sqlite3_finalize(reading.module);
    free(reading.moments);
    return result == 0 ? 0 : error_context(error, "cannot read run %" PRId64 " of '%s'", run, path);
}
