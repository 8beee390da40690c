/* See difference_loads.h. */
#include "difference_loads.h"

#include "difference_identity.h"
#include "compare/match/same_thread.h"
#include "compare/match/sequence.h"

#include <stdlib.h>
#include <string.h>

/* What two loads of one module can differ in. */
enum news { NEWS_BUILD = 1, NEWS_PLACE = 2, NEWS_THREAD = 4 };

struct comparing {
    struct differences *differences;
    struct sequence a, b;
    unsigned char *news;     /* of the pairs of b: enum news, each said once of a key */
    bool *shown;             /* of b: gives context */
    struct tuple_map counts; /* (key, side) -> how many loads; (key, 2 + what) -> 1: was reported */
};

static void choose_loads(struct comparing *comparing, struct sequence *sequence, size_t process,
                         uint32_t side)
{
    const struct recording *recording = sequence->recording;

    sequence->count = 0;
    for (size_t i = 0; i < recording->step_count[STREAM_LOADS]; i++) {
        const struct recorded_step *step = &recording->steps[STREAM_LOADS][i];
        const struct recorded_load *load = &recording->loads[step->item];
        if (load->process != process ||
            difference_ignores_module(comparing->differences, load->module))
            continue;
        sequence_add(sequence, step, load->key);
        ++*tuple_map_at(&comparing->counts, load->key, side, 0);
    }
}

static const struct recorded_load *load_of(const struct sequence *sequence, size_t at)
{
    return &sequence->recording->loads[sequence->steps[at]->item];
}

/* Whether this is said of the key for the first time. */
static bool is_news(struct comparing *comparing, uint32_t key, unsigned what)
{
    uint32_t *said = tuple_map_at(&comparing->counts, key, 2, what);

    return (*said)++ == 0;
}

static uint32_t count_of(struct comparing *comparing, uint32_t key, uint32_t side)
{
    return *tuple_map_at(&comparing->counts, key, side, 0);
}

/* Fills the sides of a row from positions in the sequences, either of which may be ALIGN_NONE. */
static struct difference *add_row(struct comparing *comparing, enum difference_section section,
                                  enum difference_change change, size_t a, size_t b)
{
    struct difference *row = difference_add(comparing->differences, section, change,
                                            change != CHANGE_SAME && change != CHANGE_MINGLED);
    const struct sequence *of = b != ALIGN_NONE ? &comparing->b : &comparing->a;
    const struct recorded_load *load = load_of(of, b != ALIGN_NONE ? b : a);

    row->name = load->name;
    row->role = of->recording->processes[load->process].role;
    if (a != ALIGN_NONE) {
        row->a_place = comparing->a.steps[a]->item + 1;
        row->a_ns = (double)load_of(&comparing->a, a)->net_ns;
    }
    if (b != ALIGN_NONE) {
        row->b_place = comparing->b.steps[b]->item + 1;
        row->b_ns = (double)load_of(&comparing->b, b)->net_ns;
    }
    return row;
}

static void add_count(struct comparing *comparing, uint32_t *text, uint32_t count)
{
    struct buffer *scratch = &comparing->differences->scratch;

    buffer_format(scratch, count == 1 ? "once" : "%u times", (unsigned)count);
    *text = difference_text(comparing->differences);
}

/*
 * A load that only one of the runs has: of a module that the other does not load at all, or loads
 * less often.
 */
static void report_alone(struct comparing *comparing, size_t a, size_t b)
{
    uint32_t key = a != ALIGN_NONE ? comparing->a.keys[a] : comparing->b.keys[b];
    uint32_t count_a = count_of(comparing, key, 0), count_b = count_of(comparing, key, 1);
    enum difference_change change = count_a == 0        ? CHANGE_ADDED
                                    : count_b == 0      ? CHANGE_REMOVED
                                    : count_b > count_a ? CHANGE_MORE
                                                        : CHANGE_FEWER;
    struct difference *row;

    if (!is_news(comparing, key, FATE_ALONE << 8))
        return;
    row = add_row(comparing, SECTION_LOADS, change, a, b);
    if (count_a > 1 || (count_a > 0 && count_b > 0))
        add_count(comparing, &row->a, count_a);
    if (count_b > 1 || (count_a > 0 && count_b > 0))
        add_count(comparing, &row->b, count_b);
}

static void add_place(struct comparing *comparing, const struct sequence *sequence, size_t at)
{
    size_t before = sequence_anchor(sequence, at);

    buffer_add_text(&comparing->differences->scratch, before == ALIGN_NONE ? "first" : "after ");
    if (before != ALIGN_NONE)
        buffer_add_text(
            &comparing->differences->scratch,
            recordings_text(comparing->differences->all, load_of(sequence, before)->name));
}

static void report_moved(struct comparing *comparing, size_t a, size_t b)
{
    struct difference *row = add_row(comparing, SECTION_ORDER, CHANGE_MOVED, a, b);

    buffer_add_text(&comparing->differences->scratch, "now ");
    add_place(comparing, &comparing->b, b);
    buffer_add_text(&comparing->differences->scratch, ", was ");
    add_place(comparing, &comparing->a, a);
    row->note = difference_text(comparing->differences);
}

/* What two loads of one module differ in and was not said of it yet. */
static unsigned char look_for_news(struct comparing *comparing, size_t a, size_t b)
{
    const struct recordings *all = comparing->differences->all;
    const bool *only = comparing->differences->options->only;
    const struct recorded_load *of_a = load_of(&comparing->a, a), *of_b = load_of(&comparing->b, b);
    bool is_early = strcmp(recordings_text(all, of_a->cause), "startup") == 0 ||
                    strcmp(recordings_text(all, of_b->cause), "startup") == 0;
    unsigned char news = 0;

    if (only[SECTION_IDENTITY] &&
        !identity_equal(&all->modules[of_a->module].identity,
                        &all->modules[of_b->module].identity) &&
        is_news(comparing, of_a->key, NEWS_BUILD))
        news |= NEWS_BUILD;
    if (only[SECTION_PATH] && of_a->place != of_b->place &&
        is_news(comparing, of_a->key, NEWS_PLACE))
        news |= NEWS_PLACE;
    /* Windows loads what a program is linked to with threads of its own, whichever is free. */
    if (only[SECTION_LOADS] && !is_early &&
        !is_same_thread(all, comparing->a.recording, of_a->thread, comparing->b.recording,
                        of_b->thread) &&
        is_news(comparing, of_a->key, NEWS_THREAD))
        news |= NEWS_THREAD;
    return news;
}

static uint32_t thread_name(struct comparing *comparing, const struct recording *recording,
                            size_t thread)
{
    const struct recorded_thread *of = &recording->threads[thread];

    return of->is_main ? text_pool_add_text(comparing->differences->all->texts, "main thread")
                       : of->role;
}

static void report_news(struct comparing *comparing, size_t a, size_t b)
{
    const struct recorded_load *of_a = load_of(&comparing->a, a), *of_b = load_of(&comparing->b, b);
    struct difference *row;

    if (comparing->news[b] & NEWS_BUILD)
        difference_identity_describe(comparing->differences,
                                     add_row(comparing, SECTION_IDENTITY, CHANGE_REPLACED, a, b),
                                     of_a->module, of_b->module);
    if (comparing->news[b] & NEWS_PLACE) {
        row = add_row(comparing, SECTION_PATH, CHANGE_REPLACED, a, b);
        row->a = of_a->place;
        row->b = of_b->place;
    }
    if (comparing->news[b] & NEWS_THREAD) {
        row = add_row(comparing, SECTION_LOADS, CHANGE_THREAD, a, b);
        row->a = thread_name(comparing, comparing->a.recording, of_a->thread);
        row->b = thread_name(comparing, comparing->b.recording, of_b->thread);
        row->note =
            text_pool_add_text(comparing->differences->all->texts, "loaded by another thread");
    }
}

static void look_at_pairs(struct comparing *comparing)
{
    struct sequence *b = &comparing->b;

    for (size_t i = 0; i < b->count; i++) {
        comparing->news[i] =
            b->partners[i] != ALIGN_NONE ? look_for_news(comparing, b->partners[i], i) : 0;
        if (b->fates[i] == FATE_SAME && comparing->news[i] != 0)
            b->fates[i] = FATE_CHANGED;
    }
}

/* Whether the alignment has it. */
static bool is_kept(enum fate fate)
{
    return fate == FATE_SAME || fate == FATE_CHANGED;
}

/* What a reader needs no row for. */
static bool is_quiet(enum fate fate)
{
    return fate == FATE_SAME || fate == FATE_MINGLED;
}

/*
 * Marks what is near to a change: by place in b, where what only a has stands before what follows
 * it in a.
 */
static void choose_context(struct comparing *comparing)
{
    size_t context = comparing->differences->options->context, since = context, next = 0;
    struct sequence *a = &comparing->a, *b = &comparing->b;
    bool *near = comparing->shown;

    for (size_t i = 0; i < b->count; i++) { /* what follows a change */
        for (; is_kept(b->fates[i]) && next < b->partners[i]; next++)
            since = a->fates[next] == FATE_ALONE ? 0 : since;
        next = is_kept(b->fates[i]) ? b->partners[i] + 1 : next;
        since = is_quiet(b->fates[i]) ? since : 0;
        near[i] = is_quiet(b->fates[i]) && since < context;
        since += is_quiet(b->fates[i]);
    }
    since = context;
    next = a->count;
    for (size_t i = b->count; i-- > 0;) { /* what leads to one */
        for (; is_kept(b->fates[i]) && next > b->partners[i] + 1; next--)
            since = a->fates[next - 1] == FATE_ALONE ? 0 : since;
        next = is_kept(b->fates[i]) ? b->partners[i] : next;
        since = is_quiet(b->fates[i]) ? since : 0;
        near[i] |= is_quiet(b->fates[i]) && since < context;
        since += is_quiet(b->fates[i]);
    }
}

static void report_of_a(struct comparing *comparing, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (comparing->a.fates[i] == FATE_ALONE)
            report_alone(comparing, i, ALIGN_NONE);
}

static void report_context(struct comparing *comparing, size_t partner, size_t at, size_t *hidden)
{
    if (!comparing->shown[at]) {
        ++*hidden;
        return;
    }
    if (*hidden > 0)
        difference_add(comparing->differences, SECTION_LOADS, CHANGE_SKIPPED, false)->a_place =
            *hidden;
    *hidden = 0;
    add_row(comparing, SECTION_LOADS, CHANGE_SAME, partner, at);
}

static void report_mingled(struct comparing *comparing, size_t partner, size_t at)
{
    struct difference *row = add_row(comparing, SECTION_ORDER, CHANGE_MINGLED, partner, at);

    row->note = text_pool_add_text(comparing->differences->all->texts,
                                   "elsewhere among loads of threads that ran at the same time");
    comparing->differences->mingled++;
}

/*
 * Goes along b, with what only a has in between; unchanged loads give context in the section of
 * loads.
 */
static void report(struct comparing *comparing)
{
    struct sequence *a = &comparing->a, *b = &comparing->b;
    size_t next = 0, hidden = 0;

    for (size_t i = 0; i < b->count; i++) {
        size_t partner = b->partners[i];
        if (is_kept(b->fates[i])) {
            report_of_a(comparing, next, partner);
            next = partner + 1;
        }
        if (is_quiet(b->fates[i]))
            report_context(comparing, partner, i, &hidden);
        if (b->fates[i] == FATE_MINGLED)
            report_mingled(comparing, partner, i);
        else if (b->fates[i] == FATE_ALONE)
            report_alone(comparing, ALIGN_NONE, i);
        else if (b->fates[i] == FATE_MOVED)
            report_moved(comparing, partner, i);
        if (comparing->news[i] != 0)
            report_news(comparing, partner, i);
    }
    report_of_a(comparing, next, a->count);
}

static int compare_process(struct comparing *comparing, size_t process_a, size_t process_b,
                           struct trail_error *error)
{
    struct sequence *a = &comparing->a, *b = &comparing->b;

    tuple_map_clear(&comparing->counts);
    choose_loads(comparing, a, process_a, 0);
    choose_loads(comparing, b, process_b, 1);
    if (sequences_compare(a, b, error) != 0)
        return -1;
    look_at_pairs(comparing);
    choose_context(comparing);
    report(comparing);
    return comparing->counts.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
}

int difference_loads_find(struct differences *differences, struct trail_error *error)
{
    const struct recording *a = &differences->all->items[differences->a->first],
                           *b = &differences->all->items[differences->b->first];
    struct comparing comparing = {.differences = differences,
                                  .news = malloc(b->load_count + 1),
                                  .shown = malloc((b->load_count + 1) * sizeof *comparing.shown)};
    int result = 0;

    if (comparing.news == NULL || comparing.shown == NULL)
        result = error_set(error, TRAIL_FAILED, 0, "out of memory");
    if (result == 0 && (sequence_init(&comparing.a, a, a->load_count, error) != 0 ||
                        sequence_init(&comparing.b, b, b->load_count, error) != 0))
        result = -1;
    for (size_t i = 0; i < a->process_count && result == 0; i++) {
        size_t other = recording_find_role(b, a->processes[i].role);
        if (other != RECORDING_NONE)
            result = compare_process(&comparing, i, other, error);
    }
    free(comparing.news);
    free(comparing.shown);
    sequence_release(&comparing.a);
    sequence_release(&comparing.b);
    tuple_map_release(&comparing.counts);
    return result;
}
