/* See learning.h. */
#include "learning.h"

#include "array.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

void line_list_take(struct line_list *list, struct buffer *line)
{
    char **lines = array_with_room(list->lines, list->count, sizeof *lines);

    if (lines == NULL || line->failed || line->data == NULL) {
        list->has_failed = true;
        buffer_release(line);
    } else {
        lines[list->count++] = line->data;
        memset(line, 0, sizeof *line);
    }
    if (lines != NULL)
        list->lines = lines;
}

static int compare_lines(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

void line_list_write(struct line_list *list, struct buffer *out)
{
    if (list->count > 0)
        qsort(list->lines, list->count, sizeof *list->lines, compare_lines);
    for (size_t i = 0; i < list->count; i++) {
        buffer_add_text(out, list->lines[i]);
        buffer_add_char(out, '\n');
        free(list->lines[i]);
    }
    free(list->lines);
    out->failed |= list->has_failed;
    memset(list, 0, sizeof *list);
}

bool learned_is_own(const struct learned_scope *scope, enum rule_kind kind, const char *name,
                    bool by_glob)
{
    const struct rules *own = scope->options->own;
    bool folds_case =
        scope->side->count > 0 && scope->side->all->items[scope->side->first].folds_case;

    for (size_t i = 0; own != NULL && i < own->count; i++) {
        const struct rule *rule = &own->rules[i];
        bool same_scope =
            (rule->process == NULL) == (scope->process == NULL) &&
            (rule->process == NULL || text_glob(rule->process, scope->process, folds_case));
        if (rule->is_learned || rule->about != ABOUT_MODULES || rule->kind != kind || !same_scope)
            continue;
        if (strcmp(rule->words[0], name) == 0 ||
            (by_glob && text_glob(rule->words[0], name, folds_case)))
            return true;
    }
    return false;
}
