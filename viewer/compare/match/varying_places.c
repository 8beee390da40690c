/* See varying_places.h. */
#include "varying_places.h"

#include "array.h"
#include "compare/model/place.h"
#include "compare/model/shapes.h"
#include "spread.h"

#include <stdlib.h>
#include <string.h>

enum { RUNS_TO_LEARN = 3, ELEMENTS_AT_MOST = 2, EFFORT_AT_MOST = 1 << 20 };

struct finding {
    struct recordings *all;
    const uint32_t *builds;
    struct tuple_map groups;   /* (build, key) -> number + 1 */
    struct spread places;      /* of the groups */
    struct tuple_map replaced; /* (group, place) -> its new place */
    uint32_t *patterns;        /* what was learned */
    size_t pattern_count;
    uint32_t group_count;
};

static uint32_t group_of(struct finding *finding, size_t module)
{
    uint32_t *number = tuple_map_at(&finding->groups, finding->builds[module],
                                    finding->all->modules[module].key, 0);

    if (*number == 0)
        *number = ++finding->group_count;
    return *number - 1;
}

/* Hands each place over that a module came from, or a program was run from. */
static void each_place(struct finding *finding,
                       void (*take)(struct finding *, size_t module, uint32_t *place, size_t run))
{
    for (size_t r = 0; r < finding->all->count; r++) {
        struct recording *run = &finding->all->items[r];
        for (size_t i = 0; i < run->load_count; i++)
            if (run->loads[i].place != TEXT_NONE)
                take(finding, run->loads[i].module, &run->loads[i].place, r);
        for (size_t i = 0; i < run->process_count; i++)
            if (run->processes[i].module != RECORDING_NONE && run->processes[i].place != TEXT_NONE)
                take(finding, run->processes[i].module, &run->processes[i].place, r);
    }
}

static void count(struct finding *finding, size_t module, uint32_t *place, size_t run)
{
    spread_take(&finding->places, group_of(finding, module), *place,
                recordings_text(finding->all, *place), run);
}

static void count_again(struct finding *finding, size_t module, uint32_t *place, size_t run)
{
    spread_take_again(&finding->places, group_of(finding, module), *place, run);
}

/* Goes on to the next element of both; false where one has no more. */
static bool next_elements(const char **a, const char **b)
{
    *a += **a == '/';
    *b += **b == '/';
    return **a != '\0' && **b != '\0';
}

/* Whether it looks as if chance had made an element, or that is known of it. */
static bool is_made(const char *element, size_t length)
{
    return memchr(element, '{', length) != NULL || shape_is_random(element, length);
}

/* Or one of two that are of one length. */
static bool are_made(const char *a, size_t length, const char *b, size_t other)
{
    return is_made(a, length) ? length == other || is_made(b, other)
                              : length == other && is_made(b, other);
}

/*
 * Adds what two places have in common, element by element, with {any} where they differ; it may be
 * such a result itself. Whether they are as deep, and differ in few elements and not in the first.
 * `looks_random`: nothing that a person would write is in what differs.
 */
static bool add_common(struct buffer *out, const char *a, const char *b, bool *looks_random)
{
    size_t differing = 0;
    bool is_first = true;

    if (*a == '/' && *b == '/')
        buffer_add_char(out, '/');
    for (; next_elements(&a, &b); is_first = false) {
        size_t length = strcspn(a, "/"), other = strcspn(b, "/");
        bool is_any = length == strlen(PLACE_ANY) && memcmp(a, PLACE_ANY, length) == 0;
        buffer_add_text(out, is_first ? "" : "/");
        if (!is_any && length == other && memcmp(a, b, length) == 0) {
            buffer_add(out, a, length);
        } else {
            buffer_add_text(out, PLACE_ANY);
            *looks_random &= are_made(a, length, b, other);
            differing += is_first ? ELEMENTS_AT_MOST + 1 : 1;
        }
        a += length;
        b += other;
    }
    return *a == *b && differing <= ELEMENTS_AT_MOST;
}

/* What all places that are left over have in common: TEXT_NONE if too little. */
static uint32_t find_pattern(struct finding *finding, const struct spread_group *group)
{
    const struct recordings *all = finding->all;
    uint32_t common = TEXT_NONE;
    size_t others = 0; /* that have no shape */
    bool looks_random = true;

    for (size_t i = group->first; i != 0; i = finding->places.values[i - 1].next) {
        const struct spread_value *value = &finding->places.values[i - 1];
        if (!value->is_left)
            continue;
        others += !value->is_shape;
        if (common == TEXT_NONE) {
            common = value->value;
        } else if (add_common(&finding->all->scratch, recordings_text(all, common),
                              recordings_text(all, value->value), &looks_random)) {
            common = recordings_scratch_text(finding->all);
        } else {
            buffer_clear(&finding->all->scratch);
            return TEXT_NONE;
        }
    }
    return looks_random || (group->left_runs >= RUNS_TO_LEARN && 2 * others > group->left_of_runs)
               ? common
               : TEXT_NONE;
}

static int learn(struct finding *finding)
{
    for (size_t i = 0; i < finding->places.group_count; i++) {
        const struct spread_group *group = &finding->places.groups[i];
        uint32_t pattern = spread_varies(group) ? find_pattern(finding, group) : TEXT_NONE;
        uint32_t *patterns;
        if (pattern == TEXT_NONE)
            continue;
        for (size_t k = group->first; k != 0; k = finding->places.values[k - 1].next)
            if (finding->places.values[k - 1].is_left)
                *tuple_map_at(&finding->replaced, (uint32_t)i, finding->places.values[k - 1].value,
                              0) = pattern;
        if (finding->pattern_count > 0 && finding->patterns[finding->pattern_count - 1] == pattern)
            continue;
        patterns = array_with_room(finding->patterns, finding->pattern_count, sizeof *patterns);
        if (patterns == NULL)
            return -1;
        finding->patterns = patterns;
        patterns[finding->pattern_count++] = pattern;
    }
    return 0;
}

static bool falls_under(const char *pattern, const char *place)
{
    for (; next_elements(&pattern, &place);
         pattern += strcspn(pattern, "/"), place += strcspn(place, "/")) {
        size_t length = strcspn(pattern, "/"), other = strcspn(place, "/");
        if ((length != strlen(PLACE_ANY) || memcmp(pattern, PLACE_ANY, length) != 0) &&
            (length != other || memcmp(pattern, place, length) != 0))
            return false;
    }
    return *pattern == *place;
}

/* What else lies in such a folder: of a build that few runs have. */
static void learn_others(struct finding *finding)
{
    size_t effort = 0;

    for (size_t i = 0; i < finding->places.value_count; i++) {
        const struct spread_value *value = &finding->places.values[i];
        for (size_t k = 0; k < finding->pattern_count && effort < EFFORT_AT_MOST; k++, effort++) {
            const char *pattern = recordings_text(finding->all, finding->patterns[k]);
            if (falls_under(pattern, recordings_text(finding->all, value->value)))
                *tuple_map_at(&finding->replaced, value->group, value->value, 0) =
                    finding->patterns[k];
        }
    }
}

static void replace(struct finding *finding, size_t module, uint32_t *place, size_t run)
{
    uint32_t other = tuple_map_find(&finding->replaced, group_of(finding, module), *place, 0);

    (void)run;
    *place = other != 0 ? other : *place;
}

int varying_places_find(struct recordings *recordings, const uint32_t *builds)
{
    struct finding finding = {.all = recordings, .builds = builds};
    int result;

    each_place(&finding, count);
    spread_choose(&finding.places);
    each_place(&finding, count_again);
    result = learn(&finding);
    if (result == 0 && finding.pattern_count > 0) {
        learn_others(&finding);
        each_place(&finding, replace);
    }
    if (finding.places.failed || finding.groups.failed || finding.replaced.failed ||
        recordings_have_failed(recordings))
        result = -1;
    tuple_map_release(&finding.groups);
    tuple_map_release(&finding.replaced);
    spread_release(&finding.places);
    free(finding.patterns);
    return result;
}
