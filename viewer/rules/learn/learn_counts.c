/* See learning.h: how many of what a process has, and how many processes there are. */
#include "learning.h"
#include "rules/write.h"

#include "array.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_FOR_EXACT_LIMITS = 10, MORE_LOADS = 5 };

/* A number over all processes, or runs. */
struct spread {
    uint32_t key;
    size_t seen; /* in how many it was not 0 */
    int64_t least, most;
};

struct spreads {
    struct spread *items;
    size_t count, of; /* of: how many processes, or runs */
    struct tuple_map index;
    bool failed;
};

static void take(struct spreads *spreads, uint32_t key, int64_t count)
{
    uint32_t *position = tuple_map_at(&spreads->index, key, 0, 0);
    struct spread *items = spreads->items, *spread;

    if (*position == 0) {
        if ((items = array_with_room(items, spreads->count, sizeof *items)) == NULL) {
            spreads->failed = true;
            return;
        }
        spreads->items = items;
        items[spreads->count++] = (struct spread){key, 0, INT64_MAX, 0};
        *position = (uint32_t)spreads->count;
    }
    spread = &spreads->items[*position - 1];
    spread->seen++;
    spread->least = count < spread->least ? count : spread->least;
    spread->most = count > spread->most ? count : spread->most;
}

/* Takes what was counted in a map from (owner, key), and forgets it. */
static void take_counts(struct spreads *spreads, struct tuple_map *counts)
{
    for (size_t i = 0; i < counts->capacity; i++)
        if (counts->slots[i].used)
            take(spreads, counts->slots[i].key[1], counts->slots[i].value);
    spreads->failed |= counts->failed;
    tuple_map_clear(counts);
}

static void release(struct spreads *spreads, struct line_list *list)
{
    list->has_failed |= spreads->failed || spreads->index.failed;
    free(spreads->items);
    tuple_map_release(&spreads->index);
}

/* As much more, and less, as was seen between the least and the most; of few runs a little more. */
static struct spread with_room(const struct spreads *spreads, const struct spread *spread,
                               size_t runs)
{
    struct spread wide = *spread;
    int64_t room;

    if (spread->seen < spreads->of)
        wide.least = 0;
    room = wide.most - wide.least;
    if (runs < RUNS_FOR_EXACT_LIMITS)
        room += wide.most / 10 + 1;
    wide.most += room;
    wide.least = wide.least > room ? wide.least - room : 0;
    return wide;
}

/* Whether somebody wrote a limit that begins so, or of all in place of what is named. */
static bool is_own(const struct learned_scope *scope, enum rule_measure measure, const char *text)
{
    const struct rules *own = scope->options->own;

    for (size_t i = 0; own != NULL && i < scope->own->limits.count; i++) {
        const struct rule *rule = &own->rules[scope->own->limits.items[i]];
        if (rule->measure == measure &&
            (rule->process == NULL ||
             (scope->process != NULL && text_glob(rule->process, scope->process, true))) &&
            (strncmp(rule->text, text, strlen(text)) == 0 ||
             (!rule_is_named_limit(rule) && measure != MEASURE_LOADS)))
            return true;
    }
    return false;
}

/* "limit loads a.so 3", "limit threads 2..4"; key TEXT_NONE: of all */
static void write_limit(const struct learned_scope *scope, enum rule_measure measure,
                        const struct spread *limits, struct line_list *list)
{
    struct buffer line = {0};

    buffer_format(&line, "limit %s ", rule_measure_word(measure));
    if (limits->key != TEXT_NONE) {
        rule_write_key(&line, recordings_text(scope->side->all, limits->key));
        buffer_add_char(&line, ' ');
    }
    if (line.failed || is_own(scope, measure, buffer_text(&line))) {
        list->has_failed |= line.failed;
        buffer_release(&line);
        return;
    }
    if (limits->least > 0)
        buffer_format(&line, "%" PRId64 "..", limits->least);
    buffer_format(&line, "%" PRId64, limits->most);
    line_list_take(list, &line);
}

/* "limit loads * 1": of what has no limit of its own. */
static void write_others(const struct learned_scope *scope, enum rule_measure measure, int64_t most,
                         struct line_list *list)
{
    struct buffer line = {0};

    buffer_format(&line, "limit %s * ", rule_measure_word(measure));
    if (is_own(scope, measure, buffer_text(&line))) {
        buffer_release(&line);
        return;
    }
    buffer_format(&line, "%" PRId64, most);
    line_list_take(list, &line);
}

/* Of modules that a process loads more than once. */
static void learn_reloads(const struct learned_scope *scope, struct line_list *list)
{
    struct spreads spreads = {0};

    for (size_t i = 0; i < scope->module_count; i++) {
        struct spread spread = {scope->modules[i].key, 1, INT64_MAX, 0}, limits;
        for (size_t k = 0; k < scope->modules[i].role_count; k++) {
            const struct side_module *module = scope->modules[i].of_roles[k];
            int64_t least = (int64_t)module->least, most = (int64_t)module->most;
            spread.least = least < spread.least ? least : spread.least;
            spread.most = most > spread.most ? most : spread.most;
        }
        limits = with_room(&spreads, &spread, scope->side->count);
        limits.least = 0; /* whether it is there at all is said above */
        if (spread.most > 1)
            write_limit(scope, MEASURE_LOADS, &limits, list);
    }
}

/* What is counted of something that happened, beside its process; TEXT_NONE: all in one. */
static uint32_t counted_key(const struct recordings *all, const struct recording *run,
                            enum happening what, size_t item)
{
    return what == HAPPENED_EXCEPTIONS
               ? all->elements[run->steps[STREAM_EXCEPTIONS][item].element].key
               : TEXT_NONE;
}

/* How much of it each process of the scope did. */
static void count(const struct learned_scope *scope, enum happening what, struct spreads *spreads)
{
    const struct happenings *happenings = scope->happenings;
    const struct recordings *all = scope->side->all;
    struct part part = happenings_of(happenings, what, scope->program);
    struct tuple_map counts = {0};
    size_t last_run = SIZE_MAX;

    for (size_t i = 0; i < part.count; i++) {
        const struct happened *at = &happenings->items[what][part_at(&part, i)];
        const struct recording *run = &all->items[at->run];
        if (at->run != last_run)
            take_counts(spreads, &counts);
        last_run = at->run;
        if (what != HAPPENED_LOADS || !run->loads[at->item].is_synthetic)
            ++*tuple_map_at(&counts, (uint32_t)happenings_process(run, what, at->item),
                            counted_key(all, run, what, at->item), 0);
    }
    take_counts(spreads, &counts);
    tuple_map_release(&counts);
    spreads->of = happenings_of(happenings, HAPPENED_PROCESSES, scope->program).count;
}

void learn_other_counts(const struct learned_scope *scope, struct line_list *list)
{
    write_others(scope, MEASURE_LOADS, 1, list);
    write_others(scope, MEASURE_EXCEPTIONS, 0, list);
}

int learn_counts(const struct learned_scope *scope, struct buffer *out)
{
    const struct side *side = scope->side;
    struct spreads spreads[3] = {{0}};
    struct line_list list = {0};

    count(scope, HAPPENED_EXCEPTIONS, &spreads[0]);
    count(scope, HAPPENED_THREADS, &spreads[1]);
    count(scope, HAPPENED_LOADS, &spreads[2]);
    for (size_t i = 0; i < spreads[0].count; i++) {
        struct spread limits = with_room(&spreads[0], &spreads[0].items[i], side->count);
        limits.least = 0; /* a signal that does not come is no fault */
        write_limit(scope, MEASURE_EXCEPTIONS, &limits, &list);
    }
    if (scope->process == NULL)
        learn_other_counts(scope, &list);
    for (size_t i = 0; i < spreads[1].count; i++) {
        struct spread limits = with_room(&spreads[1], &spreads[1].items[i], side->count);
        limits.least = limits.least > 1 ? limits.least : 0;
        write_limit(scope, MEASURE_THREADS, &limits, &list);
    }
    for (size_t i = 0; i < spreads[2].count; i++) {
        struct spread limits = spreads[2].items[i];
        limits.least = 0;
        limits.most += limits.most / 5 > MORE_LOADS ? limits.most / 5 : MORE_LOADS;
        write_limit(scope, MEASURE_LOADS, &limits, &list);
    }
    learn_reloads(scope, &list);
    for (int k = 0; k < 3; k++)
        release(&spreads[k], &list);
    line_list_write(&list, out);
    return out->failed ? -1 : 0;
}

void learn_process_counts(const struct learned_scope *whole, struct line_list *list)
{
    const struct side *side = whole->side;
    struct spreads spreads = {.of = side->count};
    struct tuple_map counts = {0};

    for (size_t r = side->first; r < side->first + side->count; r++) {
        const struct recording *run = &side->all->items[r];
        for (size_t i = 0; i < run->process_count; i++)
            if (*recordings_text(side->all, run->processes[i].key) != '\0')
                ++*tuple_map_at(&counts, 0, run->processes[i].key, 0);
        take_counts(&spreads, &counts);
    }
    tuple_map_release(&counts);
    for (size_t i = 0; i < spreads.count; i++) {
        struct spread limits = with_room(&spreads, &spreads.items[i], side->count);
        limits.least = limits.least > 1 ? limits.least : 0; /* 'require process' says that */
        write_limit(whole, MEASURE_PROCESSES, &limits, list);
    }
    release(&spreads, list);
}
