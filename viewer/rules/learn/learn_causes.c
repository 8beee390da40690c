/*
 * See learning.h: whose import each module is. Which of several importers comes first may be
 * chance, so all that were seen to import it may.
 */
#include "array.h"
#include "learning.h"
#include "rules/write.h"

#include <stdlib.h>
#include <string.h>

enum { IMPORTERS_AT_MOST = 16 };

static void take(struct importers *importers, uint32_t of, uint32_t by)
{
    struct importer *items = importers->items;

    if ((*tuple_map_at(&importers->seen, of, by, 0))++ != 0)
        return;
    if ((items = array_with_room(items, importers->count, sizeof *items)) == NULL) {
        importers->failed = true;
        return;
    }
    importers->items = items;
    items[importers->count++] = (struct importer){of, by};
}

/* What the loader said of the loads of a scope, and (in `asked`) what came for another reason. */
static void take_loads(const struct learned_scope *scope, struct importers *importers,
                       struct tuple_map *asked)
{
    const struct happenings *happenings = scope->happenings;
    struct part part = happenings_of(happenings, HAPPENED_LOADS, scope->program);

    for (size_t i = 0; i < part.count; i++) {
        const struct happened *at = &happenings->items[HAPPENED_LOADS][part_at(&part, i)];
        const struct recorded_load *load = &scope->side->all->items[at->run].loads[at->item];
        if (load->occurrence != 1)
            continue;
        if (load->by == TEXT_NONE || load->is_asked)
            *tuple_map_at(asked, load->key, 0, 0) = 1;
        else
            take(importers, load->key, load->by);
    }
}

static int compare_importers(const void *left, const void *right)
{
    const struct importer *a = left, *b = right;

    return a->of != b->of ? (a->of > b->of) - (a->of < b->of) : (a->by > b->by) - (a->by < b->by);
}

static int compare_to_key(const void *item, const void *key)
{
    uint32_t of = ((const struct importer *)item)->of, wanted = *(const uint32_t *)key;

    return (of > wanted) - (of < wanted);
}

static void sort(struct importers *importers)
{
    if (importers->count > 0)
        qsort(importers->items, importers->count, sizeof *importers->items, compare_importers);
}

int importers_of_modules(struct importers *importers, const struct recordings *all)
{
    *importers = (struct importers){0};
    for (size_t i = 0; i < all->module_count; i++)
        for (size_t k = 0; k < all->modules[i].import_count; k++)
            take(importers, all->modules[i].imports[k], all->modules[i].key);
    sort(importers);
    return importers->failed || importers->seen.failed ? -1 : 0;
}

void importers_release(struct importers *importers)
{
    free(importers->items);
    tuple_map_release(&importers->seen);
}

/* Adds who imports the module, at most as many as one line holds and one more. */
static void add_importers(const struct importers *from, uint32_t key, struct importers *to)
{
    for (size_t i =
             array_lower_bound(from->items, from->count, sizeof *from->items, &key, compare_to_key);
         i < from->count && from->items[i].of == key && to->count <= IMPORTERS_AT_MOST; i++)
        take(to, key, from->items[i].by);
}

static void write_cause(const struct recordings *all, const struct importers *importers,
                        uint32_t key, struct line_list *list)
{
    struct line_list names = {0};
    struct buffer line = {0}, sorted = {0};

    for (size_t i = 0; i < importers->count; i++) {
        struct buffer name = {0};
        buffer_add_char(&name, ' ');
        rule_write_key(&name, recordings_text(all, importers->items[i].by));
        line_list_take(&names, &name);
    }
    line_list_write(&names, &sorted); /* one a line */
    for (size_t i = 0; i < sorted.length; i++)
        sorted.data[i] = sorted.data[i] == '\n' ? '\0' : sorted.data[i];
    buffer_add_text(&line, "cause ");
    rule_write_key(&line, recordings_text(all, key));
    buffer_add_text(&line, " by");
    for (size_t at = 0; at < sorted.length; at += strlen(sorted.data + at) + 1)
        buffer_add_text(&line, sorted.data + at);
    line.failed |= sorted.failed;
    buffer_release(&sorted);
    line_list_take(list, &line);
}

/* Of a module that never came for another reason. */
static void learn_cause(const struct learned_scope *scope, const struct importers *seen,
                        uint32_t key, struct line_list *list)
{
    struct importers importers = {0};

    add_importers(seen, key, &importers);
    add_importers(scope->importers, key, &importers);
    list->has_failed |= importers.failed || importers.seen.failed;
    if (importers.count > 0 && importers.count <= IMPORTERS_AT_MOST)
        write_cause(scope->side->all, &importers, key, list);
    importers_release(&importers);
}

int learn_causes(const struct learned_scope *scope, struct buffer *out)
{
    const struct recordings *all = scope->side->all;
    struct importers seen = {0};
    struct tuple_map asked = {0};
    struct line_list list = {0};
    struct buffer name = {0};

    take_loads(scope, &seen, &asked);
    sort(&seen);
    for (size_t i = 0; i < scope->module_count && seen.count > 0; i++) {
        uint32_t key = scope->modules[i].key;
        buffer_clear(&name);
        rule_write_key_glob(&name, recordings_text(all, key));
        if (tuple_map_find(&asked, key, 0, 0) == 0 &&
            !learned_is_own(scope, RULE_CAUSE, buffer_text(&name), true))
            learn_cause(scope, &seen, key, &list);
    }
    list.has_failed |= seen.failed || seen.seen.failed || asked.failed;
    line_list_write(&list, out);
    importers_release(&seen);
    tuple_map_release(&asked);
    out->failed |= name.failed;
    buffer_release(&name);
    return out->failed ? -1 : 0;
}
