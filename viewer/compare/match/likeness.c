/* See likeness.h. */
#include "likeness.h"

#include <stdlib.h>
#include <string.h>

enum {
    PAIRS_AT_MOST = 1000 * 1000, /* at once, and in all */
    EFFORT_AT_MOST = 30 * PAIRS_AT_MOST,
    CHARACTERS_AT_MOST = 100,
    PAIR = 1 << 12 /* is worth more than any likeness of one */
};

int likeness_init(struct likeness *likeness, size_t count_a, size_t count_b)
{
    size_t effort = likeness->effort;

    likeness_release(likeness);
    *likeness = (struct likeness){.a = calloc(count_a + 1, sizeof *likeness->a),
                                  .b = calloc(count_b + 1, sizeof *likeness->b),
                                  .partners = calloc(count_b + 1, sizeof *likeness->partners),
                                  .count_a = count_a,
                                  .count_b = count_b,
                                  .effort = effort};
    return likeness->a != NULL && likeness->b != NULL && likeness->partners != NULL ? 0 : -1;
}

void likeness_release(struct likeness *likeness)
{
    free(likeness->a);
    free(likeness->b);
    free(likeness->partners);
    memset(likeness, 0, sizeof *likeness);
}

static bool is_equal(const struct like *a, const struct like *b)
{
    return a->arguments == b->arguments && a->signature == b->signature;
}

/* How much two are alike: what they loaded more than how their arguments begin and end. */
static int32_t compare(const struct recordings *all, const struct like *a, const struct like *b)
{
    const char *of_a = recordings_text(all, a->arguments),
               *of_b = recordings_text(all, b->arguments);
    size_t first = 0, last = 0;

    if (a->arguments == b->arguments)
        return 1 + 3 * CHARACTERS_AT_MOST + (a->signature == b->signature) * CHARACTERS_AT_MOST;
    while (first < CHARACTERS_AT_MOST && of_a[first] == of_b[first] && of_a[first] != '\0')
        first++;
    while (last < CHARACTERS_AT_MOST && last + first < a->length && last + first < b->length &&
           of_a[a->length - last - 1] == of_b[b->length - last - 1])
        last++;
    return 1 + (int32_t)(first + last) + (a->signature == b->signature) * CHARACTERS_AT_MOST;
}

static void pair_in_order(struct likeness *likeness, size_t from_a, size_t from_b, size_t count_a,
                          size_t count_b)
{
    for (size_t i = 0; i < count_b; i++)
        likeness->partners[from_b + i] = i < count_a ? from_a + i : RECORDING_NONE;
}

/* What stands between two ends that are equal. */
struct middle {
    size_t from_a, from_b, count_a, count_b;
};

/*
 * best[i] is the worth of the first i of a and the first k of b; `ways` says of each i and k how it
 * came about.
 */
static void fill_ways(const struct likeness *likeness, const struct recordings *all,
                      const struct middle *of, int32_t *best, unsigned char *ways)
{
    for (size_t i = 0; i <= of->count_a; i++)
        best[i] = 0;
    for (size_t k = 1; k <= of->count_b; k++) {
        int32_t before = 0; /* best[i - 1] of the row before */
        for (size_t i = 1; i <= of->count_a; i++) {
            int32_t paired =
                before + PAIR +
                compare(all, &likeness->a[of->from_a + i - 1], &likeness->b[of->from_b + k - 1]);
            unsigned char way = 0;
            before = best[i];
            if (best[i - 1] > best[i]) {
                best[i] = best[i - 1];
                way = 1;
            }
            if (paired >= best[i]) {
                best[i] = paired;
                way = 2;
            }
            ways[k * (of->count_a + 1) + i] = way;
        }
    }
}

static int match_middle(struct likeness *likeness, const struct recordings *all,
                        const struct middle *of)
{
    int32_t *best = malloc((of->count_a + 1) * sizeof *best);
    unsigned char *ways = malloc((of->count_a + 1) * (of->count_b + 1));
    size_t i = of->count_a, k = of->count_b;

    if (best == NULL || ways == NULL) {
        free(best);
        free(ways);
        return -1;
    }
    fill_ways(likeness, all, of, best, ways);
    while (k > 0) {
        unsigned char way = i > 0 ? ways[k * (of->count_a + 1) + i] : 0;
        if (way == 1) {
            i--;
            continue;
        }
        likeness->partners[of->from_b + --k] = way == 2 ? of->from_a + --i : RECORDING_NONE;
    }
    free(best);
    free(ways);
    return 0;
}

static void measure(struct like *likes, size_t count, const struct recordings *all)
{
    for (size_t i = 0; i < count; i++)
        likes[i].length = strlen(recordings_text(all, likes[i].arguments));
}

int likeness_match(struct likeness *likeness, const struct recordings *all)
{
    struct middle of = {0, 0, likeness->count_a, likeness->count_b};

    while (of.count_a != of.count_b && of.count_a > 0 && of.count_b > 0 &&
           is_equal(&likeness->a[of.from_a], &likeness->b[of.from_b])) {
        likeness->partners[of.from_b++] = of.from_a++;
        of.count_a--;
        of.count_b--;
    }
    while (of.count_a != of.count_b && of.count_a > 0 && of.count_b > 0 &&
           is_equal(&likeness->a[of.from_a + of.count_a - 1],
                    &likeness->b[of.from_b + of.count_b - 1])) {
        likeness->partners[of.from_b + --of.count_b] = of.from_a + --of.count_a;
    }
    if (of.count_a == of.count_b || of.count_a == 0 || of.count_b == 0 ||
        of.count_a > PAIRS_AT_MOST / of.count_b || likeness->effort > EFFORT_AT_MOST) {
        pair_in_order(likeness, of.from_a, of.from_b, of.count_a, of.count_b);
        return 0;
    }
    likeness->effort += of.count_a * of.count_b;
    measure(likeness->a, likeness->count_a, all);
    measure(likeness->b, likeness->count_b, all);
    return match_middle(likeness, all, &of);
}
