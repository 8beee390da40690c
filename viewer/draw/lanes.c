/* See lanes.h. */
#include "lanes.h"

#include "lanes_read.h"
#include "sql.h"
#include "viewer_sql.h"

#include <stdlib.h>
#include <string.h>

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_process_and_seq(const void *left, const void *right)
{
    const struct lane_bar *a = left, *b = right;

    return a->process != b->process ? compare_numbers((int64_t)a->process, (int64_t)b->process)
                                    : compare_numbers(a->seq, b->seq);
}

static int by_process_and_time(const void *left, const void *right)
{
    const struct lane_bar *a = left, *b = right;

    return a->process != b->process || a->t_ns == b->t_ns ? by_process_and_seq(left, right)
                                                          : compare_numbers(a->t_ns, b->t_ns);
}

static int looks_by_process_and_time(const void *left, const void *right)
{
    const struct lane_look *a = left, *b = right;

    if (a->process != b->process)
        return compare_numbers((int64_t)a->process, (int64_t)b->process);
    return a->t_ns != b->t_ns ? compare_numbers(a->t_ns, b->t_ns) : compare_numbers(a->id, b->id);
}

/* Each process knows where its bars and looks begin. */
static void find_beginnings(struct lanes *lanes)
{
    for (size_t i = 0; i < lanes->process_count; i++)
        lanes->processes[i].bar_count = lanes->processes[i].look_count = 0;
    for (size_t i = 0; i < lanes->bar_count; i++)
        if (lanes->processes[lanes->bars[i].process].bar_count++ == 0)
            lanes->processes[lanes->bars[i].process].first_bar = i;
    for (size_t i = 0; i < lanes->look_count; i++)
        if (lanes->processes[lanes->looks[i].process].look_count++ == 0)
            lanes->processes[lanes->looks[i].process].first_look = i;
}

/* A bar goes to the next one, the last one to where its process ends or what was read does. */
static void end_bar(struct lanes *lanes, const struct lane_process *process, struct lane_bar *bar,
                    bool is_last)
{
    int64_t from_cpu = bar->cpu_ns, to_cpu = is_last ? LANES_UNKNOWN : bar[1].cpu_ns;
    int64_t end = process->end_ns < lanes->read_to_ns ? process->end_ns : lanes->read_to_ns;

    bar->cpu_ns = LANES_UNKNOWN;
    if (!is_last)
        bar->end_ns = bar[1].t_ns;
    else
        bar->end_ns = end > bar->t_ns && bar->what != LANE_EXIT ? end : bar->t_ns;
    bar->is_open = is_last && bar->what != LANE_EXIT;
    if (from_cpu >= 0 && to_cpu >= from_cpu)
        bar->cpu_ns = to_cpu - from_cpu;
}

static int add_phase(struct lanes *lanes, struct lane_process *process, enum lane_phase_kind kind,
                     uint32_t name, int64_t t_ns)
{
    struct lane_phase *phase, *before;

    if (process->phase_count > 0) {
        before = &lanes->phases[lanes->phase_count - 1];
        before->end_ns = t_ns > before->t_ns ? t_ns : before->t_ns;
        if (before->end_ns == before->t_ns && before->kind != PHASE_MARK) { /* there was none */
            lanes->phase_count--;
            process->phase_count--;
        }
    }
    if ((phase = lanes_with_room(&lanes->phases, lanes->phase_count, sizeof *phase)) == NULL)
        return -1;
    if (process->phase_count++ == 0)
        process->first_phase = lanes->phase_count;
    lanes->phases[lanes->phase_count++] =
        (struct lane_phase){.kind = kind,
                            .name = name,
                            .t_ns = t_ns,
                            .end_ns = process->end_ns > t_ns ? process->end_ns : t_ns};
    return 0;
}

/* The program's entry that follows a start or an exec, and the last load before it; NULL. */
static const struct lane_bar *find_entry(const struct lane_bar *bar, const struct lane_bar *end,
                                         const struct lane_bar **loaded)
{
    *loaded = NULL;
    for (bar++; bar < end && bar->what != LANE_EXEC && bar->what != LANE_START; bar++) {
        if (bar->what == LANE_ENTRY)
            return bar;
        if (bar->what == LANE_LOAD && bar->is_of_startup &&
            (*loaded == NULL || bar->seq > (*loaded)->seq))
            *loaded = bar;
    }
    return NULL;
}

static int add_start(struct lanes *lanes, struct lane_process *process, const struct lane_bar *bar,
                     const struct lane_bar *end)
{
    const struct lane_bar *loaded, *entry = find_entry(bar, end, &loaded);
    int64_t loaded_ns;

    if (entry == NULL)
        return add_phase(lanes, process, PHASE_UNKNOWN, TEXT_NONE, bar->t_ns);
    if (add_phase(lanes, process, PHASE_LOADER, TEXT_NONE, bar->t_ns) != 0)
        return -1;
    /* the loader is done when it says so; a load's own time may be the kernel's */
    if (loaded == NULL || (loaded_ns = lanes_event_time(lanes, loaded->seq)) < bar->t_ns)
        return 0;
    return add_phase(lanes, process, PHASE_CONSTRUCTORS, TEXT_NONE,
                     loaded_ns < entry->t_ns ? loaded_ns : entry->t_ns);
}

static int find_phases(struct lanes *lanes, struct lane_process *process)
{
    const struct lane_bar *bar = lanes->bars + process->first_bar, *end = bar + process->bar_count;
    int result = 0;

    if (bar == end || (bar->what != LANE_START && bar->what != LANE_EXEC))
        result = add_phase(lanes, process, PHASE_UNKNOWN, TEXT_NONE, process->t_ns);
    for (; result == 0 && bar < end; bar++) {
        if (bar->what == LANE_START || bar->what == LANE_EXEC)
            result = add_start(lanes, process, bar, end);
        else if (bar->what == LANE_ENTRY)
            result = add_phase(lanes, process, PHASE_PROGRAM, TEXT_NONE, bar->t_ns);
        else if (bar->what == LANE_MARK)
            result = add_phase(lanes, process, PHASE_MARK, bar->name, bar->t_ns);
    }
    return result;
}

static int arrange(struct lanes *lanes, int64_t from_seq, int64_t to_seq, struct trail_error *error)
{
    qsort(lanes->bars, lanes->bar_count, sizeof *lanes->bars, by_process_and_seq);
    qsort(lanes->looks, lanes->look_count, sizeof *lanes->looks, looks_by_process_and_time);
    find_beginnings(lanes);
    if (lanes_read_holds(lanes, from_seq, to_seq, error) != 0)
        return -1;
    qsort(lanes->bars, lanes->bar_count, sizeof *lanes->bars, by_process_and_time);
    for (size_t i = 0; i < lanes->process_count; i++) {
        struct lane_process *process = &lanes->processes[i];
        for (size_t j = 0; j < process->bar_count; j++)
            end_bar(lanes, process, &lanes->bars[process->first_bar + j],
                    j + 1 == process->bar_count);
        if (find_phases(lanes, process) != 0)
            return error_set(error, TRAIL_FAILED, 0, "out of memory");
    }
    return 0;
}

/* None of the lists is NULL, so that an empty one can be sorted and walked. */
static int make_lists(struct lanes *lanes)
{
    return (lanes->texts = text_pool_new()) != NULL &&
                   lanes_with_room(&lanes->processes, 0, sizeof *lanes->processes) != NULL &&
                   lanes_with_room(&lanes->threads, 0, sizeof *lanes->threads) != NULL &&
                   lanes_with_room(&lanes->bars, 0, sizeof *lanes->bars) != NULL &&
                   lanes_with_room(&lanes->phases, 0, sizeof *lanes->phases) != NULL &&
                   lanes_with_room(&lanes->exceptions, 0, sizeof *lanes->exceptions) != NULL &&
                   lanes_with_room(&lanes->looks, 0, sizeof *lanes->looks) != NULL
               ? 0
               : -1;
}

int lanes_read(struct lanes *lanes, sqlite3 *db, int64_t run, const struct lanes_options *options,
               struct trail_error *error)
{
    int64_t from_seq, to_seq;

    memset(lanes, 0, sizeof *lanes);
    lanes->db = db;
    lanes->run = run;
    if (make_lists(lanes) != 0)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    if (lanes_read_rows(lanes, options, &from_seq, &to_seq, error) != 0 ||
        arrange(lanes, from_seq, to_seq, error) != 0)
        return -1;
    return text_pool_has_failed(lanes->texts) ? error_set(error, TRAIL_FAILED, 0, "out of memory")
                                              : 0;
}

void lanes_release(struct lanes *lanes)
{
    sqlite3_finalize(lanes->words);
    sqlite3_finalize(lanes->event_time);
    text_pool_free(lanes->texts);
    free(lanes->processes);
    free(lanes->threads);
    free(lanes->bars);
    free(lanes->phases);
    free(lanes->exceptions);
    free(lanes->looks);
    memset(lanes, 0, sizeof *lanes);
}

const char *lanes_text(const struct lanes *lanes, uint32_t text)
{
    return text_pool_text(lanes->texts, text);
}

const char *lanes_what(enum lane_what what)
{
    static const char *const words[] = {"start", "exec", "load", "failed", "entry", "mark", "exit"};

    return words[what];
}

const char *lanes_phase_name(const struct lanes *lanes, const struct lane_phase *phase)
{
    static const char *const names[] = {"loader", "constructors", "program", NULL, ""};

    return phase->kind == PHASE_MARK ? lanes_text(lanes, phase->name) : names[phase->kind];
}

int64_t lanes_waiting_ns(const struct lane_bar *bar)
{
    int64_t waiting;

    if (bar->held_ns == LANES_UNKNOWN || bar->cpu_ns == LANES_UNKNOWN)
        return LANES_UNKNOWN;
    waiting = bar->end_ns - bar->t_ns - bar->held_ns - bar->cpu_ns;
    return waiting > 0 ? waiting : 0;
}

/* The numbers of the looks during a bar; no look: *first is behind *last. */
static void looks_during(const struct lanes *lanes, const struct lane_bar *bar, int64_t *first,
                         int64_t *last)
{
    const struct lane_process *process = &lanes->processes[bar->process];
    const struct lane_look *look = lanes->looks + process->first_look;

    *first = 1;
    *last = 0;
    for (size_t i = 0; i < process->look_count && look[i].t_ns < bar->end_ns; i++) {
        if (look[i].t_ns <= bar->t_ns)
            continue;
        *first = *last == 0 || look[i].id < *first ? look[i].id : *first;
        *last = look[i].id > *last ? look[i].id : *last;
    }
}

static sqlite3_stmt *words_of(struct lanes *lanes, struct trail_error *error)
{
    if (lanes->words == NULL)
        lanes->words = sql_prepare(lanes->db, sql_draw_words, error);
    return lanes->words;
}

int lanes_looks(struct lanes *lanes, const struct lane_bar *bar, struct buffer *out,
                struct trail_error *error)
{
    int64_t first, last;
    sqlite3_stmt *row;
    const char *separator = "", *text;
    int step;

    looks_during(lanes, bar, &first, &last);
    if (first > last)
        return 0;
    if ((row = words_of(lanes, error)) == NULL)
        return -1;
    sqlite3_bind_int64(row, 1, lanes->run);
    sqlite3_bind_int64(row, 2, first);
    sqlite3_bind_int64(row, 3, last);
    sqlite3_bind_int64(row, 4, lanes->processes[bar->process].id);
    while ((step = sqlite3_step(row)) == SQLITE_ROW) {
        text = (const char *)sqlite3_column_text(row, 0);
        buffer_add_text(out, text != NULL ? separator : "");
        buffer_add_text(out, text != NULL ? text : "");
        separator = "; ";
    }
    if (step != SQLITE_DONE)
        sql_error(lanes->db, error);
    sqlite3_reset(row);
    return step == SQLITE_DONE ? 0 : -1;
}
