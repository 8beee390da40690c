/* See learning.h: in which environment the program was started. */
#include "array.h"
#include "learning.h"
#include "rules/variable_value.h"
#include "rules/write.h"

#include <stdlib.h>
#include <string.h>

enum { VALUES_AT_MOST = 8 };

/* A value that something of a name has, in so many runs. */
struct valued {
    uint32_t name, value;
    size_t runs;
};

struct valued_list {
    const struct recordings *all;
    struct valued *items;
    size_t count;
    struct tuple_map index;
    bool failed;
};

static void take(struct valued_list *list, uint32_t name, uint32_t value)
{
    uint32_t *position = tuple_map_at(&list->index, name, value, 0);
    struct valued *items = list->items;

    if (*position == 0) {
        if ((items = array_with_room(items, list->count, sizeof *items)) == NULL) {
            list->failed = true;
            return;
        }
        list->items = items;
        items[list->count++] = (struct valued){name, value, 0};
        *position = (uint32_t)list->count;
    }
    list->items[*position - 1].runs++;
}

static void release(struct valued_list *list, struct line_list *lines)
{
    lines->has_failed |= list->failed || list->index.failed;
    free(list->items);
    tuple_map_release(&list->index);
}

/* Those of a name stand together from then on; the texts of values decide on their order. */
struct sorted_value {
    const char *text;
    struct valued value;
};

static int compare_values(const void *left, const void *right)
{
    const struct sorted_value *a = left, *b = right;

    if (a->value.name != b->value.name)
        return a->value.name < b->value.name ? -1 : 1;
    return strcmp(a->text, b->text);
}

static struct sorted_value *sort_values(const struct valued_list *list)
{
    struct sorted_value *sorted = malloc((list->count + 1) * sizeof *sorted);

    for (size_t i = 0; sorted != NULL && i < list->count; i++)
        sorted[i] =
            (struct sorted_value){recordings_text(list->all, list->items[i].value), list->items[i]};
    if (sorted != NULL && list->count > 0)
        qsort(sorted, list->count, sizeof *sorted, compare_values);
    return sorted;
}

/* `before NAME VALUE...` */
static void write_values(const char *before, const char *name, const struct sorted_value *values,
                         size_t count, struct line_list *lines)
{
    struct buffer line = {0};

    buffer_add_text(&line, before);
    rule_write_key(&line, name);
    for (size_t i = 0; i < count; i++) {
        buffer_add_char(&line, ' ');
        if (strcmp(values[i].text, RULES_NOTHING) == 0 || values[i].text[0] == '\0')
            buffer_add_text(&line, RULES_NOTHING);
        else
            rule_write_name(&line, values[i].text);
    }
    line_list_take(lines, &line);
}

/* Whether all runs have the variable, and none a value that no other has. */
static bool is_steady(const struct learned_scope *whole, const struct sorted_value *values,
                      size_t count)
{
    size_t runs = 0;

    for (size_t i = 0; i < count; i++) {
        runs += values[i].value.runs;
        if (count > 1 && values[i].value.runs < 2)
            return false;
    }
    return runs == whole->side->count && count <= VALUES_AT_MOST;
}

static bool is_own(const struct learned_scope *whole, const char *name)
{
    struct buffer glob = {0};
    bool result;

    rule_write_glob(&glob, name);
    result = learned_is_own(whole, RULE_ENVIRONMENT, buffer_text(&glob), true) ||
             own_rules_have(whole->own, whole->options->own, ABOUT_VARIABLES, buffer_text(&glob));
    buffer_release(&glob);
    return result;
}

static void write_variables(const struct learned_scope *whole, const struct valued_list *list,
                            struct line_list *lines)
{
    struct sorted_value *sorted = sort_values(list);

    lines->has_failed |= sorted == NULL;
    for (size_t i = 0, end; sorted != NULL && i < list->count; i = end) {
        const char *name = recordings_text(list->all, sorted[i].value.name);
        for (end = i; end < list->count && sorted[end].value.name == sorted[i].value.name; end++)
            ;
        if (*name == '\0' || is_own(whole, name))
            continue;
        if (is_steady(whole, sorted + i, end - i))
            write_values("environment ", name, sorted + i, end - i, lines);
        else
            write_values("allow environment ", name, NULL, 0, lines);
    }
    free(sorted);
}

void learn_environment(const struct learned_scope *whole, struct buffer *out)
{
    const struct side *side = whole->side;
    struct valued_list list = {.all = side->all};
    struct line_list lines = {0};
    struct buffer value = {0};
    bool is_known = true;

    for (size_t r = side->first; r < side->first + side->count; r++) {
        const struct recording *run = &side->all->items[r];
        size_t before = list.count;
        for (size_t i = 0; i < run->variable_count; i++) {
            if (!run->variables[i].is_variable)
                continue;
            buffer_clear(&value);
            variable_value_add(&value, side->all, run, &run->variables[i]);
            take(&list, run->variables[i].name,
                 text_pool_add_text(side->all->texts, buffer_text(&value)));
        }
        is_known &= !run->is_attach && (list.count > before || before > 0);
    }
    if (is_known) {
        write_variables(whole, &list, &lines);
        line_list_write(&lines, out);
        if (!own_rules_have(whole->own, whole->options->own, ABOUT_VARIABLES, "*"))
            buffer_add_text(out, "forbid environment *\n");
    }
    release(&list, &lines);
    out->failed |= value.failed || lines.has_failed;
    buffer_release(&value);
}
