/* See difference_loads.h. */
#include "difference_loads.h"

#include "difference_identity.h"
#include "compare/match/same_thread.h"
#include "compare/match/sequence.h"
#include "compare/model/grouped.h"

#include <stdlib.h>
#include <string.h>

/* What two loads of one module can differ in. */
enum changed_part { CHANGED_BUILD = 1, CHANGED_PLACE = 2, CHANGED_THREAD = 4, CHANGED_NAME = 8 };

struct comparison {
    struct differences *differences;
    struct sequence a, b;
    struct grouped of_a, of_b; /* the steps by process */
    unsigned char
        *changed_parts;      /* of the pairs of b: enum changed_part, each said once of a key */
    bool *shown;             /* of b: gives context */
    struct tuple_map counts; /* (key, side) -> how many loads; (key, 2 + what) -> 1: was reported */
};

static size_t process_of(const void *recording, size_t step)
{
    return ((const struct recording *)recording)->steps[STREAM_LOADS][step].process;
}

static void choose_loads(struct comparison *comparison, struct sequence *sequence,
                         const struct part *part, uint32_t side)
{
    const struct recording *recording = sequence->recording;

    sequence->count = 0;
    for (size_t i = 0; i < part->count; i++) {
        const struct recorded_step *step = &recording->steps[STREAM_LOADS][part->items[i]];
        const struct recorded_load *load = &recording->loads[step->item];
        if (difference_ignores_module(comparison->differences, load->module))
            continue;
        sequence_add(sequence, step, load->key);
        ++*tuple_map_at(&comparison->counts, load->key, side, 0);
    }
}

static const struct recorded_load *load_of(const struct sequence *sequence, size_t at)
{
    return &sequence->recording->loads[sequence->steps[at]->item];
}

/* Whether this is said of the key for the first time. */
static bool is_first_report(struct comparison *comparison, uint32_t key, unsigned what)
{
    uint32_t *said = tuple_map_at(&comparison->counts, key, 2, what);

    return (*said)++ == 0;
}

static uint32_t count_of(struct comparison *comparison, uint32_t key, uint32_t side)
{
    return *tuple_map_at(&comparison->counts, key, side, 0);
}

/* Fills the sides of a row from positions in the sequences, either of which may be ALIGN_NONE. */
static struct difference *add_row(struct comparison *comparison, enum difference_section section,
                                  enum difference_change change, size_t a, size_t b)
{
    bool counts = change != CHANGE_SAME && change != CHANGE_CONCURRENT && change != CHANGE_THREAD &&
                  (change != CHANGE_RENAMED ||
                   difference_identity_is_new_name(comparison->differences->all,
                                                   load_of(&comparison->a, a)->module,
                                                   load_of(&comparison->b, b)->module));
    struct difference *row = difference_add(comparison->differences, section, change, counts);
    const struct sequence *of = b != ALIGN_NONE ? &comparison->b : &comparison->a;
    const struct recorded_load *load = load_of(of, b != ALIGN_NONE ? b : a);

    row->name = load->name;
    row->role = of->recording->processes[load->process].role;
    if (a != ALIGN_NONE) {
        row->a_place = comparison->a.steps[a]->item + 1;
        row->a_ns = (double)load_of(&comparison->a, a)->net_ns;
    }
    if (b != ALIGN_NONE) {
        row->b_place = comparison->b.steps[b]->item + 1;
        row->b_ns = (double)load_of(&comparison->b, b)->net_ns;
    }
    return row;
}

static void add_count(struct comparison *comparison, uint32_t *text, uint32_t count)
{
    struct buffer *scratch = &comparison->differences->scratch;

    buffer_format(scratch, count == 1 ? "once" : "%u times", (unsigned)count);
    *text = difference_text(comparison->differences);
}

/*
 * A load that only one of the runs has: of a module that the other does not load at all, or loads
 * less often.
 */
static void report_alone(struct comparison *comparison, size_t a, size_t b)
{
    uint32_t key = a != ALIGN_NONE ? comparison->a.keys[a] : comparison->b.keys[b];
    uint32_t count_a = count_of(comparison, key, 0), count_b = count_of(comparison, key, 1);
    enum difference_change change = count_a == 0        ? CHANGE_ADDED
                                    : count_b == 0      ? CHANGE_REMOVED
                                    : count_b > count_a ? CHANGE_MORE
                                                        : CHANGE_FEWER;
    struct difference *row;

    if (!is_first_report(comparison, key, STEP_ALONE << 8))
        return;
    row = add_row(comparison, SECTION_LOADS, change, a, b);
    if (count_a > 1 || (count_a > 0 && count_b > 0))
        add_count(comparison, &row->a, count_a);
    if (count_b > 1 || (count_a > 0 && count_b > 0))
        add_count(comparison, &row->b, count_b);
}

static void add_place(struct comparison *comparison, const struct sequence *sequence, size_t at)
{
    size_t before = sequence_anchor(sequence, at);

    buffer_add_text(&comparison->differences->scratch, before == ALIGN_NONE ? "first" : "after ");
    if (before != ALIGN_NONE)
        buffer_add_text(
            &comparison->differences->scratch,
            recordings_text(comparison->differences->all, load_of(sequence, before)->name));
}

static void report_moved(struct comparison *comparison, size_t a, size_t b)
{
    struct difference *row = add_row(comparison, SECTION_ORDER, CHANGE_MOVED, a, b);

    buffer_add_text(&comparison->differences->scratch, "now ");
    add_place(comparison, &comparison->b, b);
    buffer_add_text(&comparison->differences->scratch, ", was ");
    add_place(comparison, &comparison->a, a);
    row->note = difference_text(comparison->differences);
}

/* What two loads of one module differ in and was not said of it yet. */
static unsigned char find_changed_parts(struct comparison *comparison, size_t a, size_t b)
{
    const struct recordings *all = comparison->differences->all;
    const bool *only = comparison->differences->options->only;
    const struct recorded_load *of_a = load_of(&comparison->a, a),
                               *of_b = load_of(&comparison->b, b);
    bool is_early = strcmp(recordings_text(all, of_a->load_phase), "startup") == 0 ||
                    strcmp(recordings_text(all, of_b->load_phase), "startup") == 0;
    unsigned char parts = 0;

    if (only[SECTION_IDENTITY] &&
        !identity_equal(&all->modules[of_a->module].identity,
                        &all->modules[of_b->module].identity) &&
        is_first_report(comparison, of_a->key, CHANGED_BUILD))
        parts |= CHANGED_BUILD;
    if (only[SECTION_PATH] && of_a->place != of_b->place &&
        is_first_report(comparison, of_a->key, CHANGED_PLACE))
        parts |= CHANGED_PLACE;
    /* Windows loads what a program is linked to with threads of its own, whichever is free. */
    if (only[SECTION_LOADS] && !is_early &&
        !is_same_thread(all, comparison->a.recording, of_a->thread, comparison->b.recording,
                        of_b->thread) &&
        is_first_report(comparison, of_a->key, CHANGED_THREAD))
        parts |= CHANGED_THREAD;
    if (only[SECTION_IDENTITY] && difference_identity_is_renamed(all, of_a, of_b) &&
        is_first_report(comparison, of_a->key, CHANGED_NAME))
        parts |= CHANGED_NAME;
    return parts;
}

static uint32_t thread_name(struct comparison *comparison, const struct recording *recording,
                            size_t thread)
{
    const struct recorded_thread *of = &recording->threads[thread];

    return of->is_main ? text_pool_add_text(comparison->differences->all->texts, "main thread")
                       : of->role;
}

static void report_changed_parts(struct comparison *comparison, size_t a, size_t b)
{
    const struct recorded_load *of_a = load_of(&comparison->a, a),
                               *of_b = load_of(&comparison->b, b);
    struct difference *row;

    if (comparison->changed_parts[b] & CHANGED_BUILD)
        difference_identity_describe(comparison->differences,
                                     add_row(comparison, SECTION_IDENTITY, CHANGE_REPLACED, a, b),
                                     of_a->module, of_b->module);
    if (comparison->changed_parts[b] & CHANGED_PLACE) {
        row = add_row(comparison, SECTION_PATH, CHANGE_REPLACED, a, b);
        row->a = of_a->place;
        row->b = of_b->place;
    }
    if (comparison->changed_parts[b] & CHANGED_NAME) {
        row = add_row(comparison, SECTION_IDENTITY, CHANGE_RENAMED, a, b);
        row->a = of_a->name;
        row->b = of_b->name;
        row->note = text_pool_add_text(
            comparison->differences->all->texts,
            difference_identity_likeness(comparison->differences->all, of_b->module));
    }
    if (comparison->changed_parts[b] & CHANGED_THREAD) {
        row = add_row(comparison, SECTION_LOADS, CHANGE_THREAD, a, b);
        row->a = thread_name(comparison, comparison->a.recording, of_a->thread);
        row->b = thread_name(comparison, comparison->b.recording, of_b->thread);
        row->note =
            text_pool_add_text(comparison->differences->all->texts, "loaded by another thread");
    }
}

static void look_at_pairs(struct comparison *comparison)
{
    struct sequence *b = &comparison->b;

    for (size_t i = 0; i < b->count; i++) {
        comparison->changed_parts[i] =
            b->partners[i] != ALIGN_NONE ? find_changed_parts(comparison, b->partners[i], i) : 0;
        if (b->statuses[i] == STEP_SAME && comparison->changed_parts[i] != 0)
            b->statuses[i] = STEP_CHANGED;
    }
}

/* Whether the alignment has it. */
static bool is_kept(enum step_status status)
{
    return status == STEP_SAME || status == STEP_CHANGED;
}

/* What a reader needs no row for. */
static bool is_quiet(enum step_status status)
{
    return status == STEP_SAME || status == STEP_CONCURRENT;
}

/*
 * Marks what is near to a change: by place in b, where what only a has stands before what follows
 * it in a.
 */
static void choose_context(struct comparison *comparison)
{
    size_t context = comparison->differences->options->context, since = context, next = 0;
    struct sequence *a = &comparison->a, *b = &comparison->b;
    bool *near = comparison->shown;

    for (size_t i = 0; i < b->count; i++) { /* what follows a change */
        for (; is_kept(b->statuses[i]) && next < b->partners[i]; next++)
            since = a->statuses[next] == STEP_ALONE ? 0 : since;
        next = is_kept(b->statuses[i]) ? b->partners[i] + 1 : next;
        since = is_quiet(b->statuses[i]) ? since : 0;
        near[i] = is_quiet(b->statuses[i]) && since < context;
        since += is_quiet(b->statuses[i]);
    }
    since = context;
    next = a->count;
    for (size_t i = b->count; i-- > 0;) { /* what leads to one */
        for (; is_kept(b->statuses[i]) && next > b->partners[i] + 1; next--)
            since = a->statuses[next - 1] == STEP_ALONE ? 0 : since;
        next = is_kept(b->statuses[i]) ? b->partners[i] : next;
        since = is_quiet(b->statuses[i]) ? since : 0;
        near[i] |= is_quiet(b->statuses[i]) && since < context;
        since += is_quiet(b->statuses[i]);
    }
}

static void report_of_a(struct comparison *comparison, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (comparison->a.statuses[i] == STEP_ALONE)
            report_alone(comparison, i, ALIGN_NONE);
}

static void report_context(struct comparison *comparison, size_t partner, size_t at, size_t *hidden)
{
    if (!comparison->shown[at]) {
        ++*hidden;
        return;
    }
    if (*hidden > 0)
        difference_add(comparison->differences, SECTION_LOADS, CHANGE_SKIPPED, false)->a_place =
            *hidden;
    *hidden = 0;
    add_row(comparison, SECTION_LOADS, CHANGE_SAME, partner, at);
}

static void report_concurrent(struct comparison *comparison, size_t partner, size_t at)
{
    struct difference *row = add_row(comparison, SECTION_ORDER, CHANGE_CONCURRENT, partner, at);

    row->note = text_pool_add_text(comparison->differences->all->texts,
                                   "elsewhere among loads of threads that ran at the same time");
    comparison->differences->concurrent++;
}

/*
 * Goes along b, with what only a has in between; unchanged loads give context in the section of
 * loads.
 */
static void report(struct comparison *comparison)
{
    struct sequence *a = &comparison->a, *b = &comparison->b;
    size_t next = 0, hidden = 0;

    for (size_t i = 0; i < b->count; i++) {
        size_t partner = b->partners[i];
        if (is_kept(b->statuses[i])) {
            report_of_a(comparison, next, partner);
            next = partner + 1;
        }
        if (is_quiet(b->statuses[i]))
            report_context(comparison, partner, i, &hidden);
        if (b->statuses[i] == STEP_CONCURRENT)
            report_concurrent(comparison, partner, i);
        else if (b->statuses[i] == STEP_ALONE)
            report_alone(comparison, ALIGN_NONE, i);
        else if (b->statuses[i] == STEP_MOVED)
            report_moved(comparison, partner, i);
        if (comparison->changed_parts[i] != 0)
            report_changed_parts(comparison, partner, i);
    }
    report_of_a(comparison, next, a->count);
}

static int compare_process(struct comparison *comparison, size_t process_a, size_t process_b,
                           struct trail_error *error)
{
    struct sequence *a = &comparison->a, *b = &comparison->b;
    const struct part of_a = grouped_part(&comparison->of_a, process_a),
                      of_b = grouped_part(&comparison->of_b, process_b);

    tuple_map_clear(&comparison->counts);
    choose_loads(comparison, a, &of_a, 0);
    choose_loads(comparison, b, &of_b, 1);
    if (sequences_compare(a, b, error) != 0)
        return -1;
    look_at_pairs(comparison);
    choose_context(comparison);
    report(comparison);
    return comparison->counts.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
}

int difference_loads_find(struct differences *differences, struct trail_error *error)
{
    const struct recording *a = &differences->all->items[differences->a->first],
                           *b = &differences->all->items[differences->b->first];
    struct comparison comparison = {.differences = differences,
                                    .changed_parts = malloc(b->load_count + 1),
                                    .shown =
                                        malloc((b->load_count + 1) * sizeof *comparison.shown)};
    int result = 0;

    if (comparison.changed_parts == NULL || comparison.shown == NULL ||
        grouped_init(&comparison.of_a, a->process_count, a->step_count[STREAM_LOADS], process_of,
                     a) != 0 ||
        grouped_init(&comparison.of_b, b->process_count, b->step_count[STREAM_LOADS], process_of,
                     b) != 0)
        result = error_set(error, TRAIL_FAILED, 0, "out of memory");
    if (result == 0 && (sequence_init(&comparison.a, a, a->load_count, error) != 0 ||
                        sequence_init(&comparison.b, b, b->load_count, error) != 0))
        result = -1;
    for (size_t i = 0; i < a->process_count && result == 0; i++) {
        size_t other = recording_find_role(b, a->processes[i].role);
        if (other != RECORDING_NONE)
            result = compare_process(&comparison, i, other, error);
    }
    free(comparison.changed_parts);
    free(comparison.shown);
    grouped_release(&comparison.of_a);
    grouped_release(&comparison.of_b);
    sequence_release(&comparison.a);
    sequence_release(&comparison.b);
    tuple_map_release(&comparison.counts);
    return result;
}
