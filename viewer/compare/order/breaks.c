/* See breaks.h. */
#include "breaks.h"

#include "array.h"
#include "compare/model/bits.h"

#include <stdlib.h>
#include <string.h>

/* The broken pairs of a sequence, by positions in it: a set of partners for each, both ways. */
struct breaks {
    const struct order_relation *relation;
    const size_t *sequence;
    size_t count, words;
    uint64_t *partners, *left; /* left: partners that were not taken out */
    size_t *degrees;
    ptrdiff_t *shifts; /* how far it is behind its place among the broken ones */
};

static uint64_t *row(const struct breaks *breaks, uint64_t *matrix, size_t at)
{
    return matrix + at * breaks->words;
}

static bool must_precede(const struct breaks *breaks, size_t a, size_t b)
{
    const struct order_relation *relation = breaks->relation;

    return bits_has(relation->before + breaks->sequence[b] * relation->words, breaks->sequence[a]);
}

/*
 * Whether there is a broken pair at all: seldom, so that nothing is made for it. `later` is room
 * for a set.
 */
static bool is_broken(const struct order_relation *relation, const size_t *sequence, size_t count,
                      uint64_t *later)
{
    memset(later, 0, relation->words * sizeof *later);
    for (size_t i = count; i-- > 0; bits_add(later, sequence[i])) {
        const uint64_t *before = relation->before + sequence[i] * relation->words;
        for (size_t w = 0; w < relation->words; w++)
            if ((before[w] & later[w]) != 0)
                return true;
    }
    return false;
}

static void find_pairs(struct breaks *breaks)
{
    for (size_t b = 0; b < breaks->count; b++)
        for (size_t a = b + 1; a < breaks->count; a++) {
            if (!must_precede(breaks, a, b))
                continue;
            bits_add(row(breaks, breaks->partners, a), b);
            bits_add(row(breaks, breaks->partners, b), a);
            breaks->degrees[a]++;
            breaks->degrees[b]++;
        }
    memcpy(breaks->left, breaks->partners,
           breaks->count * breaks->words * sizeof *breaks->partners);
}

static double rank(const struct breaks *breaks, size_t at)
{
    return breaks->relation->ranks[breaks->sequence[at]];
}

/* A broken one; place: how many of these come before it, less how many come behind it. */
struct placed {
    ptrdiff_t place;
    double rank;
    size_t at, now; /* in the sequence; among the broken ones of it */
};

static int compare_placed(const void *left, const void *right)
{
    const struct placed *a = left, *b = right;

    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    if (a->rank < b->rank || b->rank < a->rank)
        return a->rank < b->rank ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

/*
 * By what the broken ones say of each other, since the ranks of what is in few runs only are among
 * what those runs have.
 */
static int find_shifts(struct breaks *breaks)
{
    struct placed *placed = malloc((breaks->count + 1) * sizeof *placed);
    size_t count = 0;

    if (placed == NULL)
        return -1;
    for (size_t i = 0; i < breaks->count; i++)
        if (breaks->degrees[i] > 0) {
            placed[count] = (struct placed){0, rank(breaks, i), i, count};
            count++;
        }
    for (size_t b = 0; b < count; b++)
        for (size_t a = 0; a < count; a++)
            if (must_precede(breaks, placed[a].at, placed[b].at)) {
                placed[a].place--;
                placed[b].place++;
            }
    qsort(placed, count, sizeof *placed, compare_placed);
    for (size_t i = 0; i < count; i++)
        breaks->shifts[placed[i].at] = (ptrdiff_t)placed[i].now - (ptrdiff_t)i;
    free(placed);
    return 0;
}

static bool is_worse(const struct breaks *breaks, size_t a, size_t b)
{
    ptrdiff_t shift_a = llabs(breaks->shifts[a]), shift_b = llabs(breaks->shifts[b]);

    if (breaks->degrees[a] != breaks->degrees[b])
        return breaks->degrees[a] > breaks->degrees[b];
    if (shift_a != shift_b)
        return shift_a > shift_b;
    return rank(breaks, a) > rank(breaks, b);
}

/*
 * What is in most broken pairs; of several the farthest from its place, then the last by rank.
 * SIZE_MAX if nothing is broken.
 */
static size_t worst(const struct breaks *breaks)
{
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < breaks->count; i++)
        if (breaks->degrees[i] > 0 && (found == SIZE_MAX || is_worse(breaks, i, found)))
            found = i;
    return found;
}

static void take_out(struct breaks *breaks, size_t at)
{
    const uint64_t *partners = row(breaks, breaks->left, at);

    for (size_t i = bits_next(partners, breaks->words, 0); i < breaks->count;
         i = bits_next(partners, breaks->words, i + 1)) {
        bits_remove(row(breaks, breaks->left, i), at);
        breaks->degrees[i]--;
    }
    breaks->degrees[at] = 0;
}

static size_t nearest_partner(const struct breaks *breaks, size_t at)
{
    const uint64_t *partners = row(breaks, breaks->partners, at);
    size_t nearest = SIZE_MAX;
    double least = 0;

    for (size_t i = bits_next(partners, breaks->words, 0); i < breaks->count;
         i = bits_next(partners, breaks->words, i + 1)) {
        double distance = rank(breaks, i) - rank(breaks, at);
        distance = distance < 0 ? -distance : distance;
        if (nearest == SIZE_MAX || distance < least) {
            nearest = i;
            least = distance;
        }
    }
    return nearest;
}

/*
 * Which of those that moved changed places with this one: they are a broken pair, and one is before
 * its place by rank, the other behind.
 */
static size_t exchanged_with(const struct breaks *breaks, const size_t *moved, size_t count,
                             size_t at)
{
    for (size_t i = 0; i < count; i++)
        if (moved[i] != SIZE_MAX && bits_has(row(breaks, breaks->partners, at), moved[i]) &&
            (breaks->shifts[moved[i]] < 0) != (breaks->shifts[at] < 0))
            return i;
    return SIZE_MAX;
}

static int describe(struct breaks *breaks, size_t *moved, size_t count, struct moved_item **found,
                    size_t *found_count)
{
    for (size_t i = 0; i < count; i++) {
        struct moved_item *items = array_with_room(*found, *found_count, sizeof *items);
        size_t at = moved[i], twin, other;
        if (items == NULL)
            return -1;
        *found = items;
        if (at == SIZE_MAX)
            continue;
        twin = exchanged_with(breaks, moved, count, at);
        other = twin != SIZE_MAX ? moved[twin] : nearest_partner(breaks, at);
        moved[i] = SIZE_MAX;
        if (twin != SIZE_MAX)
            moved[twin] = SIZE_MAX;
        items[(*found_count)++] = (struct moved_item){
            breaks->sequence[at], breaks->sequence[other], must_precede(breaks, at, other),
            bits_count(row(breaks, breaks->partners, at), breaks->words)};
    }
    return 0;
}

static int find(struct breaks *breaks, struct moved_item **found, size_t *found_count)
{
    size_t cells = breaks->count * breaks->words + 1, count = 0, at;
    size_t *moved = malloc((breaks->count + 1) * sizeof *moved);
    int result = -1;

    breaks->partners = calloc(cells, sizeof *breaks->partners);
    breaks->left = malloc(cells * sizeof *breaks->left);
    breaks->degrees = calloc(breaks->count + 1, sizeof *breaks->degrees);
    breaks->shifts = calloc(breaks->count + 1, sizeof *breaks->shifts);
    if (moved != NULL && breaks->partners != NULL && breaks->left != NULL &&
        breaks->degrees != NULL && breaks->shifts != NULL) {
        find_pairs(breaks);
        result = find_shifts(breaks);
        for (; (at = worst(breaks)) != SIZE_MAX; take_out(breaks, at))
            moved[count++] = at;
        if (result == 0)
            result = describe(breaks, moved, count, found, found_count);
    }
    free(moved);
    free(breaks->partners);
    free(breaks->left);
    free(breaks->degrees);
    free(breaks->shifts);
    return result;
}

int breaks_find(const struct order_relation *relation, const size_t *sequence, size_t count,
                struct moved_item **found, size_t *found_count, struct trail_error *error)
{
    struct breaks breaks = {
        .relation = relation, .sequence = sequence, .count = count, .words = bits_words(count)};
    uint64_t *later = count > 1 ? malloc((relation->words + 1) * sizeof *later) : NULL;
    int result = count > 1 && later == NULL ? -1 : 0;

    if (later != NULL && is_broken(relation, sequence, count, later))
        result = find(&breaks, found, found_count);
    free(later);
    return result == 0 ? 0 : error_set(error, TRAIL_FAILED, 0, "out of memory");
}

size_t breaks_sort(const uint64_t *before, size_t words, size_t count, size_t *sorted)
{
    size_t *open = malloc((count + 1) * sizeof *open), done = 0, placed = 0;

    if (open == NULL)
        return SIZE_MAX;
    for (size_t i = 0; i < count; i++)
        if ((open[i] = bits_count(before + i * words, words)) == 0)
            sorted[placed++] = i;
    for (; done < placed; done++)
        for (size_t i = 0; i < count; i++)
            if (bits_has(before + i * words, sorted[done]) && --open[i] == 0)
                sorted[placed++] = i;
    free(open);
    return placed;
}
