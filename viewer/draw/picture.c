/* See picture.h. */
#include "picture.h"

#include "array.h"
#include "escape.h"
#include "human.h"
#include "items.h"
#include "lanes_read.h"
#include "silences.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_AT_MOST = 4, THREADS_AT_MOST = 6, NAMES_AT_MOST = 50 };

/* A run while it is added. */
struct adding {
    struct picture *picture;
    struct lanes *lanes;
    struct items items;
    struct trail_error *error;
    struct buffer text;
    size_t threads_left; /* rows for threads */
};

static struct picture_row *add_row(struct picture *picture, enum picture_row_kind kind)
{
    static struct picture_row none;
    struct picture_row *row;

    if (lanes_with_room(&picture->rows, picture->row_count, sizeof *row) == NULL) {
        picture->has_failed = true;
        return &none;
    }
    row = &picture->rows[picture->row_count++];
    *row = (struct picture_row){.kind = kind,
                                .t_ns = LANES_UNKNOWN,
                                .end_ns = LANES_UNKNOWN,
                                .first_part = picture->part_count};
    return row;
}

/* Adds a part to the last row. */
static void add_part(struct picture *picture, enum picture_style style, int64_t t_ns,
                     int64_t end_ns, uint32_t name)
{
    if (lanes_with_room(&picture->parts, picture->part_count, sizeof *picture->parts) == NULL) {
        picture->has_failed = true;
        return;
    }
    picture->parts[picture->part_count++] = (struct picture_part){style, t_ns, end_ns, name};
    if (picture->row_count > 0)
        picture->rows[picture->row_count - 1].part_count++;
}

/* What was put together, which is empty then. */
static uint32_t take_text(struct adding *adding)
{
    uint32_t text =
        text_pool_add(adding->picture->texts, buffer_text(&adding->text), adding->text.length);

    adding->picture->has_failed |= adding->text.failed;
    buffer_clear(&adding->text);
    return text;
}

static void say(struct adding *adding, uint32_t lanes_word)
{
    const char *text = lanes_text(adding->lanes, lanes_word);

    escape_for_terminal(&adding->text, text, strlen(text));
}

static void say_count(struct adding *adding, int64_t count, const char *one, const char *many)
{
    human_count(&adding->text, count);
    buffer_format(&adding->text, " %s", count == 1 ? one : many);
}

static void say_at(struct adding *adding, int64_t ns)
{
    human_ms(&adding->text, ns);
    buffer_add_text(&adding->text, " ms");
}

/* Computing, what the recorder held, and waiting, as shares of a bar. */
static void add_bar_parts(struct picture *picture, const struct lane_bar *bar)
{
    int64_t waiting = lanes_waiting_ns(bar), t_ns = bar->t_ns, length = bar->end_ns - t_ns;
    int64_t computing = bar->cpu_ns < length ? bar->cpu_ns : length;

    if (waiting == LANES_UNKNOWN) {
        add_part(picture, PART_UNKNOWN, t_ns, bar->end_ns, TEXT_NONE);
        return;
    }
    if (computing > 0 || length == 0)
        add_part(picture, PART_COMPUTING, t_ns, t_ns + computing, TEXT_NONE);
    if (length - computing - waiting > 0)
        add_part(picture, PART_HELD, t_ns + computing, bar->end_ns - waiting, TEXT_NONE);
    if (waiting > 0)
        add_part(picture, PART_WAITING, bar->end_ns - waiting, bar->end_ns, TEXT_NONE);
}

static void say_shares(struct adding *adding, const struct lane_bar *bar)
{
    int64_t waiting = lanes_waiting_ns(bar);

    if (bar->cpu_ns != LANES_UNKNOWN) {
        buffer_add_text(&adding->text, "; computing ");
        human_duration(&adding->text, bar->cpu_ns);
    }
    if (waiting != LANES_UNKNOWN) {
        buffer_add_text(&adding->text, ", waiting ");
        human_duration(&adding->text, waiting);
    }
    if (bar->held_ns > 0) {
        buffer_add_text(&adding->text, bar->cpu_ns != LANES_UNKNOWN ? ", held " : "; held ");
        human_duration(&adding->text, bar->held_ns);
    }
}

static void say_span(struct adding *adding, int64_t t_ns, int64_t end_ns)
{
    say_at(adding, t_ns);
    buffer_add_text(&adding->text, " to ");
    say_at(adding, end_ns);
    buffer_add_text(&adding->text, ", ");
    human_duration(&adding->text, end_ns - t_ns);
}

/* "libz.so.1", "exec ls", of what failed the name alone. */
static void say_bar_name(struct adding *adding, const struct lane_bar *bar, bool is_short)
{
    static const char failed[] = "failed:";
    const char *name = lanes_text(adding->lanes, bar->name);

    if (bar->what == LANE_FAILED && strncmp(name, failed, sizeof failed - 1) == 0)
        name += sizeof failed - 1;
    if (bar->what == LANE_FAILED && is_short && *text_base_name(name) != '\0')
        name = text_base_name(name);
    escape_for_terminal(&adding->text, name, strlen(name));
    if (bar->what == LANE_EXEC && bar->image != TEXT_NONE) {
        buffer_add_char(&adding->text, ' ');
        say(adding, bar->image);
    }
}

static int say_looks(struct adding *adding, const struct lane_bar *bar)
{
    struct buffer seen = {0};
    int result = lanes_looks(adding->lanes, bar, &seen, adding->error);

    escape_for_terminal(&adding->text, buffer_text(&seen), seen.length);
    adding->picture->has_failed |= seen.failed;
    buffer_release(&seen);
    return result;
}

/* All about a bar: the modules of its stop, when it was, what the time was spent on. */
static void say_details(struct adding *adding, const struct item *item, uint32_t looks)
{
    for (size_t i = 0; i < item->count && i < NAMES_AT_MOST; i++) {
        buffer_add_text(&adding->text, i > 0 ? ", " : "");
        say_bar_name(adding, &adding->lanes->bars[item->first + i], false);
    }
    buffer_add_text(&adding->text, item->count > NAMES_AT_MOST ? ", ...: " : ": ");
    say_span(adding, item->t_ns, item->end_ns);
    say_shares(adding, &adding->lanes->bars[item->first + item->count - 1]);
    if (looks != TEXT_NONE) {
        buffer_add_text(&adding->text, "; ");
        buffer_add_text(&adding->text, picture_text(adding->picture, looks));
    }
}

static int add_bar(struct adding *adding, const struct item *item, size_t depth)
{
    const struct lane_bar *bar = &adding->lanes->bars[item->first + item->count - 1];
    struct picture_row *row = add_row(adding->picture, PICTURE_BAR);

    row->t_ns = item->t_ns;
    row->end_ns = item->end_ns;
    row->depth = depth;
    row->is_bad = bar->what == LANE_FAILED;
    say_bar_name(adding, &adding->lanes->bars[item->first], true);
    if (item->count > 1)
        buffer_format(&adding->text, " +%zu", item->count - 1);
    row->label = take_text(adding);
    buffer_add_text(&adding->text, row->is_bad ? "not loaded, " : "");
    human_duration(&adding->text, item->end_ns - item->t_ns);
    buffer_add_text(&adding->text, bar->is_open ? " at least" : "");
    row->words = take_text(adding);
    if (say_looks(adding, bar) != 0)
        return -1;
    row->looks = take_text(adding);
    say_details(adding, item, row->looks);
    row->details = take_text(adding);
    add_bar_parts(adding->picture, bar);
    if (row->is_bad)
        add_part(adding->picture, PART_FAILED, bar->t_ns, bar->t_ns, TEXT_NONE);
    return 0;
}

static void add_exception(struct adding *adding, const struct item *item, size_t depth)
{
    const struct lane_exception *exception = &adding->lanes->exceptions[item->first];
    struct picture_row *row = add_row(adding->picture, PICTURE_EXCEPTION);

    row->t_ns = row->end_ns = item->t_ns;
    row->depth = depth;
    row->is_bad = true;
    say(adding, exception->name);
    row->label = take_text(adding);
    if (exception->place != TEXT_NONE) {
        buffer_add_text(&adding->text, "at ");
        say(adding, exception->place);
    }
    row->words = take_text(adding);
    say(adding, exception->name);
    buffer_add_text(&adding->text, ": ");
    say_at(adding, item->t_ns);
    row->details = take_text(adding);
    add_part(adding->picture, PART_EXCEPTION, item->t_ns, item->t_ns, TEXT_NONE);
}

/* What lies folded in the items from first to before end. */
struct folded {
    int64_t loads, failed, exceptions, others;
};

static struct folded count_folded(const struct adding *adding, size_t first, size_t end)
{
    struct folded folded = {0, 0, 0, 0};

    for (size_t i = first; i < end; i++) {
        const struct item *item = &adding->items.list[i];
        const struct lane_bar *bar = &adding->lanes->bars[item->first];
        if (item->count == 0)
            folded.exceptions++;
        else if (bar->what == LANE_LOAD)
            folded.loads += (int64_t)item->count;
        else if (bar->what == LANE_FAILED)
            folded.failed++;
        else
            folded.others++;
    }
    return folded;
}

/* Of the kinds that are no failure, or of those that are. Returns whether there is any. */
static bool say_folded(struct adding *adding, const struct folded *folded, bool failures,
                       const char *before)
{
    const struct {
        int64_t count;
        const char *one, *many;
        bool is_failure;
    } kinds[] = {{folded->loads, "load", "loads", false},
                 {folded->others, "more", "more", false},
                 {folded->failed, "not loaded", "not loaded", true},
                 {folded->exceptions, "exception", "exceptions", true}};
    const char *separator = before;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].count == 0 || kinds[i].is_failure != failures)
            continue;
        buffer_add_text(&adding->text, separator);
        say_count(adding, kinds[i].count, kinds[i].one, kinds[i].many);
        separator = ", ";
    }
    return separator != before;
}

static void add_fold(struct adding *adding, size_t first, size_t end, size_t depth)
{
    const struct item *items = adding->items.list;
    struct folded folded = count_folded(adding, first, end);
    struct picture_row *row = add_row(adding->picture, PICTURE_FOLD);

    row->t_ns = items[first].t_ns;
    row->end_ns = items[end - 1].end_ns;
    row->depth = depth;
    row->is_bad = folded.failed + folded.exceptions > 0;
    if (!say_folded(adding, &folded, false, "and "))
        buffer_add_text(&adding->text, "and failures");
    row->label = take_text(adding);
    human_duration(&adding->text, row->end_ns - row->t_ns);
    say_folded(adding, &folded, true, ", ");
    row->words = take_text(adding);
    say_folded(adding, &folded, false, "");
    say_folded(adding, &folded, true, ", ");
    buffer_add_text(&adding->text, ": ");
    say_span(adding, row->t_ns, row->end_ns);
    row->details = take_text(adding);
    for (size_t i = first; i < end; i++) {
        if (items[i].count == 0)
            add_part(adding->picture, PART_EXCEPTION, items[i].t_ns, items[i].t_ns, TEXT_NONE);
        else
            add_bar_parts(adding->picture,
                          &adding->lanes->bars[items[i].first + items[i].count - 1]);
        if (items[i].count > 0 && adding->lanes->bars[items[i].first].what == LANE_FAILED)
            add_part(adding->picture, PART_FAILED, items[i].t_ns, items[i].t_ns, TEXT_NONE);
    }
}

/* The picked items of a process, and the others between them. */
static int add_items(struct adding *adding, size_t first, size_t end, size_t depth)
{
    for (size_t i = first, fold = first; i <= end; i++) {
        const struct item *item = &adding->items.list[i];
        if (i < end && !item->is_picked)
            continue;
        if (fold < i)
            add_fold(adding, fold, i, depth);
        fold = i + 1;
        if (i == end)
            break;
        if (item->count == 0)
            add_exception(adding, item, depth);
        else if (add_bar(adding, item, depth) != 0)
            return -1;
    }
    return 0;
}

static enum picture_style style_of_phase(enum lane_phase_kind kind)
{
    static const enum picture_style styles[] = {PART_LOADER, PART_CONSTRUCTORS, PART_PROGRAM,
                                                PART_MARK, PART_THREAD};

    return styles[kind];
}

static void add_phases(struct adding *adding, const struct lane_process *process)
{
    static const char mark[] = "mark:";
    const struct lane_phase *phase = adding->lanes->phases + process->first_phase;

    for (size_t i = process->phase_count; i > 0; i--, phase++) {
        const char *name = lanes_phase_name(adding->lanes, phase);
        if (!items_in_range(adding->lanes, phase->t_ns, phase->end_ns))
            continue;
        if (phase->kind == PHASE_MARK && strncmp(name, mark, sizeof mark - 1) == 0)
            name += sizeof mark - 1;
        escape_for_terminal(&adding->text, name, strlen(name));
        add_part(adding->picture, style_of_phase(phase->kind), phase->t_ns, phase->end_ns,
                 take_text(adding));
    }
}

/* How it ended, what of it has no row, what is not known. */
static void say_process(struct adding *adding, const struct lane_process *process, size_t first,
                        size_t end, bool has_rows)
{
    struct folded folded = count_folded(adding, first, end);

    human_duration(&adding->text, process->end_ns - process->t_ns);
    if (process->is_open)
        buffer_add_text(&adding->text, " at least");
    if (process->exit != TEXT_NONE) {
        buffer_add_text(&adding->text, ", ");
        say(adding, process->exit);
    }
    folded.others = 0;
    if (!has_rows) {
        say_folded(adding, &folded, false, ", ");
        say_folded(adding, &folded, true, ", ");
    }
    buffer_add_text(&adding->text, process->is_unseen ? ", loads not observed" : "");
}

static size_t shown_depth(const struct adding *adding, size_t process)
{
    size_t depth = 0;

    while ((process = adding->lanes->processes[process].parent) != LANES_NONE &&
           depth < DEPTH_AT_MOST)
        depth += adding->items.shown[process];
    return depth;
}

static void add_thread(struct adding *adding, const struct lane_thread *thread, int64_t t_ns,
                       int64_t end_ns, size_t depth)
{
    struct picture_row *row = add_row(adding->picture, PICTURE_THREAD);

    row->t_ns = t_ns;
    row->end_ns = end_ns < t_ns ? t_ns : end_ns;
    row->depth = depth;
    row->opens = true;
    buffer_add_text(&adding->text, "thread ");
    say(adding, thread->name);
    buffer_add_text(&adding->text, thread->name != TEXT_NONE ? " " : "");
    human_count(&adding->text, thread->tid);
    row->label = take_text(adding);
    human_duration(&adding->text, row->end_ns - row->t_ns);
    row->words = take_text(adding);
    say_span(adding, row->t_ns, row->end_ns);
    row->details = take_text(adding);
    add_part(adding->picture, PART_THREAD, row->t_ns, row->end_ns, TEXT_NONE);
}

static void add_threads(struct adding *adding, size_t process, size_t depth)
{
    const struct lanes *lanes = adding->lanes;
    size_t left = 0, shown = 0;

    for (size_t i = 0; i < lanes->thread_count; i++) {
        const struct lane_thread *thread = &lanes->threads[i];
        int64_t t_ns = thread->t_ns == LANES_UNKNOWN ? lanes->from_ns : thread->t_ns,
                end_ns = thread->end_ns == LANES_UNKNOWN ? lanes->processes[process].end_ns
                                                         : thread->end_ns;
        if (thread->process != process || thread->is_main || !items_in_range(lanes, t_ns, end_ns))
            continue;
        if (shown == THREADS_AT_MOST || adding->threads_left == 0) {
            left++;
            continue;
        }
        shown++;
        adding->threads_left--;
        add_thread(adding, thread, t_ns, end_ns, depth);
    }
    if (left > 0) {
        buffer_add_text(&adding->text, "and ");
        say_count(adding, (int64_t)left, "more thread", "more threads");
        add_row(adding->picture, PICTURE_NOTE)->label = take_text(adding);
        adding->picture->rows[adding->picture->row_count - 1].depth = depth;
    }
}

static int add_process(struct adding *adding, size_t process, size_t first, size_t end)
{
    const struct lane_process *lane = &adding->lanes->processes[process];
    struct picture_row *row = add_row(adding->picture, PICTURE_PROCESS);
    size_t depth = shown_depth(adding, process);
    bool has_rows = adding->items.listed[process];

    row->t_ns = lane->t_ns;
    row->end_ns = lane->end_ns;
    row->depth = depth;
    row->is_bad = lane->has_failed;
    row->opens = lane->t_ns >= adding->lanes->from_ns;
    row->ends = !lane->is_open && lane->end_ns <= adding->lanes->to_ns;
    say(adding, lane->name);
    buffer_format(&adding->text, " %" PRId64, lane->pid);
    row->label = take_text(adding);
    say_process(adding, lane, first, end, has_rows);
    row->words = take_text(adding);
    say(adding, lane->command_line != TEXT_NONE ? lane->command_line : lane->name);
    buffer_add_text(&adding->text, ": ");
    say_span(adding, lane->t_ns, lane->end_ns);
    row->details = take_text(adding);
    add_phases(adding, lane);
    add_threads(adding, process, depth + 1);
    return has_rows ? add_items(adding, first, end, depth + 1) : 0;
}

/* Where the items of each process begin. */
static size_t *find_firsts(const struct adding *adding)
{
    const struct items *items = &adding->items;
    size_t *firsts = calloc(adding->lanes->process_count + 1, sizeof *firsts), at = 0;

    for (size_t i = 0; firsts != NULL && i <= adding->lanes->process_count; i++) {
        firsts[i] = at;
        while (at < items->count && items->list[at].process == i)
            at++;
    }
    return firsts;
}

/* Children below their parents: what comes after a process in its tree, by a stack of links. */
struct kin {
    size_t first_child, next;
};

static struct kin *find_kin(const struct lanes *lanes, size_t *first_root)
{
    struct kin *kin = calloc(lanes->process_count + 1, sizeof *kin);

    *first_root = LANES_NONE;
    for (size_t i = 0; kin != NULL && i < lanes->process_count; i++)
        kin[i].first_child = kin[i].next = LANES_NONE;
    for (size_t i = lanes->process_count; kin != NULL && i > 0; i--) {
        size_t parent = lanes->processes[i - 1].parent,
               *first = parent != LANES_NONE ? &kin[parent].first_child : first_root;
        kin[i - 1].next = *first;
        *first = i - 1;
    }
    return kin;
}

static size_t next_in_tree(const struct lanes *lanes, const struct kin *kin, size_t process)
{
    if (kin[process].first_child != LANES_NONE)
        return kin[process].first_child;
    while (process != LANES_NONE && kin[process].next == LANES_NONE)
        process = lanes->processes[process].parent;
    return process != LANES_NONE ? kin[process].next : LANES_NONE;
}

static int add_processes(struct adding *adding)
{
    size_t first_root, *firsts = find_firsts(adding);
    struct kin *kin = find_kin(adding->lanes, &first_root);
    int result = 0;

    if (firsts == NULL || kin == NULL)
        result = error_set(adding->error, TRAIL_FAILED, 0, "out of memory");
    for (size_t i = first_root; result == 0 && i != LANES_NONE;
         i = next_in_tree(adding->lanes, kin, i))
        if (adding->items.shown[i])
            result = add_process(adding, i, firsts[i], firsts[i + 1]);
    free(firsts);
    free(kin);
    return result;
}

static int compare_times(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

/* How many of the last row's parts there are at once, at most; 0 without memory. */
static size_t most_at_once(const struct picture *picture, size_t count)
{
    const struct picture_part *parts = picture->parts + picture->part_count - count;
    int64_t *times = calloc(2 * count + 1, sizeof *times), *ends = times + count;
    size_t most = 0;

    for (size_t i = 0; times != NULL && i < count; i++) {
        times[i] = parts[i].t_ns;
        ends[i] = parts[i].end_ns;
    }
    if (times != NULL) {
        qsort(times, count, sizeof *times, compare_times);
        qsort(ends, count, sizeof *times, compare_times);
    }
    for (size_t i = 0, ended = 0; times != NULL && i < count; i++) {
        while (ends[ended] < times[i])
            ended++;
        most = i + 1 - ended > most ? i + 1 - ended : most;
    }
    free(times);
    return most;
}

/* "and 640 more processes, 3 of which failed", and how many of them there were at a time. */
static void add_others(struct adding *adding)
{
    const struct lanes *lanes = adding->lanes;
    size_t left = lanes->process_count - adding->items.shown_count, failed = 0;
    struct picture_row *row;

    if (left == 0)
        return;
    row = add_row(adding->picture, PICTURE_ALIVE);
    for (size_t i = 0; i < lanes->process_count; i++) {
        if (adding->items.shown[i])
            continue;
        failed += lanes->processes[i].has_failed;
        add_part(adding->picture, PART_ALIVE, lanes->processes[i].t_ns, lanes->processes[i].end_ns,
                 TEXT_NONE);
    }
    buffer_add_text(&adding->text, "and ");
    say_count(adding, (int64_t)left, "more process", "more processes");
    if (failed > 0)
        buffer_format(&adding->text, ", %zu of which failed", failed);
    if (left > 1)
        buffer_format(&adding->text, ", at most %zu at once", most_at_once(adding->picture, left));
    row->is_bad = failed > 0;
    row->label = row->details = take_text(adding);
}

static void add_silence(struct adding *adding, const struct silence *silence)
{
    struct picture_row *row = add_row(adding->picture, PICTURE_BAR);

    row->t_ns = silence->t_ns;
    row->end_ns = silence->end_ns;
    buffer_add_text(&adding->text, "no event");
    row->label = take_text(adding);
    human_duration(&adding->text, silence->end_ns - silence->t_ns);
    buffer_format(&adding->text, " after event %" PRId64, silence->seq);
    row->words = take_text(adding);
    buffer_add_text(&adding->text, "no event: ");
    say_span(adding, silence->t_ns, silence->end_ns);
    row->details = take_text(adding);
    add_part(adding->picture, PART_UNKNOWN, row->t_ns, row->end_ns, TEXT_NONE);
}

/* Of a run that is too long for all its bars: how its events lie in time, and where there is none.
 */
static int add_events(struct adding *adding)
{
    struct silences silences;

    if (adding->lanes->read_to_ns >= adding->lanes->to_ns)
        return 0;
    if (silences_find(&silences, adding->lanes) != 0)
        return error_set(adding->error, TRAIL_FAILED, 0, "out of memory");
    for (size_t i = 0; i < silences.count; i++)
        add_silence(adding, &silences.list[i]);
    say_count(adding, adding->lanes->events, "event", "events");
    buffer_add_text(&adding->text, " in all, how many at a time:");
    add_row(adding->picture, PICTURE_RATE)->label = take_text(adding);
    for (size_t i = 1; i < silences.sample_count; i++)
        add_part(adding->picture, PART_ALIVE, silences.samples[i - 1], silences.samples[i],
                 TEXT_NONE);
    return 0;
}

static void add_title(struct adding *adding)
{
    struct lanes *lanes = adding->lanes;
    struct picture_row *row = add_row(adding->picture, PICTURE_TITLE);

    buffer_format(&adding->text, "run %" PRId64 ": ", lanes->run);
    say(adding, lanes->command_line);
    row->label = take_text(adding);
    row = add_row(adding->picture, PICTURE_NOTE);
    human_duration(&adding->text, lanes->wall_ns);
    buffer_add_text(&adding->text, ", ");
    say_count(adding, lanes->all_processes, "process", "processes");
    buffer_add_text(&adding->text, ", ");
    say_count(adding, lanes->all_loads, "load", "loads");
    buffer_add_text(&adding->text, ", ");
    say(adding, lanes->state);
    buffer_add_text(&adding->text, ", ");
    say(adding, lanes->start);
    row->label = take_text(adding);
}

/* What of the run is not in the picture, in words. */
static void add_limits(struct adding *adding)
{
    struct lanes *lanes = adding->lanes;

    if (lanes->read_to_ns < lanes->to_ns) {
        buffer_add_text(&adding->text, "bars are drawn up to ");
        say_at(adding, lanes->read_to_ns);
        buffer_add_text(&adding->text, ", since there are more than ");
        buffer_format(&adding->text, "%d; --from shows what follows", (int)LANES_BARS_AT_MOST);
        add_row(adding->picture, PICTURE_NOTE)->label = take_text(adding);
    }
    if (lanes->process_count == LANES_OTHERS_AT_MOST || lanes->has_more_threads) {
        buffer_format(&adding->text, "of processes and threads only the first %d are drawn",
                      (int)LANES_OTHERS_AT_MOST);
        add_row(adding->picture, PICTURE_NOTE)->label = take_text(adding);
    }
    if (lanes->process_count == 0) {
        buffer_add_text(&adding->text, "no such process in what is looked at");
        add_row(adding->picture, PICTURE_NOTE)->label = take_text(adding);
    }
}

int picture_add(struct picture *picture, struct lanes *lanes, size_t rows,
                struct trail_error *error)
{
    struct adding adding = {
        .picture = picture, .lanes = lanes, .error = error, .threads_left = rows / 4};
    int result = -1;

    if (picture->row_count == 0 || lanes->from_ns < picture->from_ns)
        picture->from_ns = lanes->from_ns;
    if (lanes->to_ns > picture->to_ns)
        picture->to_ns = lanes->to_ns;
    if (items_choose(&adding.items, lanes, rows) == 0) {
        add_title(&adding);
        add_limits(&adding);
        add_row(picture, PICTURE_AXIS);
        if ((result = add_processes(&adding)) == 0)
            result = add_events(&adding);
        add_others(&adding);
    } else {
        picture->has_failed = true;
    }
    if (picture->has_failed || text_pool_has_failed(picture->texts))
        result = error_set(error, TRAIL_FAILED, 0, "out of memory");
    items_release(&adding.items);
    buffer_release(&adding.text);
    return result;
}

int picture_init(struct picture *picture, struct trail_error *error)
{
    memset(picture, 0, sizeof *picture);
    return (picture->texts = text_pool_new()) != NULL &&
                   lanes_with_room(&picture->parts, 0, sizeof *picture->parts) != NULL
               ? 0
               : error_set(error, TRAIL_FAILED, 0, "out of memory");
}

void picture_release(struct picture *picture)
{
    text_pool_free(picture->texts);
    free(picture->rows);
    free(picture->parts);
    memset(picture, 0, sizeof *picture);
}

const char *picture_text(const struct picture *picture, uint32_t text)
{
    return text_pool_text(picture->texts, text);
}
