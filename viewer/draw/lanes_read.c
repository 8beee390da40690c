/*
 * See lanes_read.h. Whatever a hostile file has in a column, SQLite makes a number or a text of it,
 * and times are kept within what can be added up.
 */
#include "lanes_read.h"

#include "array.h"
#include "event_kinds.h"
#include "sql.h"
#include "text.h"
#include "viewer_sql.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NAME_BYTES_AT_MOST = 500, HOLDS_AT_MOST = 250000 };

/* HOLDS_AT_MOST of the longest can be added up */
static const int64_t latest_ns = INT64_MAX / 8, longest_hold_ns = INT64_MAX >> 19;

struct lane_reading {
    struct lanes *lanes;
    struct trail_error *error;
};

void *lanes_with_room(void *items, size_t count, size_t item_bytes)
{
    void *array, *larger;

    memcpy(&array, items, sizeof array);
    if ((larger = array_with_room(array, count, item_bytes)) != NULL)
        memcpy(items, &larger, sizeof larger);
    return larger;
}

static int out_of_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

static int64_t time_of(sqlite3_stmt *row, int column)
{
    int64_t ns = sqlite3_column_int64(row, column);

    if (sqlite3_column_type(row, column) == SQLITE_NULL)
        return LANES_UNKNOWN;
    return ns < 0 ? 0 : ns > latest_ns ? latest_ns : ns;
}

/* A NUL, with which a text would end here, becomes visible. */
static uint32_t text_with_nuls(struct lanes *lanes, const char *text, size_t length)
{
    struct buffer visible = {0};
    uint32_t number;

    for (size_t i = 0; i < length; i++)
        if (text[i] == '\0')
            buffer_add_text(&visible, "\\x00");
        else
            buffer_add_char(&visible, text[i]);
    number = text_pool_add(lanes->texts, buffer_text(&visible), visible.length);
    buffer_release(&visible);
    return number;
}

static uint32_t text_of(struct lanes *lanes, sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    size_t length = text != NULL ? (size_t)sqlite3_column_bytes(row, column) : 0;

    if (text == NULL)
        return TEXT_NONE;
    length = text_cut(text, length, NAME_BYTES_AT_MOST);
    return memchr(text, '\0', length) != NULL ? text_with_nuls(lanes, text, length)
                                              : text_pool_add(lanes->texts, text, length);
}

static int compare_id(const void *item, const void *key)
{
    int64_t id, wanted = *(const int64_t *)key;

    memcpy(&id, item, sizeof id); /* the first member of processes and threads */
    return (id > wanted) - (id < wanted);
}

static size_t find_id(const void *items, size_t count, size_t item_bytes, int64_t id)
{
    size_t at = array_lower_bound(items, count, item_bytes, &id, compare_id);

    return at < count && compare_id((const char *)items + at * item_bytes, &id) == 0 ? at
                                                                                     : LANES_NONE;
}

static size_t find_process(const struct lanes *lanes, int64_t id)
{
    return find_id(lanes->processes, lanes->process_count, sizeof *lanes->processes, id);
}

static size_t find_thread(const struct lanes *lanes, int64_t id)
{
    return find_id(lanes->threads, lanes->thread_count, sizeof *lanes->threads, id);
}

/* Hands each row over, until `take` returns something else than 0, and finalizes. */
static int each_row(struct lane_reading *reading, sqlite3_stmt *rows,
                    int (*take)(struct lane_reading *, sqlite3_stmt *))
{
    int step = SQLITE_DONE, result = 0;

    while (result == 0 && (step = sqlite3_step(rows)) == SQLITE_ROW)
        result = take(reading, rows);
    if (result == 0 && step != SQLITE_DONE)
        result = sql_error(reading->lanes->db, reading->error);
    sqlite3_finalize(rows);
    return result;
}

/* A statement with ?1 = the run, and the numbers behind it. */
static sqlite3_stmt *prepare(struct lane_reading *reading, const char *sql, int64_t second,
                             int64_t third, int64_t fourth)
{
    sqlite3_stmt *rows = sql_prepare(reading->lanes->db, sql, reading->error);

    if (rows == NULL)
        return NULL;
    sqlite3_bind_int64(rows, 1, reading->lanes->run);
    sqlite3_bind_int64(rows, 2, second);
    sqlite3_bind_int64(rows, 3, third);
    sqlite3_bind_int64(rows, 4, fourth);
    return rows;
}

static int take_run(struct lane_reading *reading, sqlite3_stmt *row)
{
    struct lanes *lanes = reading->lanes;
    int64_t wall = time_of(row, 3);

    lanes->command_line = text_of(lanes, row, 0);
    lanes->start = text_of(lanes, row, 1);
    lanes->state = text_of(lanes, row, 2);
    lanes->wall_ns = wall == LANES_UNKNOWN ? 0 : wall;
    lanes->hold_ns = sqlite3_column_int64(row, 4);
    lanes->events = sqlite3_column_int64(row, 5);
    lanes->all_processes = sqlite3_column_int64(row, 6);
    lanes->all_loads = sqlite3_column_int64(row, 7);
    return 0;
}

static uint32_t exit_of(struct lanes *lanes, sqlite3_stmt *row)
{
    char text[EVENT_EXIT_CODE_CAPACITY + 8];
    int64_t code = sqlite3_column_int64(row, 8);

    if (sqlite3_column_type(row, 7) != SQLITE_NULL)
        return text_of(lanes, row, 7);
    if (code == 0)
        return TEXT_NONE;
    memcpy(text, "exit ", 6);
    if (code > 0 && code <= UINT32_MAX)
        event_exit_code((uint32_t)code, text + 5);
    else
        snprintf(text, sizeof text, "exit %" PRId64, code);
    return text_pool_add_text(lanes->texts, text);
}

static int take_process(struct lane_reading *reading, sqlite3_stmt *row)
{
    struct lanes *lanes = reading->lanes;
    struct lane_process *process;
    size_t parent = sqlite3_column_type(row, 2) == SQLITE_NULL
                        ? LANES_NONE
                        : find_process(lanes, sqlite3_column_int64(row, 2));

    if (lanes_with_room(&lanes->processes, lanes->process_count, sizeof *process) == NULL)
        return out_of_memory(reading->error);
    process = &lanes->processes[lanes->process_count++];
    memset(process, 0, sizeof *process);
    process->id = sqlite3_column_int64(row, 0);
    process->pid = sqlite3_column_int64(row, 1);
    process->parent = parent;
    process->depth = parent == LANES_NONE ? 0 : lanes->processes[parent].depth + 1;
    process->name = text_of(lanes, row, 3);
    process->command_line = text_of(lanes, row, 4);
    process->t_ns = time_of(row, 5) == LANES_UNKNOWN ? 0 : time_of(row, 5);
    process->end_ns = time_of(row, 6);
    if (process->end_ns == LANES_UNKNOWN) {
        process->is_open = true;
        process->end_ns = lanes->wall_ns;
    }
    if (process->end_ns < process->t_ns)
        process->end_ns = process->t_ns;
    process->exit = exit_of(lanes, row);
    process->has_failed = process->exit != TEXT_NONE;
    process->is_unseen = sqlite3_column_int(row, 9) != 0;
    return 0;
}

static int take_thread(struct lane_reading *reading, sqlite3_stmt *row)
{
    struct lanes *lanes = reading->lanes;
    size_t process = find_process(lanes, sqlite3_column_int64(row, 2));

    if (process == LANES_NONE)
        return 0;
    if (lanes_with_room(&lanes->threads, lanes->thread_count, sizeof *lanes->threads) == NULL)
        return out_of_memory(reading->error);
    lanes->threads[lanes->thread_count++] = (struct lane_thread){
        .id = sqlite3_column_int64(row, 0),
        .tid = sqlite3_column_int64(row, 1),
        .process = process,
        .name = text_of(lanes, row, 3),
        .t_ns = time_of(row, 4),
        .end_ns = time_of(row, 5),
        .is_main = sqlite3_column_int(row, 6) != 0,
    };
    return 0;
}

static enum lane_what what_of(const char *word)
{
    static const char *const words[] = {"start", "exec", "load", "failed", "entry", "mark"};

    for (size_t i = 0; word != NULL && i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0)
            return (enum lane_what)i;
    return LANE_EXIT;
}

static int take_bar(struct lane_reading *reading, sqlite3_stmt *row)
{
    struct lanes *lanes = reading->lanes;
    size_t process = find_process(lanes, sqlite3_column_int64(row, 2));
    struct lane_bar *bar;

    if (process == LANES_NONE)
        return 0;
    if (lanes_with_room(&lanes->bars, lanes->bar_count, sizeof *bar) == NULL)
        return out_of_memory(reading->error);
    bar = &lanes->bars[lanes->bar_count++];
    *bar = (struct lane_bar){
        .what = what_of((const char *)sqlite3_column_text(row, 4)),
        .process = process,
        .thread = find_thread(lanes, sqlite3_column_int64(row, 3)),
        .seq = sqlite3_column_int64(row, 0),
        .t_ns = time_of(row, 1),
        .cpu_ns = time_of(row, 7),
        .held_ns = LANES_UNKNOWN,
        .module = sqlite3_column_int64(row, 6),
        .name = text_of(lanes, row, 5),
        .image = text_of(lanes, row, 9),
        .is_of_startup =
            sqlite3_column_type(row, 8) != SQLITE_NULL && sqlite3_column_int(row, 8) == 0,
    };
    bar->t_ns = bar->t_ns == LANES_UNKNOWN ? 0 : bar->t_ns;
    lanes->processes[process].has_failed |= bar->what == LANE_FAILED && bar->is_of_startup;
    return 0;
}

static int take_exception(struct lane_reading *reading, sqlite3_stmt *row)
{
    struct lanes *lanes = reading->lanes;
    size_t process = find_process(lanes, sqlite3_column_int64(row, 2));

    if (process == LANES_NONE)
        return 0;
    if (lanes_with_room(&lanes->exceptions, lanes->exception_count, sizeof *lanes->exceptions) ==
        NULL)
        return out_of_memory(reading->error);
    lanes->exceptions[lanes->exception_count++] = (struct lane_exception){
        .seq = sqlite3_column_int64(row, 0),
        .t_ns = time_of(row, 1) == LANES_UNKNOWN ? 0 : time_of(row, 1),
        .process = process,
        .thread = find_thread(lanes, sqlite3_column_int64(row, 3)),
        .name = text_of(lanes, row, 4),
        .place = text_of(lanes, row, 5),
    };
    return 0;
}

static int take_look(struct lane_reading *reading, sqlite3_stmt *row)
{
    struct lanes *lanes = reading->lanes;
    size_t process = find_process(lanes, sqlite3_column_int64(row, 2));

    if (process == LANES_NONE)
        return 0;
    if (lanes_with_room(&lanes->looks, lanes->look_count, sizeof *lanes->looks) == NULL)
        return out_of_memory(reading->error);
    lanes->looks[lanes->look_count++] = (struct lane_look){
        .id = sqlite3_column_int64(row, 0),
        .t_ns = time_of(row, 1) == LANES_UNKNOWN ? 0 : time_of(row, 1),
        .process = process,
        .thread = find_thread(lanes, sqlite3_column_int64(row, 3)),
        .is_computing = sqlite3_column_int(row, 4) != 0,
    };
    return 0;
}

/* The number that a statement about two or three numbers gives; `otherwise` where it is NULL. */
static int64_t number_of(struct lane_reading *reading, const char *sql, int64_t second,
                         int64_t third, int64_t otherwise)
{
    sqlite3_stmt *row = prepare(reading, sql, second, third, 0);
    int64_t number = otherwise;

    if (row != NULL && sqlite3_step(row) == SQLITE_ROW &&
        sqlite3_column_type(row, 0) != SQLITE_NULL)
        number = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return number;
}

int64_t lanes_event_time(struct lanes *lanes, int64_t seq)
{
    static const char sql[] =
        "SELECT t_ns FROM event WHERE run_id = ?1 AND seq >= ?2 ORDER BY seq LIMIT 1";
    struct trail_error error;
    int64_t ns = LANES_UNKNOWN;

    if (lanes->event_time == NULL)
        lanes->event_time = sql_prepare(lanes->db, sql, &error);
    if (lanes->event_time == NULL)
        return LANES_UNKNOWN;
    sqlite3_bind_int64(lanes->event_time, 1, lanes->run);
    sqlite3_bind_int64(lanes->event_time, 2, seq);
    if (sqlite3_step(lanes->event_time) == SQLITE_ROW)
        ns = time_of(lanes->event_time, 0);
    sqlite3_reset(lanes->event_time);
    return ns;
}

int64_t lanes_first_event_at(struct lanes *lanes, int64_t ns)
{
    int64_t low = 1, high = lanes->events < INT64_MAX / 2 ? lanes->events + 1 : INT64_MAX / 2;

    while (low < high) {
        int64_t middle = low + (high - low) / 2, there = lanes_event_time(lanes, middle);
        if (there != LANES_UNKNOWN && there < ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int read_processes(struct lane_reading *reading, const struct lanes_options *options)
{
    struct lanes *lanes = reading->lanes;
    sqlite3_stmt *rows = prepare(reading, sql_draw_processes, 0, lanes->from_ns, lanes->to_ns);

    if (rows == NULL)
        return -1;
    sqlite3_bind_text(rows, 2, options->process, -1, SQLITE_STATIC);
    sqlite3_bind_int64(rows, 5, LANES_OTHERS_AT_MOST);
    if (each_row(reading, rows, take_process) != 0)
        return -1;
    if ((rows = prepare(reading, sql_draw_threads, LANES_OTHERS_AT_MOST, 0, 0)) == NULL ||
        each_row(reading, rows, take_thread) != 0)
        return -1;
    lanes->has_more_threads = lanes->thread_count == LANES_OTHERS_AT_MOST;
    return 0;
}

static int read_bars(struct lane_reading *reading, int64_t at_most, int64_t *from_seq,
                     int64_t *to_seq)
{
    struct lanes *lanes = reading->lanes;
    sqlite3_stmt *rows;

    *from_seq = 1;
    if (lanes->from_ns > 0)
        *from_seq =
            number_of(reading, sql_draw_before, lanes_first_event_at(lanes, lanes->from_ns), 0, 1);
    *to_seq = number_of(reading, sql_draw_cutoff, *from_seq, at_most, INT64_MAX);
    lanes->read_to_ns = *to_seq == INT64_MAX ? INT64_MAX : lanes_event_time(lanes, *to_seq);
    if ((rows = prepare(reading, sql_draw_bars, *from_seq, *to_seq, 0)) == NULL ||
        each_row(reading, rows, take_bar) != 0 ||
        (rows = prepare(reading, sql_draw_exceptions, *from_seq, *to_seq, at_most)) == NULL ||
        each_row(reading, rows, take_exception) != 0 ||
        (rows = prepare(reading, sql_draw_looks, 2 * at_most, 0, 0)) == NULL)
        return -1;
    return each_row(reading, rows, take_look);
}

int lanes_read_rows(struct lanes *lanes, const struct lanes_options *options, int64_t *from_seq,
                    int64_t *to_seq, struct trail_error *error)
{
    struct lane_reading reading = {lanes, error};
    sqlite3_stmt *row = prepare(&reading, sql_draw_run, 0, 0, 0);

    if (row == NULL || each_row(&reading, row, take_run) != 0)
        return -1;
    lanes->from_ns = options->from_ns;
    lanes->to_ns = options->to_ns < lanes->wall_ns ? options->to_ns : lanes->wall_ns;
    if (lanes->to_ns <= lanes->from_ns)
        lanes->to_ns = lanes->from_ns < latest_ns ? lanes->from_ns + 1 : latest_ns;
    if (read_processes(&reading, options) != 0)
        return -1;
    return read_bars(
        &reading, options->bars_at_most > 0 ? (int64_t)options->bars_at_most : LANES_BARS_AT_MOST,
        from_seq, to_seq);
}

static int compare_seq(const void *item, const void *key)
{
    const struct lane_bar *bar = item;

    return bar->seq <= *(const int64_t *)key ? -1 : 1;
}

/* A hold belongs to the bar in which its process was. */
static void add_hold(struct lanes *lanes, sqlite3_stmt *row)
{
    size_t process = find_process(lanes, sqlite3_column_int64(row, 1)), behind = 0;
    int64_t seq = sqlite3_column_int64(row, 0), hold = time_of(row, 2);
    struct lane_bar *bars = NULL;

    if (process != LANES_NONE && lanes->processes[process].bar_count > 0) {
        bars = lanes->bars + lanes->processes[process].first_bar;
        behind = array_lower_bound(bars, lanes->processes[process].bar_count, sizeof *bars, &seq,
                                   compare_seq);
    }
    if (behind > 0)
        bars[behind - 1].held_ns += hold < longest_hold_ns ? hold : longest_hold_ns;
}

int lanes_read_holds(struct lanes *lanes, int64_t from_seq, int64_t to_seq,
                     struct trail_error *error)
{
    struct lane_reading reading = {lanes, error};
    int64_t end = to_seq <= lanes->events ? to_seq : lanes->events + 1;
    sqlite3_stmt *row;
    int step;

    if (end - from_seq > HOLDS_AT_MOST)
        return 0;
    if ((row = prepare(&reading, sql_draw_holds, from_seq, to_seq, 0)) == NULL)
        return -1;
    for (size_t i = 0; i < lanes->bar_count; i++)
        lanes->bars[i].held_ns = 0;
    while ((step = sqlite3_step(row)) == SQLITE_ROW)
        add_hold(lanes, row);
    if (step != SQLITE_DONE)
        sql_error(lanes->db, error);
    sqlite3_finalize(row);
    return step == SQLITE_DONE ? 0 : -1;
}
