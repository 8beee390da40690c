/* See learning.h: with which arguments programs are run. */
#include "learning.h"
#include "rules/write.h"

#include "array.h"
#include "compare/match/arguments.h"
#include "compare/model/place.h"

#include <stdlib.h>
#include <string.h>

enum { LISTS_AT_MOST = 64 };

/* A process as such, over all runs. */
struct usual {
    uint32_t program, arguments;
};

struct usuals {
    const struct recordings *all;
    struct usual *items;
    size_t count;
    struct tuple_map index; /* role -> position + 1 */
};

static int take_process(struct usuals *usuals, const struct recorded_process *process)
{
    uint32_t *position = tuple_map_at(&usuals->index, process->role, 0, 0);
    struct usual *items = usuals->items;

    if (*position != 0) {
        items += *position - 1;
        items->arguments = arguments_common(usuals->all, items->arguments, process->arguments);
        return 0;
    }
    if ((items = array_with_room(items, usuals->count, sizeof *items)) == NULL)
        return -1;
    usuals->items = items;
    items[usuals->count++] = (struct usual){process->key, process->arguments};
    *position = (uint32_t)usuals->count;
    return 0;
}

static int compare_usuals(const void *left, const void *right)
{
    const struct usual *a = left, *b = right;

    if (a->program != b->program)
        return a->program < b->program ? -1 : 1;
    return (a->arguments > b->arguments) - (a->arguments < b->arguments);
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The line of a program: the usuals from `from` to `to`. Where one can be anything there is none.
 */
static void write_program(const struct learned_scope *whole, const struct usuals *usuals,
                          size_t from, size_t to, struct line_list *list)
{
    const char *texts[LISTS_AT_MOST];
    struct buffer name = {0}, line = {0};
    size_t count = 0;
    bool are_more = false, is_any = false;

    rule_write_key_glob(&name, recordings_text(usuals->all, usuals->items[from].program));
    for (size_t i = from; i < to; i++) {
        const char *text = recordings_text(usuals->all, usuals->items[i].arguments);
        is_any |= strcmp(text, PLACE_ANY) == 0;
        if (i > from && usuals->items[i].arguments == usuals->items[i - 1].arguments)
            continue;
        are_more |= count == LISTS_AT_MOST;
        if (count < LISTS_AT_MOST)
            texts[count++] = text;
    }
    if (!is_any && name.length > 0 &&
        !learned_is_own(whole, RULE_ARGUMENTS, buffer_text(&name), true)) {
        qsort(texts, count, sizeof *texts, compare_texts);
        buffer_add_text(&line, are_more ? "# no rule: arguments " : "arguments ");
        rule_write_word(&line, buffer_text(&name));
        for (size_t i = 0; i < count && !are_more; i++) {
            buffer_add_char(&line, ' ');
            rule_write_name(&line, texts[i]);
        }
        if (are_more)
            buffer_format(&line, "  (more than %d lists)", (int)LISTS_AT_MOST);
        line_list_take(list, &line);
    }
    list->has_failed |= name.failed;
    buffer_release(&name);
}

int learn_arguments(const struct learned_scope *whole, struct buffer *out)
{
    const struct side *side = whole->side;
    struct usuals usuals = {.all = side->all};
    struct line_list list = {0};
    int result = 0;

    for (size_t r = side->first; r < side->first + side->count; r++) {
        const struct recording *run = &side->all->items[r];
        for (size_t p = 0; p < run->process_count && result == 0; p++)
            if (run->processes[p].command_line != TEXT_NONE)
                result = take_process(&usuals, &run->processes[p]);
    }
    if (usuals.count > 0)
        qsort(usuals.items, usuals.count, sizeof *usuals.items, compare_usuals);
    for (size_t i = 0, end; i < usuals.count && result == 0; i = end) {
        for (end = i; end < usuals.count && usuals.items[end].program == usuals.items[i].program;)
            end++;
        write_program(whole, &usuals, i, end, &list);
    }
    line_list_write(&list, out);
    result = usuals.index.failed || out->failed ? -1 : result;
    free(usuals.items);
    tuple_map_release(&usuals.index);
    return result;
}
