/* See sequence.h. */
#include "sequence.h"

#include "array.h"
#include "compare/model/tuple_map.h"

#include <stdlib.h>

enum {
    PAIRS_AT_MOST = 1000 * 1000,
    LOOKS_AT_MOST = 20 * PAIRS_AT_MOST, /* at two steps, where there are more pairs than that */
    ANCHORS_AT_MOST = 1000
};

int sequence_init(struct sequence *sequence, const struct recording *recording, size_t room,
                  struct trail_error *error)
{
    sequence->recording = recording;
    sequence->steps = malloc((room + 1) * sizeof *sequence->steps);
    sequence->keys = malloc((room + 1) * sizeof *sequence->keys);
    sequence->partners = malloc((room + 1) * sizeof *sequence->partners);
    sequence->statuses = malloc((room + 1) * sizeof *sequence->statuses);
    sequence->stayed = malloc((room + 1) * sizeof *sequence->stayed);
    return sequence->steps == NULL || sequence->keys == NULL || sequence->partners == NULL ||
                   sequence->statuses == NULL || sequence->stayed == NULL
               ? error_set(error, TRAIL_FAILED, 0, "out of memory")
               : 0;
}

void sequence_release(struct sequence *sequence)
{
    free(sequence->steps);
    free(sequence->keys);
    free(sequence->partners);
    free(sequence->statuses);
    free(sequence->stayed);
}

void sequence_add(struct sequence *sequence, const struct recorded_step *step, uint32_t key)
{
    sequence->steps[sequence->count] = step;
    sequence->keys[sequence->count++] = key;
}

/* Makes pairs of equal keys that the alignment left on both sides: the n-th with the n-th. */
static int pair_moved(struct sequence *a, struct sequence *b)
{
    /* key -> position + 1 of its first lone step in b; links go on in `links` */
    struct tuple_map next = {0};
    uint32_t *links = calloc(b->count + 1, sizeof *links);

    if (links == NULL)
        return -1;
    for (size_t i = b->count; i-- > 0;) {
        uint32_t *head =
            b->partners[i] == ALIGN_NONE ? tuple_map_at(&next, b->keys[i], 0, 0) : NULL;
        if (head == NULL)
            continue;
        links[i] = *head;
        *head = (uint32_t)i + 1;
    }
    for (size_t i = 0; i < a->count; i++) {
        uint32_t *head =
            a->partners[i] == ALIGN_NONE ? tuple_map_at(&next, a->keys[i], 0, 0) : NULL;
        size_t at = head != NULL && *head != 0 ? *head - 1 : ALIGN_NONE;
        a->statuses[i] = head == NULL ? STEP_SAME : at == ALIGN_NONE ? STEP_ALONE : STEP_MOVED;
        if (at == ALIGN_NONE)
            continue;
        *head = links[at];
        a->partners[i] = at;
        b->partners[at] = i;
        b->statuses[at] = STEP_MOVED;
    }
    free(links);
    tuple_map_release(&next);
    return next.failed ? -1 : 0;
}

static bool lived_at(const struct recorded_thread *thread, int64_t seq)
{
    return thread->start_seq < seq &&
           (thread->end_seq == RECORDING_UNKNOWN || thread->end_seq > seq);
}

/*
 * Whether two steps are of threads that ran at the same time, or of processes. The main thread
 * lives all the time and often waits: of it, only while the other thread lived.
 */
static bool ran_together(const struct recording *recording, const struct recorded_step *a,
                         const struct recorded_step *b)
{
    const struct recorded_thread *of_a, *of_b;

    if (a->thread == RECORDING_NONE || b->thread == RECORDING_NONE || a->thread == b->thread)
        return false;
    of_a = &recording->threads[a->thread];
    of_b = &recording->threads[b->thread];
    if (of_a->process == of_b->process && (of_a->is_main || of_b->is_main))
        return lived_at(of_a, b->seq) && lived_at(of_b, a->seq);
    return lived_at(of_a, of_b->start_seq) || lived_at(of_b, of_a->start_seq);
}

/*
 * Whether the pairs of two positions in b came in another order in a, and not by chance: not of
 * threads that ran at the same time in both.
 */
static bool is_broken(const struct sequence *a, const struct sequence *b, size_t i, size_t k)
{
    if ((i < k) == (b->partners[i] < b->partners[k]))
        return false;
    return !ran_together(a->recording, a->steps[b->partners[i]], a->steps[b->partners[k]]) ||
           !ran_together(b->recording, b->steps[i], b->steps[k]);
}

/* Whether a pair breaks the order with no other: of those so near to it in b. */
static bool is_concurrent(const struct sequence *a, const struct sequence *b, size_t at,
                          size_t reach)
{
    for (size_t i = at > reach ? at - reach : 0; i < b->count && i <= at + reach; i++)
        if (i != at && b->partners[i] != ALIGN_NONE && is_broken(a, b, i, at))
            return false;
    return true;
}

/* Steps of which the order is broken between each two, as a graph over the positions in b. */
struct breaks {
    size_t (*edges)[2];
    size_t count;
    size_t *degrees;
};

static int add_edge(struct breaks *breaks, size_t i, size_t k)
{
    size_t(*edges)[2] = array_with_room(breaks->edges, breaks->count, sizeof *edges);

    if (edges == NULL)
        return -1;
    breaks->edges = edges;
    edges[breaks->count][0] = i;
    edges[breaks->count++][1] = k;
    breaks->degrees[i]++;
    breaks->degrees[k]++;
    return 0;
}

/*
 * What the alignment has in one order is not broken: one end of each edge is a step that it left
 * out.
 */
static int find_breaks(const struct sequence *a, const struct sequence *b, struct breaks *breaks)
{
    for (size_t i = 0; i < b->count; i++) {
        if (b->statuses[i] != STEP_MOVED)
            continue;
        for (size_t k = 0; k < b->count; k++)
            if (k != i && b->partners[k] != ALIGN_NONE && (b->statuses[k] != STEP_MOVED || k < i) &&
                is_broken(a, b, i, k) && add_edge(breaks, i, k) != 0)
                return -1;
    }
    return 0;
}

/*
 * The step in most breaks; of several one that the alignment left out. ALIGN_NONE without a break.
 */
static size_t worst(const struct sequence *b, const struct breaks *breaks)
{
    size_t found = ALIGN_NONE;

    for (size_t i = 0; i < b->count; i++)
        if (breaks->degrees[i] > 0 &&
            (found == ALIGN_NONE || breaks->degrees[i] > breaks->degrees[found] ||
             (breaks->degrees[i] == breaks->degrees[found] && b->statuses[i] == STEP_MOVED &&
              b->statuses[found] != STEP_MOVED)))
            found = i;
    return found;
}

static void take_out(struct breaks *breaks, size_t at)
{
    size_t kept = 0;

    for (size_t i = 0; i < breaks->count; i++) {
        const size_t *edge = breaks->edges[i];
        if (edge[0] == at || edge[1] == at) {
            breaks->degrees[edge[0]]--;
            breaks->degrees[edge[1]]--;
            continue;
        }
        breaks->edges[kept][0] = edge[0];
        breaks->edges[kept++][1] = edge[1];
    }
    breaks->count = kept;
}

/*
 * Where threads mingle, the alignment may have left out what only came elsewhere among others: as
 * few as break the order have moved.
 */
static int choose_moved(struct sequence *a, struct sequence *b)
{
    struct breaks breaks = {.degrees = calloc(b->count + 1, sizeof *breaks.degrees)};
    int result = breaks.degrees == NULL || find_breaks(a, b, &breaks) != 0 ? -1 : 0;

    for (size_t i = 0; i < b->count && result == 0; i++)
        if (b->statuses[i] == STEP_MOVED && breaks.degrees[i] == 0)
            a->statuses[b->partners[i]] = b->statuses[i] = STEP_CONCURRENT;
    for (size_t at; result == 0 && (at = worst(b, &breaks)) != ALIGN_NONE; take_out(&breaks, at))
        a->statuses[b->partners[at]] = b->statuses[at] = STEP_BREAKS;
    for (size_t i = 0; i < b->count && result == 0; i++)
        if (b->statuses[i] == STEP_MOVED || b->statuses[i] == STEP_BREAKS)
            a->statuses[b->partners[i]] = b->statuses[i] =
                b->statuses[i] == STEP_BREAKS ? STEP_MOVED : STEP_CONCURRENT;
    free(breaks.edges);
    free(breaks.degrees);
    return result;
}

static bool has_several_threads(const struct sequence *sequence)
{
    for (size_t i = 1; i < sequence->count; i++)
        if (sequence->steps[i]->thread != sequence->steps[0]->thread)
            return true;
    return false;
}

/*
 * In one thread, the alignment says what moved. Where there is too much to look at each two, what
 * it left out and does not only mingle.
 */
static int judge_moved(struct sequence *a, struct sequence *b)
{
    size_t moved = 0;

    if (!has_several_threads(a) && !has_several_threads(b))
        return 0;
    for (size_t i = 0; i < b->count; i++)
        moved += b->statuses[i] == STEP_MOVED;
    if (moved == 0 || b->count <= PAIRS_AT_MOST / moved)
        return choose_moved(a, b);
    for (size_t i = 0; i < b->count; i++)
        if (b->statuses[i] == STEP_MOVED && is_concurrent(a, b, i, LOOKS_AT_MOST / moved))
            a->statuses[b->partners[i]] = b->statuses[i] = STEP_CONCURRENT;
    return 0;
}

static void note_stayed(struct sequence *sequence)
{
    size_t last = ALIGN_NONE;

    for (size_t i = 0; i < sequence->count; i++) {
        sequence->stayed[i] = last;
        last = sequence->statuses[i] != STEP_MOVED ? i : last;
    }
}

int sequences_compare(struct sequence *a, struct sequence *b, struct trail_error *error)
{
    if (align_sequences(a->keys, a->count, b->keys, b->count, a->partners, b->partners, error) != 0)
        return -1;
    for (size_t i = 0; i < b->count; i++)
        b->statuses[i] = b->partners[i] == ALIGN_NONE ? STEP_ALONE : STEP_SAME;
    if (pair_moved(a, b) != 0 || judge_moved(a, b) != 0)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    note_stayed(a);
    note_stayed(b);
    return 0;
}

size_t sequence_anchor(const struct sequence *sequence, size_t at)
{
    size_t looks = 0;

    for (size_t i = sequence->stayed[at]; i != ALIGN_NONE && looks < ANCHORS_AT_MOST;
         i = sequence->stayed[i], looks++)
        if (!ran_together(sequence->recording, sequence->steps[i], sequence->steps[at]))
            return i;
    return looks < ANCHORS_AT_MOST ? ALIGN_NONE : sequence->stayed[at];
}
