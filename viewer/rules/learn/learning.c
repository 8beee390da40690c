/* See learning.h. */
#include "learning.h"

#include "array.h"
#include "rules/subjects.h"
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

int own_rules_init(struct own_rules *own, const struct rules *rules)
{
    memset(own, 0, sizeof *own);
    for (size_t i = 0; rules != NULL && i < rules->count; i++) {
        const struct rule *rule = &rules->rules[i];
        if (!rule->is_learned && rule->kind == RULE_LIMIT && number_list_add(&own->limits, i) != 0)
            return -1;
        if (!rule->is_learned && rule->word_count > 0 &&
            names_add(subject_is_glob(rule->words[0]) ? &own->globs : &own->plain, rule->words[0],
                      i) != 0)
            return -1;
    }
    names_sort(&own->plain);
    names_sort(&own->globs);
    return 0;
}

void own_rules_release(struct own_rules *own)
{
    names_release(&own->plain);
    names_release(&own->globs);
    free(own->limits.items);
}

bool own_rules_have(const struct own_rules *own, const struct rules *rules, enum rule_about about,
                    const char *name)
{
    const struct names *names = subject_is_glob(name) ? &own->globs : &own->plain;

    for (size_t at = names_first(names, name), end = names_end(names, name); at < end; at++)
        if (rules->rules[names->items[at].item].about == about &&
            strcmp(names->items[at].text, name) == 0)
            return true;
    return false;
}

/* Whether it is about modules of that scope. */
static bool is_of_scope(const struct learned_scope *scope, const struct rule *rule,
                        enum rule_kind kind, bool folds_case)
{
    return rule->about == ABOUT_MODULES && rule->kind == kind &&
           (rule->process == NULL) == (scope->process == NULL) &&
           (rule->process == NULL || text_glob(rule->process, scope->process, folds_case));
}

bool learned_is_own(const struct learned_scope *scope, enum rule_kind kind, const char *name,
                    bool by_glob)
{
    const struct rules *rules = scope->options->own;
    const struct names *plain = &scope->own->plain, *globs = &scope->own->globs;
    bool folds_case =
        scope->side->count > 0 && scope->side->all->items[scope->side->first].folds_case;

    for (size_t at = names_first(plain, name), end = names_end(plain, name); at < end; at++)
        if ((strcmp(plain->items[at].text, name) == 0 || (by_glob && folds_case)) &&
            is_of_scope(scope, &rules->rules[plain->items[at].item], kind, folds_case))
            return true;
    for (size_t i = 0; i < globs->count; i++)
        if ((strcmp(globs->items[i].text, name) == 0 ||
             (by_glob && text_glob(globs->items[i].text, name, folds_case))) &&
            is_of_scope(scope, &rules->rules[globs->items[i].item], kind, folds_case))
            return true;
    return false;
}
