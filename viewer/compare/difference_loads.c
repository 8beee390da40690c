/*
 * One run against another, load by load: the sequences of each process are aligned, and what is on one side only is an addition, a removal or,
 * with its like on the other side, a move. As few loads as possible are said to have moved, since the alignment is a longest one.
 */
#include "difference_private.h"

#include "align.h"

#include <stdlib.h>
#include <string.h>

/* What happened to a load of one of the runs. */
enum fate {
    FATE_SAME,
    FATE_CHANGED, /* where it was, but another build, place or thread */
    FATE_MINGLED, /* elsewhere, but only among loads of threads that ran at the same time */
    FATE_MOVED,
    FATE_ALONE
};

/* What two loads of one module can differ in. */
enum news { NEWS_BUILD = 1, NEWS_PLACE = 2, NEWS_THREAD = 4 };

struct sequence {
    const struct recording *recording;
    size_t *loads; /* positions in recording->loads */
    uint32_t *keys;
    size_t *partners; /* positions in the other sequence, or ALIGN_NONE */
    enum fate *fates;
    unsigned char *news; /* of the pairs of b: enum news, each said once of a key */
    bool *shown;
    size_t count;
};

struct comparing {
    struct differences *differences;
    struct sequence a, b;
    struct tuple_map counts; /* (key, side) -> how many loads; (key, 2 + what) -> 1: was reported */
};

static int begin_sequence(struct sequence *sequence, const struct recording *recording)
{
    size_t room = recording->load_count + 1;

    sequence->recording = recording;
    sequence->loads = malloc(room * sizeof *sequence->loads);
    sequence->keys = malloc(room * sizeof *sequence->keys);
    sequence->partners = malloc(room * sizeof *sequence->partners);
    sequence->fates = malloc(room * sizeof *sequence->fates);
    sequence->news = malloc(room * sizeof *sequence->news);
    sequence->shown = malloc(room * sizeof *sequence->shown);
    return sequence->loads == NULL || sequence->keys == NULL || sequence->partners == NULL || sequence->fates == NULL ||
                   sequence->news == NULL || sequence->shown == NULL
               ? -1
               : 0;
}

static void release_sequence(struct sequence *sequence)
{
    free(sequence->loads);
    free(sequence->keys);
    free(sequence->partners);
    free(sequence->fates);
    free(sequence->news);
    free(sequence->shown);
}

static void choose_loads(struct comparing *comparing, struct sequence *sequence, size_t process, uint32_t side)
{
    const struct recording *recording = sequence->recording;

    sequence->count = 0;
    for (size_t i = 0; i < recording->load_count; i++) {
        const struct recorded_load *load = &recording->loads[i];
        if (load->process != process || load->is_synthetic || difference_ignores_module(comparing->differences, load->module))
            continue;
        sequence->loads[sequence->count] = i;
        sequence->keys[sequence->count] = load->key;
        sequence->news[sequence->count] = 0;
        sequence->shown[sequence->count] = false;
        sequence->count++;
        ++*tuple_map_at(&comparing->counts, load->key, side, 0);
    }
}

static const struct recorded_load *load_of(const struct sequence *sequence, size_t at)
{
    return &sequence->recording->loads[sequence->loads[at]];
}

/* Makes pairs of equal keys that the alignment left on both sides: the n-th with the n-th. */
static int pair_moved(struct comparing *comparing)
{
    struct sequence *a = &comparing->a, *b = &comparing->b;
    struct tuple_map next = {0}; /* key -> position + 1 of its first lone load in b; links go on in `links` */
    uint32_t *links = calloc(b->count + 1, sizeof *links);

    if (links == NULL)
        return -1;
    for (size_t i = b->count; i-- > 0;) {
        uint32_t *head = b->partners[i] == ALIGN_NONE ? tuple_map_at(&next, b->keys[i], 0, 0) : NULL;
        if (head == NULL)
            continue;
        links[i] = *head;
        *head = (uint32_t)i + 1;
    }
    for (size_t i = 0; i < a->count; i++) {
        uint32_t *head = a->partners[i] == ALIGN_NONE ? tuple_map_at(&next, a->keys[i], 0, 0) : NULL;
        size_t at = head != NULL && *head != 0 ? *head - 1 : ALIGN_NONE;
        a->fates[i] = head == NULL ? FATE_SAME : at == ALIGN_NONE ? FATE_ALONE : FATE_MOVED;
        if (at == ALIGN_NONE)
            continue;
        *head = links[at];
        a->partners[i] = at;
        b->partners[at] = i;
        b->fates[at] = FATE_MOVED;
    }
    free(links);
    tuple_map_release(&next);
    return next.failed ? -1 : 0;
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
static struct difference *add_row(struct comparing *comparing, enum difference_section section, enum difference_change change, size_t a, size_t b)
{
    struct difference *row = difference_add(comparing->differences, section, change, change != CHANGE_SAME && change != CHANGE_MINGLED);
    const struct sequence *of = b != ALIGN_NONE ? &comparing->b : &comparing->a;
    const struct recorded_load *load = load_of(of, b != ALIGN_NONE ? b : a);

    row->name = load->name;
    row->role = of->recording->processes[load->process].role;
    if (a != ALIGN_NONE) {
        row->a_place = comparing->a.loads[a] + 1;
        row->a_ns = (double)load_of(&comparing->a, a)->net_ns;
    }
    if (b != ALIGN_NONE) {
        row->b_place = comparing->b.loads[b] + 1;
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

/* A load that only one of the runs has: of a module that the other does not load at all, or loads less often. */
static void report_alone(struct comparing *comparing, size_t a, size_t b)
{
    uint32_t key = a != ALIGN_NONE ? comparing->a.keys[a] : comparing->b.keys[b];
    uint32_t count_a = count_of(comparing, key, 0), count_b = count_of(comparing, key, 1);
    enum difference_change change = count_a == 0 ? CHANGE_ADDED : count_b == 0 ? CHANGE_REMOVED : count_b > count_a ? CHANGE_MORE : CHANGE_FEWER;
    struct difference *row;

    if (!is_news(comparing, key, FATE_ALONE << 8))
        return;
    row = add_row(comparing, SECTION_LOADS, change, a, b);
    if (count_a > 1 || (count_a > 0 && count_b > 0))
        add_count(comparing, &row->a, count_a);
    if (count_b > 1 || (count_a > 0 && count_b > 0))
        add_count(comparing, &row->b, count_b);
}

/* The last load before `at` that is no moved one: what a place is told by. ALIGN_NONE at the beginning. */
static size_t neighbour(const struct sequence *sequence, size_t at)
{
    while (at-- > 0)
        if (sequence->fates[at] != FATE_MOVED && sequence->fates[at] != FATE_MINGLED)
            return at;
    return ALIGN_NONE;
}

static void add_place(struct comparing *comparing, const struct sequence *sequence, size_t at)
{
    size_t before = neighbour(sequence, at);

    buffer_add_text(&comparing->differences->scratch, before == ALIGN_NONE ? "first" : "after ");
    if (before != ALIGN_NONE)
        buffer_add_text(&comparing->differences->scratch, recordings_text(comparing->differences->all, load_of(sequence, before)->name));
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
    bool is_early = strcmp(recordings_text(all, of_a->cause), "startup") == 0 || strcmp(recordings_text(all, of_b->cause), "startup") == 0;
    unsigned char news = 0;

    if (only[SECTION_IDENTITY] && !identity_equal(&all->modules[of_a->module].identity, &all->modules[of_b->module].identity) &&
        is_news(comparing, of_a->key, NEWS_BUILD))
        news |= NEWS_BUILD;
    if (only[SECTION_PATH] && of_a->place != of_b->place && is_news(comparing, of_a->key, NEWS_PLACE))
        news |= NEWS_PLACE;
    /* Windows loads what a program is linked to with threads of its own, whichever is free. */
    if (only[SECTION_LOADS] && !is_early &&
        !recording_same_thread_role(all, comparing->a.recording, of_a->thread, comparing->b.recording, of_b->thread) &&
        is_news(comparing, of_a->key, NEWS_THREAD))
        news |= NEWS_THREAD;
    return news;
}

static uint32_t thread_name(struct comparing *comparing, const struct recording *recording, size_t thread)
{
    const struct recorded_thread *of = &recording->threads[thread];

    return of->is_main ? text_pool_add_text(comparing->differences->all->texts, "main thread") : of->role;
}

static void report_news(struct comparing *comparing, size_t a, size_t b)
{
    const struct recorded_load *of_a = load_of(&comparing->a, a), *of_b = load_of(&comparing->b, b);
    struct difference *row;

    if (comparing->b.news[b] & NEWS_BUILD)
        difference_describe_identity(comparing->differences, add_row(comparing, SECTION_IDENTITY, CHANGE_REPLACED, a, b), of_a->module,
                                     of_b->module);
    if (comparing->b.news[b] & NEWS_PLACE) {
        row = add_row(comparing, SECTION_PATH, CHANGE_REPLACED, a, b);
        row->a = of_a->place;
        row->b = of_b->place;
    }
    if (comparing->b.news[b] & NEWS_THREAD) {
        row = add_row(comparing, SECTION_LOADS, CHANGE_THREAD, a, b);
        row->a = thread_name(comparing, comparing->a.recording, of_a->thread);
        row->b = thread_name(comparing, comparing->b.recording, of_b->thread);
        row->note = text_pool_add_text(comparing->differences->all->texts, "loaded by another thread");
    }
}

static bool lived_at(const struct recorded_thread *thread, int64_t seq)
{
    return thread->start_seq < seq && (thread->end_seq == RECORDING_UNKNOWN || thread->end_seq > seq);
}

/*
 * Whether two loads are of threads that ran at the same time. The main thread lives all the time and often waits: of it, only while the other
 * thread lived.
 */
static bool ran_together(const struct recording *recording, const struct recorded_load *a, const struct recorded_load *b)
{
    const struct recorded_thread *of_a, *of_b;

    if (a->thread == RECORDING_NONE || b->thread == RECORDING_NONE || a->thread == b->thread)
        return false;
    of_a = &recording->threads[a->thread];
    of_b = &recording->threads[b->thread];
    if (of_a->is_main || of_b->is_main)
        return lived_at(of_a, b->seq) && lived_at(of_b, a->seq);
    return lived_at(of_a, of_b->start_seq) || lived_at(of_b, of_a->start_seq);
}

/* Whether a moved load has only changed sides with loads of threads that ran at the same time as its own, in both runs. */
static bool is_mingled(const struct comparing *comparing, size_t a, size_t b)
{
    const struct sequence *of_a = &comparing->a, *of_b = &comparing->b;

    for (size_t i = 0; i < of_b->count; i++) {
        size_t partner = of_b->partners[i];
        if (partner == ALIGN_NONE || i == b || (i < b) == (partner < a))
            continue;
        if (!ran_together(of_a->recording, load_of(of_a, a), load_of(of_a, partner)) ||
            !ran_together(of_b->recording, load_of(of_b, b), load_of(of_b, i)))
            return false;
    }
    return true;
}

static void judge_pairs(struct comparing *comparing)
{
    struct sequence *a = &comparing->a, *b = &comparing->b;

    for (size_t i = 0; i < b->count; i++) {
        size_t partner = b->partners[i];
        if (partner == ALIGN_NONE)
            continue;
        b->news[i] = look_for_news(comparing, partner, i);
        if (b->fates[i] == FATE_SAME && b->news[i] != 0)
            b->fates[i] = FATE_CHANGED;
        if (b->fates[i] == FATE_MOVED && is_mingled(comparing, partner, i))
            a->fates[partner] = b->fates[i] = FATE_MINGLED;
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

/* Marks what is near to a change: by place in b, where what only a has stands before what follows it in a. */
static void choose_context(struct comparing *comparing)
{
    size_t context = comparing->differences->options->context, since = context, next = 0;
    struct sequence *a = &comparing->a, *b = &comparing->b;
    bool *near = b->shown;

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
    if (!comparing->b.shown[at]) {
        ++*hidden;
        return;
    }
    if (*hidden > 0)
        difference_add(comparing->differences, SECTION_LOADS, CHANGE_SKIPPED, false)->a_place = *hidden;
    *hidden = 0;
    add_row(comparing, SECTION_LOADS, CHANGE_SAME, partner, at);
}

static void report_mingled(struct comparing *comparing, size_t partner, size_t at)
{
    struct difference *row = add_row(comparing, SECTION_ORDER, CHANGE_MINGLED, partner, at);

    row->note = text_pool_add_text(comparing->differences->all->texts, "elsewhere among loads of threads that ran at the same time");
    comparing->differences->mingled++;
}

/* Goes along b, with what only a has in between; unchanged loads give context in the section of loads. */
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
        if (b->news[i] != 0)
            report_news(comparing, partner, i);
    }
    report_of_a(comparing, next, a->count);
}

static int compare_process(struct comparing *comparing, size_t process_a, size_t process_b, struct trail_error *error)
{
    struct sequence *a = &comparing->a, *b = &comparing->b;

    tuple_map_clear(&comparing->counts);
    choose_loads(comparing, a, process_a, 0);
    choose_loads(comparing, b, process_b, 1);
    if (align_sequences(a->keys, a->count, b->keys, b->count, a->partners, b->partners, error) != 0)
        return -1;
    for (size_t i = 0; i < b->count; i++)
        b->fates[i] = b->partners[i] == ALIGN_NONE ? FATE_ALONE : FATE_SAME;
    if (pair_moved(comparing) != 0)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    judge_pairs(comparing);
    choose_context(comparing);
    report(comparing);
    return comparing->counts.failed ? error_set(error, TRAIL_FAILED, 0, "out of memory") : 0;
}

/* The process of that role, or RECORDING_NONE. */
static size_t find_role(const struct recording *recording, uint32_t role)
{
    for (size_t i = 0; i < recording->process_count; i++)
        if (recording->processes[i].role == role)
            return i;
    return RECORDING_NONE;
}

int difference_find_loads(struct differences *differences, struct trail_error *error)
{
    const struct recording *a = &differences->all->items[differences->a->first], *b = &differences->all->items[differences->b->first];
    struct comparing comparing = {.differences = differences};
    int result = 0;

    if (begin_sequence(&comparing.a, a) != 0 || begin_sequence(&comparing.b, b) != 0)
        result = error_set(error, TRAIL_FAILED, 0, "out of memory");
    for (size_t i = 0; i < a->process_count && result == 0; i++) {
        size_t other = find_role(b, a->processes[i].role);
        if (other != RECORDING_NONE)
            result = compare_process(&comparing, i, other, error);
    }
    release_sequence(&comparing.a);
    release_sequence(&comparing.b);
    tuple_map_release(&comparing.counts);
    return result;
}
