/* See varying_names.h. */
#include "varying_names.h"

#include "array.h"
#include "compare/model/place.h"
#include "compare/model/shapes.h"
#include "renamed.h"
#include "spread.h"

#include <stdlib.h>
#include <string.h>

enum {
    RUNS_TO_LEARN = 3,        /* from so many on, what varies needs not look like it */
    COMMON_AT_LEAST = 3,      /* characters of names that are left over of a new build */
    EFFORT_AT_MOST = 1 << 20, /* names that are compared with patterns */
};

/* What is the same in all names, before and behind what varies. */
struct pattern {
    uint32_t key;
    size_t before, behind; /* bytes */
};

/* What is known of a build. */
enum { IS_PROGRAM = 1, IS_UNSURE = 2, IS_KEPT = 4 };

struct finding {
    struct recordings *all;
    const uint32_t *builds;
    unsigned char *about; /* the builds */
    struct spread names;
    struct tuple_map keys; /* (build, key) -> its new key; (UINT32_MAX, key) -> that, too */
    struct pattern *patterns;
    size_t pattern_count;
    size_t *pattern_of; /* [build]: + 1 */
};

/* Hands each module of each run over that was loaded or run. */
static void each_module(struct finding *finding,
                        void (*take)(struct finding *, size_t module, size_t run))
{
    for (size_t r = 0; r < finding->all->count; r++) {
        const struct recording *run = &finding->all->items[r];
        for (size_t i = 0; i < run->load_count; i++)
            take(finding, run->loads[i].module, r);
        for (size_t i = 0; i < run->process_count; i++)
            if (run->processes[i].module != RECORDING_NONE)
                take(finding, run->processes[i].module, r);
    }
}

static void count(struct finding *finding, size_t module, size_t run)
{
    uint32_t key = finding->all->modules[module].key;

    spread_take(&finding->names, finding->builds[module], key, recordings_text(finding->all, key),
                run);
}

static void count_again(struct finding *finding, size_t module, size_t run)
{
    spread_take_again(&finding->names, finding->builds[module], finding->all->modules[module].key,
                      run);
}

static bool is_alphanumeric(char c)
{
    return shape_is_digit(c) || shape_is_letter(c) || (unsigned char)c >= 0x80;
}

/* The texts that are left over in a group, one after the other: 0 at the end. */
static size_t next_left(const struct finding *finding, size_t value)
{
    while (value != 0 && !finding->names.values[value - 1].is_left)
        value = finding->names.values[value - 1].next;
    return value;
}

static const char *text_of(const struct finding *finding, size_t value)
{
    return recordings_text(finding->all, finding->names.values[value - 1].value);
}

/* How many characters all that is left over begins with, and ends with from some separator on. */
static void find_common(const struct finding *finding, const struct spread_group *group,
                        size_t *before, size_t *behind)
{
    size_t value = next_left(finding, group->first);
    const char *first = text_of(finding, value);
    size_t length = strlen(first);

    *before = *behind = length;
    while ((value = next_left(finding, finding->names.values[value - 1].next)) != 0) {
        const char *text = text_of(finding, value);
        size_t other = strlen(text), common = 0;
        while (common < *before && text[common] == first[common])
            common++;
        *before = common;
        for (common = 0; common < *behind && common < other &&
                         text[other - common - 1] == first[length - common - 1];)
            common++;
        *behind = common;
        if (*before + *behind > other)
            *behind = other - *before;
    }
    if (*before + *behind > length)
        *behind = length - *before;
    while (*before > 0 && (first[*before] & 0xC0) == 0x80)
        --*before;
    while (*behind > 0 && is_alphanumeric(first[length - *behind]))
        --*behind;
}

/* Whether what varies looks as if chance had made it, in each that is left over. */
static bool looks_random(const struct finding *finding, const struct spread_group *group,
                         size_t before, size_t behind)
{
    for (size_t value = next_left(finding, group->first); value != 0;
         value = next_left(finding, finding->names.values[value - 1].next)) {
        const char *text = text_of(finding, value);
        if (!shape_is_random(text + before, strlen(text) - before - behind))
            return false;
    }
    return true;
}

static void look_at_builds(struct finding *finding)
{
    const struct recordings *all = finding->all;

    for (size_t i = 0; i < all->module_count; i++)
        if (!identity_is_sure(&all->modules[i].identity))
            finding->about[finding->builds[i]] |= IS_UNSURE;
    for (size_t r = 0; r < all->count; r++) {
        const struct recording *run = &all->items[r];
        for (size_t i = 0; i < run->process_count; i++)
            if (run->processes[i].module != RECORDING_NONE)
                finding->about[finding->builds[run->processes[i].module]] |= IS_PROGRAM;
        for (size_t i = 0; i < run->load_count; i++)
            if (strncmp(recordings_text(all, run->loads[i].place), "{temp}", 6) != 0)
                finding->about[finding->builds[run->loads[i].module]] |= IS_KEPT;
    }
}

/* Chance makes names of one length; of plugins of one size, that people named, it is seldom so. */
static bool has_one_length(const struct finding *finding, const struct spread_group *group)
{
    size_t value = next_left(finding, group->first), length = strlen(text_of(finding, value));

    while ((value = next_left(finding, finding->names.values[value - 1].next)) != 0)
        if (strlen(text_of(finding, value)) != length)
            return false;
    return true;
}

/*
 * Of a program, and of what no id tells and lies where files are kept, two runs are not enough by
 * themselves; of the latter, names of several lengths never are.
 */
static bool is_doubtful(const struct finding *finding, size_t build)
{
    const struct spread_group *group = &finding->names.groups[build];
    bool is_few = group->left_runs < RUNS_TO_LEARN,
         is_unsure = (finding->about[build] & (IS_UNSURE | IS_KEPT)) == (IS_UNSURE | IS_KEPT);

    return !group->has_shape && ((is_few && (finding->about[build] & IS_PROGRAM) != 0) ||
                                 (is_unsure && (is_few || !has_one_length(finding, group))));
}

static int add_pattern(struct finding *finding, const char *name, size_t before, size_t behind)
{
    struct pattern *patterns =
        array_with_room(finding->patterns, finding->pattern_count, sizeof *patterns);
    struct buffer *scratch = &finding->all->scratch;

    if (patterns == NULL)
        return -1;
    finding->patterns = patterns;
    buffer_add(scratch, name, before);
    buffer_add_text(scratch, PLACE_ANY);
    buffer_add_text(scratch, name + strlen(name) - behind);
    patterns[finding->pattern_count++] =
        (struct pattern){recordings_scratch_text(finding->all), before, behind};
    return 0;
}

static int learn(struct finding *finding)
{
    for (size_t i = 0; i < finding->names.group_count; i++) {
        const struct spread_group *group = &finding->names.groups[i];
        size_t before, behind;
        if (!spread_varies(group))
            continue;
        find_common(finding, group, &before, &behind);
        if (is_doubtful(finding, i) && !looks_random(finding, group, before, behind))
            continue;
        if (add_pattern(finding, text_of(finding, next_left(finding, group->first)), before,
                        behind) != 0)
            return -1;
        finding->pattern_of[i] = finding->pattern_count;
    }
    return 0;
}

/* Whether a name falls under a pattern of which more is known than how it ends. */
static bool falls_under(const struct finding *finding, const struct pattern *pattern,
                        const char *name)
{
    const char *key = recordings_text(finding->all, pattern->key);
    size_t length = strlen(name);
    const char *end = key + strlen(key) - pattern->behind;

    return (pattern->before >= COMMON_AT_LEAST || strcspn(end, ".") >= COMMON_AT_LEAST) &&
           length >= pattern->before + pattern->behind && memcmp(name, key, pattern->before) == 0 &&
           strcmp(name + length - pattern->behind, end) == 0;
}

/* The names of few runs have some characters in common by chance: of two patterns the wider. */
static void widen(struct finding *finding)
{
    if (finding->pattern_count > EFFORT_AT_MOST / (finding->pattern_count + 1))
        return;
    for (size_t i = 0; i < finding->pattern_count; i++)
        for (size_t k = 0; k < finding->pattern_count; k++)
            if (falls_under(finding, &finding->patterns[k],
                            recordings_text(finding->all, finding->patterns[i].key)))
                finding->patterns[i] = finding->patterns[k];
}

static void rename_as(struct finding *finding, const struct spread_value *value,
                      const struct pattern *pattern)
{
    *tuple_map_at(&finding->keys, value->group, value->value, 0) = pattern->key;
    *tuple_map_at(&finding->keys, UINT32_MAX, value->value, 0) = pattern->key;
}

/* Also what few runs have of another build, by a name that falls under what was learned. */
static void rename_all(struct finding *finding)
{
    size_t effort = 0;

    for (size_t i = 0; i < finding->names.value_count; i++) {
        const struct spread_value *value = &finding->names.values[i];
        size_t pattern = finding->pattern_of[value->group];
        if (pattern != 0 && value->is_left) {
            rename_as(finding, value, &finding->patterns[pattern - 1]);
            continue;
        }
        for (size_t k = 0; k < finding->pattern_count && value->runs == 1 && pattern == 0 &&
                           effort < EFFORT_AT_MOST;
             k++, effort++)
            if (falls_under(finding, &finding->patterns[k],
                            recordings_text(finding->all, value->value))) {
                rename_as(finding, value, &finding->patterns[k]);
                break;
            }
    }
}

static uint32_t renamed(const struct finding *finding, uint32_t key)
{
    uint32_t other = key != TEXT_NONE ? tuple_map_find(&finding->keys, UINT32_MAX, key, 0) : 0;

    return other != 0 ? other : key;
}

static void apply_to_run(const struct finding *finding, struct recording *run)
{
    const struct recorded_module *modules = finding->all->modules;

    for (size_t i = 0; i < run->process_count; i++)
        if (run->processes[i].module != RECORDING_NONE)
            run->processes[i].key = modules[run->processes[i].module].key;
    for (size_t i = 0; i < run->thread_count; i++)
        if (run->threads[i].start_module != RECORDING_NONE)
            run->threads[i].start_key = modules[run->threads[i].start_module].key;
    for (size_t i = 0; i < run->load_count; i++)
        run->loads[i].by = renamed(finding, run->loads[i].by);
    for (size_t i = 0; i < run->exception_count; i++)
        run->exceptions[i].module = renamed(finding, run->exceptions[i].module);
    for (size_t i = 0; i < run->failure_count; i++)
        run->failures[i].key = renamed(finding, run->failures[i].key);
}

static void apply(struct finding *finding)
{
    for (size_t i = 0; i < finding->all->module_count; i++) {
        struct recorded_module *module = &finding->all->modules[i];
        uint32_t key = tuple_map_find(&finding->keys, finding->builds[i], module->key, 0);
        module->varies = key != 0;
        module->key = key != 0 ? key : module->key;
        for (size_t k = 0; k < module->import_count; k++)
            module->imports[k] = renamed(finding, module->imports[k]);
    }
    for (size_t r = 0; r < finding->all->count; r++)
        apply_to_run(finding, &finding->all->items[r]);
}

int varying_names_find(struct recordings *recordings, const uint32_t *builds)
{
    struct finding finding = {.all = recordings,
                              .builds = builds,
                              .about = calloc(recordings->module_count + 1, sizeof *finding.about),
                              .pattern_of =
                                  calloc(recordings->module_count + 1, sizeof *finding.pattern_of)};
    int result = finding.about != NULL && finding.pattern_of != NULL ? 0 : -1, renamed = 0;

    if (result == 0) {
        look_at_builds(&finding);
        each_module(&finding, count);
        spread_choose(&finding.names);
        each_module(&finding, count_again);
        result = learn(&finding);
    }
    if (result == 0 && finding.pattern_count > 0) {
        widen(&finding);
        rename_all(&finding);
    }
    if (result == 0 && (renamed = renamed_find(recordings, builds, &finding.keys)) < 0)
        result = -1;
    if (result == 0 && (renamed > 0 || finding.pattern_count > 0))
        apply(&finding);
    if (finding.names.failed || finding.keys.failed || recordings_have_failed(recordings))
        result = -1;
    spread_release(&finding.names);
    tuple_map_release(&finding.keys);
    free(finding.about);
    free(finding.pattern_of);
    free(finding.patterns);
    return result;
}
