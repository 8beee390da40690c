/* See align.h. */
#include "align.h"

#include "compare/model/tuple_map.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* So many differences are searched for the longest alignment: it takes their square in steps. */
enum { DIFFERENCES_AT_MOST = 3000 };

/* Part of the grid of a (x) against b (y). */
struct part {
    const uint32_t *a, *b;
    ptrdiff_t n, m;
};

/* The snake in the middle of a shortest path: a diagonal run from (x, y) to (u, v). */
struct snake {
    ptrdiff_t x, y, u, v;
};

struct aligning {
    /* by diagonal x - y: the furthest x; -1 where none was reached. Pointers to diagonal 0 */
    ptrdiff_t *forward, *reverse;
    const uint32_t *a, *b; /* the whole sequences */
    size_t *of_a, *of_b;
    bool failed; /* without memory */
};

/* The furthest x on diagonal k with one more difference; -1 if it cannot be reached. */
static ptrdiff_t step(const ptrdiff_t *furthest, ptrdiff_t k, ptrdiff_t n, ptrdiff_t m)
{
    ptrdiff_t right = furthest[k - 1] >= 0 && furthest[k - 1] < n ? furthest[k - 1] + 1 : -1;
    ptrdiff_t down = furthest[k + 1] >= 0 && furthest[k + 1] - (k + 1) < m ? furthest[k + 1] : -1;

    return right > down ? right : down;
}

static bool search_forward(const struct part *part, struct aligning *aligning, ptrdiff_t d,
                           ptrdiff_t k, struct snake *snake)
{
    ptrdiff_t delta = part->n - part->m, other = delta - k;
    ptrdiff_t x = d == 0 ? 0 : step(aligning->forward, k, part->n, part->m), start = x;

    while (x >= 0 && x < part->n && x - k < part->m && part->a[x] == part->b[x - k])
        x++;
    aligning->forward[k] = x;
    if (delta % 2 == 0 || x < 0 || other <= -d || other >= d || aligning->reverse[other] < 0 ||
        x + aligning->reverse[other] < part->n)
        return false;
    *snake = (struct snake){start, start - k, x, x - k};
    return true;
}

static bool search_reverse(const struct part *part, struct aligning *aligning, ptrdiff_t d,
                           ptrdiff_t k, struct snake *snake)
{
    ptrdiff_t n = part->n, m = part->m, delta = n - m, other = delta - k;
    ptrdiff_t x = d == 0 ? 0 : step(aligning->reverse, k, n, m), start = x;

    while (x >= 0 && x < n && x - k < m && part->a[n - 1 - x] == part->b[m - 1 - (x - k)])
        x++;
    aligning->reverse[k] = x;
    if (delta % 2 != 0 || x < 0 || other < -d || other > d || aligning->forward[other] < 0 ||
        x + aligning->forward[other] < n)
        return false;
    *snake = (struct snake){n - x, m - (x - k), n - start, m - (start - k)};
    return true;
}

/* Whether there was one within DIFFERENCES_AT_MOST. */
static bool find_middle(const struct part *part, struct aligning *aligning, struct snake *snake)
{
    ptrdiff_t n = part->n, m = part->m, most = (n + m + 1) / 2;

    *snake = (struct snake){0, 0, 0, 0};
    for (ptrdiff_t k = -most - 1; k <= most + 1; k++)
        aligning->forward[k] = aligning->reverse[k] = -1;
    for (ptrdiff_t d = 0; d <= most && d <= DIFFERENCES_AT_MOST; d++) {
        /* the diagonals that meet the grid */
        ptrdiff_t lowest = d > m ? -d + 2 * (d - m) : -d, highest = d > n ? d - 2 * (d - n) : d;
        for (ptrdiff_t k = lowest; k <= highest; k += 2)
            if (search_forward(part, aligning, d, k, snake))
                return true;
        for (ptrdiff_t k = lowest; k <= highest; k += 2)
            if (search_reverse(part, aligning, d, k, snake))
                return true;
    }
    return false; /* the paths meet at the latest with half of n + m */
}

static void match(struct aligning *aligning, const uint32_t *a, const uint32_t *b)
{
    aligning->of_a[a - aligning->a] = (size_t)(b - aligning->b);
    aligning->of_b[b - aligning->b] = (size_t)(a - aligning->a);
}

/*
 * The n-th of equal elements for the n-th: the longest sequence of growing places, by patience
 * sorting, in n log n steps. Where all stand once in each, no alignment is longer.
 */
struct growing {
    size_t *places; /* by position in b: where it stands in a */
    /* by length - 1: the position in b at which the best sequence of that length ends */
    size_t *tails;
    size_t *before; /* by position in b: what comes before it in its sequence, or ALIGN_NONE */
    size_t length;
};

static void grow(struct growing *growing, size_t at)
{
    size_t low = 0, high = growing->length;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (growing->places[growing->tails[middle]] < growing->places[at])
            low = middle + 1;
        else
            high = middle;
    }
    growing->before[at] = low > 0 ? growing->tails[low - 1] : ALIGN_NONE;
    growing->tails[low] = at;
    growing->length += low == growing->length;
}

/* Room for the longest part of both. */
static int make_growing(struct growing *growing, size_t count)
{
    *growing = (struct growing){malloc((count + 1) * sizeof *growing->places),
                                malloc((count + 1) * sizeof *growing->tails),
                                malloc((count + 1) * sizeof *growing->before), 0};
    return growing->places == NULL || growing->tails == NULL || growing->before == NULL ? -1 : 0;
}

static void release_growing(struct growing *growing)
{
    free(growing->places);
    free(growing->tails);
    free(growing->before);
}

/* In the map: (value, n) -> where the n-th of it stands in a, + 1; (value, 0, side) -> how many. */
static int align_in_order(struct aligning *aligning, const struct part *part)
{
    struct growing growing;
    struct tuple_map map = {0};
    int result = make_growing(&growing, (size_t)part->m);

    for (ptrdiff_t i = 0; i < part->n && result == 0; i++) {
        uint32_t nth = ++*tuple_map_at(&map, part->a[i], 0, 1);
        *tuple_map_at(&map, part->a[i], nth, 0) = (uint32_t)i + 1;
    }
    for (ptrdiff_t i = 0; i < part->m && result == 0; i++) {
        uint32_t nth = ++*tuple_map_at(&map, part->b[i], 0, 2),
                 at = tuple_map_find(&map, part->b[i], nth, 0);
        if (at == 0)
            continue;
        growing.places[i] = at - 1;
        grow(&growing, (size_t)i);
    }
    for (size_t at = growing.length > 0 ? growing.tails[growing.length - 1] : ALIGN_NONE;
         at != ALIGN_NONE && result == 0; at = growing.before[at])
        match(aligning, part->a + growing.places[at], part->b + at);
    result = map.failed ? -1 : result;
    release_growing(&growing);
    tuple_map_release(&map);
    return result;
}

/* halves the differences at each level */
static void align(struct aligning *aligning, struct part part)
{
    struct snake snake;

    while (part.n > 0 && part.m > 0 && *part.a == *part.b) {
        match(aligning, part.a++, part.b++);
        part.n--;
        part.m--;
    }
    while (part.n > 0 && part.m > 0 && part.a[part.n - 1] == part.b[part.m - 1])
        match(aligning, &part.a[--part.n], &part.b[--part.m]);
    if (part.n == 0 || part.m == 0)
        return;
    if (!find_middle(&part, aligning, &snake)) {
        aligning->failed |= align_in_order(aligning, &part) != 0;
        return;
    }
    for (ptrdiff_t i = snake.x; i < snake.u; i++)
        match(aligning, &part.a[i], &part.b[snake.y + i - snake.x]);
    align(aligning, (struct part){part.a, part.b, snake.x, snake.y});
    align(aligning,
          (struct part){part.a + snake.u, part.b + snake.v, part.n - snake.u, part.m - snake.v});
}

/*
 * What the other sequence does not have at all cannot match: without it, sequences that have little
 * in common take little time.
 */
static size_t keep_common(const uint32_t *from, size_t count, uint32_t bit, struct tuple_map *map,
                          uint32_t *kept, size_t *places)
{
    size_t kept_count = 0;

    for (size_t i = 0; i < count; i++) {
        if ((*tuple_map_at(map, from[i], 0, 0) & bit) == 0)
            continue;
        places[kept_count] = i;
        kept[kept_count++] = from[i];
    }
    return kept_count;
}

struct kept {
    uint32_t *values;
    size_t *places, *of, count;
};

static int make_kept(struct kept *kept, size_t count)
{
    kept->values = malloc((count + 1) * sizeof *kept->values);
    kept->places = malloc((count + 1) * sizeof *kept->places);
    kept->of = malloc((count + 1) * sizeof *kept->of);
    return kept->values == NULL || kept->places == NULL || kept->of == NULL ? -1 : 0;
}

static void release_kept(struct kept *kept)
{
    free(kept->values);
    free(kept->places);
    free(kept->of);
}

static int align_kept(struct kept *a, struct kept *b, bool are_unique)
{
    size_t reach = (a->count + b->count + 1) / 2 + 2;
    ptrdiff_t *furthest = malloc(2 * (2 * reach + 1) * sizeof *furthest);
    struct aligning aligning = {NULL, NULL, a->values, b->values, a->of, b->of, false};
    struct part whole = {a->values, b->values, (ptrdiff_t)a->count, (ptrdiff_t)b->count};

    if (furthest == NULL)
        return -1;
    aligning.forward = furthest + reach;
    aligning.reverse = furthest + 3 * reach + 1;
    for (size_t i = 0; i < a->count; i++)
        a->of[i] = ALIGN_NONE;
    for (size_t i = 0; i < b->count; i++)
        b->of[i] = ALIGN_NONE;
    if (are_unique)
        aligning.failed = align_in_order(&aligning, &whole) != 0;
    else
        align(&aligning, whole);
    free(furthest);
    return aligning.failed ? -1 : 0;
}

static void put_back(const struct kept *kept, const struct kept *other, size_t count, size_t *of)
{
    for (size_t i = 0; i < count; i++)
        of[i] = ALIGN_NONE;
    for (size_t i = 0; i < kept->count; i++)
        if (kept->of[i] != ALIGN_NONE)
            of[kept->places[i]] = other->places[kept->of[i]];
}

/* Notes which values a sequence has (bit) and has twice (bit << 2). */
static void note_values(const uint32_t *values, size_t count, uint32_t bit, struct tuple_map *map)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t *bits = tuple_map_at(map, values[i], 0, 0);
        *bits |= (*bits & bit) != 0 ? bit << 2 : bit;
    }
}

/* Whether what both have stands once in each. */
static bool are_unique(const struct kept *kept, struct tuple_map *map)
{
    for (size_t i = 0; i < kept->count; i++)
        if (*tuple_map_at(map, kept->values[i], 0, 0) > 3)
            return false;
    return true;
}

int align_sequences(const uint32_t *a, size_t n, const uint32_t *b, size_t m, size_t *of_a,
                    size_t *of_b, struct trail_error *error)
{
    struct tuple_map map = {0};
    struct kept kept_a = {0}, kept_b = {0};
    int result = -1;

    note_values(a, n, 1, &map);
    note_values(b, m, 2, &map);
    if (!map.failed && make_kept(&kept_a, n) == 0 && make_kept(&kept_b, m) == 0) {
        kept_a.count = keep_common(a, n, 2, &map, kept_a.values, kept_a.places);
        kept_b.count = keep_common(b, m, 1, &map, kept_b.values, kept_b.places);
        result = align_kept(&kept_a, &kept_b, are_unique(&kept_a, &map));
    }
    if (result == 0) {
        put_back(&kept_a, &kept_b, n, of_a);
        put_back(&kept_b, &kept_a, m, of_b);
    }
    release_kept(&kept_a);
    release_kept(&kept_b);
    tuple_map_release(&map);
    return result == 0 ? 0 : error_set(error, TRAIL_FAILED, 0, "out of memory");
}
