/* See sections.h. */
#include "sections.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

int globs_add(struct globs *globs, const char *text, size_t number)
{
    return names_add(subject_is_glob(text) ? &globs->globs : &globs->plain, text, number);
}

/* `rules` are qsort's items: pointers to rules of one array. */
static int compare_sections(const void *left, const void *right)
{
    const struct rule *a = *(const struct rule *const *)left,
                      *b = *(const struct rule *const *)right;
    int order = strcmp(a->process, b->process);

    return order != 0 ? order : a < b ? -1 : a > b;
}

static int collect_sections(struct sections *sections)
{
    const struct rules *rules = sections->rules;
    const struct rule **sorted = malloc((rules->count + 1) * sizeof *sorted);
    size_t count = 0;
    int result = 0;

    sections->in_sections = malloc((rules->count + 1) * sizeof *sections->in_sections);
    if (sorted == NULL || sections->in_sections == NULL) {
        free(sorted);
        return -1;
    }
    for (size_t i = 0; i < rules->count; i++)
        if (rules->rules[i].process != NULL)
            sorted[count++] = &rules->rules[i];
    qsort(sorted, count, sizeof *sorted, compare_sections);
    for (size_t i = 0; i < count && result == 0; i++) {
        sections->in_sections[i] = (size_t)(sorted[i] - rules->rules);
        if (i == 0 || strcmp(sorted[i]->process, sorted[i - 1]->process) != 0)
            result = globs_add(&sections->sections, sorted[i]->process, i);
    }
    sections->count = count;
    free(sorted);
    return result;
}

int sections_init(struct sections *sections, const struct rules *rules)
{
    memset(sections, 0, sizeof *sections);
    sections->rules = rules;
    if (collect_sections(sections) != 0)
        return -1;
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->rules[i];
        struct globs *of = rule->about == ABOUT_PROCESSES  ? &sections->processes
                           : rule->about == ABOUT_FAILURES ? &sections->failures
                           : rule->about == ABOUT_VARIABLES || rule->kind == RULE_ENVIRONMENT
                               ? &sections->variables
                           : rule_is_named_limit(rule) && rule->process == NULL
                               ? &sections->limits[rule->measure]
                               : NULL;
        if (of != NULL && globs_add(of, rule->words[0], i) != 0)
            return -1;
    }
    names_sort(&sections->sections.plain);
    names_sort(&sections->processes.plain);
    names_sort(&sections->failures.plain);
    names_sort(&sections->variables.plain);
    for (int i = 0; i < MEASURES; i++)
        names_sort(&sections->limits[i].plain);
    return 0;
}

static void release_globs(struct globs *globs)
{
    names_release(&globs->plain);
    names_release(&globs->globs);
}

void sections_release(struct sections *sections)
{
    free(sections->in_sections);
    release_globs(&sections->sections);
    release_globs(&sections->processes);
    release_globs(&sections->failures);
    release_globs(&sections->variables);
    for (int i = 0; i < MEASURES; i++)
        release_globs(&sections->limits[i]);
}

int globs_match(const struct globs *globs, const char *name, bool folds_case,
                struct number_list *found)
{
    if (names_find(&globs->plain, name, folds_case, found) != 0)
        return -1;
    for (size_t i = 0; i < globs->globs.count; i++)
        if (text_glob(globs->globs.items[i].text, name, folds_case) &&
            number_list_add(found, globs->globs.items[i].item) != 0)
            return -1;
    number_list_sort(found);
    return 0;
}

int globs_match_process(const struct globs *globs, const struct recordings *recordings,
                        const struct recording *run, const struct recorded_process *process,
                        struct number_list *found)
{
    int result =
        globs_match(globs, recordings_text(recordings, process->key), run->folds_case, found);

    if (result == 0 && process->name != process->key)
        result =
            globs_match(globs, recordings_text(recordings, process->name), run->folds_case, found);
    return result;
}

int sections_match(const struct sections *sections, const struct recordings *recordings,
                   const struct recording *run, const struct recorded_process *process,
                   struct number_list *found)
{
    struct number_list firsts = {0};
    int result = globs_match_process(&sections->sections, recordings, run, process, &firsts);

    for (size_t i = 0; i < firsts.count && result == 0; i++) {
        const char *name = sections->rules->rules[sections->in_sections[firsts.items[i]]].process;
        for (size_t k = firsts.items[i]; k < sections->count && result == 0; k++) {
            size_t rule = sections->in_sections[k];
            if (strcmp(sections->rules->rules[rule].process, name) != 0)
                break;
            result = number_list_add(found, rule);
        }
    }
    free(firsts.items);
    number_list_sort(found);
    return result;
}
