/* See reading_details.h. */
#include "reading_details.h"

#include "event_kinds.h"
#include "module_key.h"
#include "reading_modules.h"
#include "text.h"

#include <string.h>

static uint32_t word_of(struct reading *reading, enum field_type type, sqlite3_stmt *row,
                        int column)
{
    const char *word = sqlite3_column_type(row, column) == SQLITE_INTEGER
                           ? event_code_word(type, (uint64_t)sqlite3_column_int64(row, column))
                           : NULL;

    return word != NULL ? text_pool_add_text(reading->all->texts, word) : TEXT_NONE;
}

/* Whether a load is nobody's import, and not the loader itself. */
static bool is_asked(sqlite3_stmt *row, int cause)
{
    return sqlite3_column_type(row, cause) != SQLITE_INTEGER ||
           (sqlite3_column_int64(row, cause) != CAUSE_NEEDED &&
            sqlite3_column_int64(row, cause) != CAUSE_FORWARDED &&
            sqlite3_column_int64(row, cause) != CAUSE_LOADER);
}

static int take_load(struct reading *reading, const struct moment *moment, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;
    size_t module, importer;

    if (reading_make_room(reading, &recording->loads, recording->load_count,
                          sizeof *recording->loads) != 0)
        return -1;
    if (reading_module(reading, reading_number(row, 2), &module) != 0 ||
        reading_module(reading, reading_number(row, 6), &importer) != 0)
        return -1;
    if (module == RECORDING_NONE)
        return 0;
    recording->loads[recording->load_count++] = (struct recorded_load){
        .seq = moment->seq,
        .t_ns = moment->t_ns,
        .net_ns = moment->net_ns,
        .own_ns = moment->own_ns,
        .module = module,
        .process = moment->process,
        .thread = moment->thread,
        .name = reading->all->modules[module].name,
        .place = reading_place(reading, module),
        .load_phase = word_of(reading, FIELD_LOAD_PHASE, row, 3),
        .time_source = word_of(reading, FIELD_TIME_SOURCE, row, 4),
        .cause = word_of(reading, FIELD_CAUSE, row, 5),
        .by = importer != RECORDING_NONE ? reading->all->modules[importer].key : TEXT_NONE,
        .is_synthetic = moment->is_synthetic,
        .is_asked = is_asked(row, 5),
    };
    return 0;
}

/*
 * The first of each of the two codes (64 and 32 bits) in a process; what was attached to is past
 * them.
 */
static bool is_loader_breakpoint(const struct reading *reading, const struct moment *moment,
                                 int64_t code)
{
    unsigned bit = code == 0x80000003 ? 1 : code == 0x4000001F ? 2 : 0;
    struct recorded_process *process =
        moment->process != RECORDING_NONE ? &reading->recording->processes[moment->process] : NULL;
    bool is_first = process != NULL && bit != 0 && !(process->loader_breakpoints & bit);

    if (is_first && strcmp(text_pool_text(reading->all->texts, process->via), "attach") == 0)
        return false;
    if (is_first)
        process->loader_breakpoints |= bit;
    return is_first;
}

static int take_exception(struct reading *reading, const struct moment *moment, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;
    bool is_windows = sqlite3_column_int64(row, 6) != 0;
    size_t module;

    if (reading_make_room(reading, &recording->exceptions, recording->exception_count,
                          sizeof *recording->exceptions) != 0)
        return -1;
    if (reading_module(reading, reading_number(row, 2), &module) != 0)
        return -1;
    recording->exceptions[recording->exception_count] = (struct recorded_exception){
        .seq = moment->seq,
        .net_ns = moment->net_ns,
        .process = moment->process,
        .thread = moment->thread,
        .what = reading_text(reading, row, sqlite3_column_type(row, 8) != SQLITE_NULL ? 8 : 7),
        .module = module != RECORDING_NONE ? reading->all->modules[module].key : TEXT_NONE,
        .offset = reading_number(row, 3),
        .first_chance = reading_number(row, 4),
        .is_loader =
            is_windows && is_loader_breakpoint(reading, moment, sqlite3_column_int64(row, 5)),
        .is_synthetic = moment->is_synthetic,
    };
    recording->exception_count++;
    return 0;
}

static int take_output(struct reading *reading, const struct moment *moment, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;

    if (reading_make_room(reading, &recording->outputs, recording->output_count,
                          sizeof *recording->outputs) != 0)
        return -1;
    recording->outputs[recording->output_count++] =
        (struct recorded_output){moment->seq, moment->net_ns, moment->process, moment->thread,
                                 reading_text(reading, row, 7)};
    return 0;
}

/* The file's name, or the symbol's. */
static uint32_t failure_key(struct reading *reading, uint32_t name, bool is_module)
{
    const char *text = recordings_text(reading->all, name);

    if (!is_module)
        return name;
    module_key_add_folded(&reading->all->scratch, text_base_name(text),
                          reading->recording->folds_case);
    return recordings_scratch_text(reading->all);
}

int reading_add_failure(struct reading *reading, const struct recorded_failure *failure)
{
    struct recording *recording = reading->recording;

    if (reading_make_room(reading, &recording->failures, recording->failure_count,
                          sizeof *recording->failures) != 0)
        return -1;
    recording->failures[recording->failure_count] = *failure;
    recording->failures[recording->failure_count++].key =
        failure_key(reading, failure->name, failure->is_module);
    return 0;
}

static int take_failure(struct reading *reading, const struct moment *moment, sqlite3_stmt *row)
{
    const struct recorded_failure failure = {
        .seq = moment->seq,
        .t_ns = moment->t_ns,
        .net_ns = moment->net_ns,
        .process = moment->process,
        .thread = moment->thread,
        .name = reading_text(reading, row, 7),
        .words = reading_text(reading, row, 8),
        .what = word_of(reading, FIELD_FAILED, row, 2),
        .is_module = reading_number(row, 2) == FAILED_MODULE,
    };

    return reading_add_failure(reading, &failure);
}

static int take_mark(struct reading *reading, const struct moment *moment, sqlite3_stmt *row)
{
    struct recording *recording = reading->recording;

    if (reading_make_room(reading, &recording->marks, recording->mark_count,
                          sizeof *recording->marks) != 0)
        return -1;
    recording->marks[recording->mark_count++] = (struct recorded_mark){
        moment->seq, moment->t_ns, moment->net_ns, moment->process, reading_text(reading, row, 7)};
    return 0;
}

int reading_take_detail(struct reading *reading, const struct moment *moment, sqlite3_stmt *row)
{
    switch (sqlite3_column_int64(row, 0)) {
    case EVENT_LOAD_DLL:
        return take_load(reading, moment, row);
    case EVENT_EXCEPTION:
        return take_exception(reading, moment, row);
    case EVENT_OUTPUT_DEBUG_STRING:
        return take_output(reading, moment, row);
    case EVENT_LOAD_FAILED:
        return take_failure(reading, moment, row);
    case EVENT_ENTRY_POINT:
        if (moment->process != RECORDING_NONE) {
            struct recorded_process *process = &reading->recording->processes[moment->process];
            process->entry_seq = moment->seq;
            process->entry_net_ns = moment->net_ns;
            process->entry_own_ns = moment->own_ns;
            process->entry_t_ns = moment->t_ns;
        }
        return 0;
    default:
        return take_mark(reading, moment, row);
    }
}
