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

struct importer {
    uint32_t of, by; /* keys */
};

struct importers {
    struct importer *items;
    size_t count;
    struct tuple_map seen;  /* (of, by) -> 1 */
    struct tuple_map asked; /* of -> 1: it came for another reason, too */
    bool failed;
};

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

static void take_run(const struct learned_scope *scope, const struct recording *run,
                     struct importers *importers)
{
    for (size_t i = 0; i < run->load_count; i++) {
        const struct recorded_load *load = &run->loads[i];
        if (load->occurrence != 1 || load->process == RECORDING_NONE ||
            (scope->process != NULL &&
             strcmp(recordings_text(scope->side->all, run->processes[load->process].key),
                    scope->process) != 0))
            continue;
        if (load->by == TEXT_NONE || load->is_asked)
            *tuple_map_at(&importers->asked, load->key, 0, 0) = 1;
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

static void write_causes(const struct learned_scope *scope, const struct importers *importers,
                         uint32_t key, struct line_list *list)
{
    const struct recordings *all = scope->side->all;
    size_t first = array_lower_bound(importers->items, importers->count, sizeof *importers->items,
                                     &key, compare_to_key),
           end = first;
    struct line_list names = {0};
    struct buffer line = {0}, sorted = {0};

    while (end < importers->count && importers->items[end].of == key)
        end++;
    if (first == end || end - first > IMPORTERS_AT_MOST ||
        tuple_map_find(&importers->asked, key, 0, 0) != 0)
        return;
    for (size_t i = first; i < end; i++) {
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

int learn_causes(const struct learned_scope *scope, struct buffer *out)
{
    const struct side *side = scope->side;
    struct importers importers = {0};
    struct line_list list = {0};
    struct buffer name = {0};

    for (size_t r = side->first; r < side->first + side->count; r++)
        take_run(scope, &side->all->items[r], &importers);
    for (size_t i = 0; i < side->all->module_count && importers.count > 0; i++)
        for (size_t k = 0; k < side->all->modules[i].import_count; k++)
            take(&importers, side->all->modules[i].imports[k], side->all->modules[i].key);
    if (importers.count > 0)
        qsort(importers.items, importers.count, sizeof *importers.items, compare_importers);
    for (size_t i = 0; i < scope->module_count; i++) {
        buffer_clear(&name);
        rule_write_key_glob(&name, recordings_text(side->all, scope->modules[i].key));
        if (!learned_is_own(scope, RULE_CAUSE, buffer_text(&name), true))
            write_causes(scope, &importers, scope->modules[i].key, &list);
    }
    list.has_failed |= importers.failed || importers.seen.failed || importers.asked.failed;
    line_list_write(&list, out);
    free(importers.items);
    tuple_map_release(&importers.seen);
    tuple_map_release(&importers.asked);
    out->failed |= name.failed;
    buffer_release(&name);
    return out->failed ? -1 : 0;
}
