/* See subjects.h. */
#include "subjects.h"

#include "array.h"
#include "buffer.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

static int compare_names(const void *left, const void *right)
{
    const struct subject_name *a = left, *b = right;
    int order = text_compare_ignoring_case(a->text, b->text);

    return order != 0 ? order : a->subject < b->subject ? -1 : a->subject > b->subject;
}

/* The subject of a load: one that is there, or a new one; RECORDING_NONE without memory. */
static size_t find_or_add(struct subjects *subjects, size_t *first,
                          const struct recorded_load *load, bool folds_case)
{
    struct subject *items;

    for (size_t i = *first; i != RECORDING_NONE; i = subjects->items[i].next)
        if (subjects->items[i].key == load->key && subjects->items[i].place == load->place &&
            subjects->items[i].folds_case == folds_case)
            return i;
    if ((items = array_with_room(subjects->items, subjects->count, sizeof *items)) == NULL)
        return RECORDING_NONE;
    subjects->items = items;
    items[subjects->count] =
        (struct subject){load->module, load->key, load->name, load->place, folds_case, *first};
    *first = subjects->count;
    return subjects->count++;
}

static int collect(struct subjects *subjects, size_t *first_of_module)
{
    const struct recordings *recordings = subjects->recordings;

    for (size_t i = 0; i < recordings->module_count; i++)
        first_of_module[i] = RECORDING_NONE;
    for (size_t r = 0; r < recordings->count; r++) {
        const struct recording *run = &recordings->items[r];
        if ((subjects->of_load[r] = malloc((run->load_count + 1) * sizeof **subjects->of_load)) ==
            NULL)
            return -1;
        for (size_t i = 0; i < run->load_count; i++)
            if ((subjects->of_load[r][i] =
                     find_or_add(subjects, &first_of_module[run->loads[i].module], &run->loads[i],
                                 run->folds_case)) == RECORDING_NONE)
                return -1;
    }
    return 0;
}

static int index_names(struct subjects *subjects)
{
    if ((subjects->names = malloc((3 * subjects->count + 1) * sizeof *subjects->names)) == NULL)
        return -1;
    for (size_t i = 0; i < subjects->count; i++) {
        const struct subject *subject = &subjects->items[i];
        uint32_t numbers[3] = {subject->key, subjects->recordings->modules[subject->module].key,
                               subject->name};
        for (int k = 0; k < 3; k++)
            if ((k < 1 || numbers[k] != numbers[0]) && (k < 2 || numbers[k] != numbers[1]))
                subjects->names[subjects->name_count++] =
                    (struct subject_name){recordings_text(subjects->recordings, numbers[k]), i};
    }
    qsort(subjects->names, subjects->name_count, sizeof *subjects->names, compare_names);
    return 0;
}

int subjects_init(struct subjects *subjects, const struct recordings *recordings,
                  struct trail_error *error)
{
    size_t *first_of_module = malloc((recordings->module_count + 1) * sizeof *first_of_module);
    int result = -1;

    memset(subjects, 0, sizeof *subjects);
    subjects->recordings = recordings;
    subjects->of_load = calloc(recordings->count + 1, sizeof *subjects->of_load);
    if (subjects->of_load != NULL && first_of_module != NULL &&
        collect(subjects, first_of_module) == 0)
        result = index_names(subjects);
    free(first_of_module);
    return result == 0 ? 0 : error_set(error, TRAIL_FAILED, 0, "out of memory");
}

void subjects_release(struct subjects *subjects)
{
    for (size_t r = 0; subjects->of_load != NULL && r < subjects->recordings->count; r++)
        free(subjects->of_load[r]);
    free(subjects->of_load);
    free(subjects->items);
    free(subjects->names);
    memset(subjects, 0, sizeof *subjects);
}

bool subject_is_glob(const char *name)
{
    return strpbrk(name, "*?[") != NULL;
}

size_t subject_literal_characters(const char *glob)
{
    size_t count = 0;

    for (; *glob != '\0'; glob++) {
        const char *end = *glob == '[' && glob[1] != '\0' ? strchr(glob + 2, ']') : NULL;
        if (end != NULL)
            glob = end;
        count += *glob != '*' && *glob != '?';
    }
    return count;
}

/*
 * A name with a folder, as modules get it that have nothing else to tell them apart (keys.h).
 */
static bool matches_with_place(const struct subjects *subjects, const char *glob,
                               const struct subject *subject)
{
    struct buffer name = {0};
    bool matches;

    buffer_add_text(&name, recordings_text(subjects->recordings, subject->place));
    buffer_add_char(&name, '/');
    buffer_add_text(&name, recordings_text(subjects->recordings, subject->name));
    matches = text_glob(glob, buffer_text(&name), subject->folds_case);
    buffer_release(&name);
    return matches;
}

bool subject_matches(const struct subjects *subjects, const char *glob, size_t index)
{
    const struct subject *subject = &subjects->items[index];
    const struct recordings *recordings = subjects->recordings;

    return text_glob(glob, recordings_text(recordings, subject->key), subject->folds_case) ||
           text_glob(glob, recordings_text(recordings, subject->name), subject->folds_case) ||
           text_glob(glob, recordings_text(recordings, recordings->modules[subject->module].key),
                     subject->folds_case) ||
           (strchr(glob, '/') != NULL && matches_with_place(subjects, glob, subject));
}

static int add_match(struct subject_list *list, size_t subject)
{
    size_t *items = array_with_room(list->items, list->count, sizeof *items);

    if (items == NULL)
        return -1;
    list->items = items;
    items[list->count++] = subject;
    return 0;
}

static int compare_positions(const void *left, const void *right)
{
    size_t a = *(const size_t *)left, b = *(const size_t *)right;

    return a < b ? -1 : a > b;
}

static int compare_name_to_text(const void *item, const void *key)
{
    return text_compare_ignoring_case(((const struct subject_name *)item)->text, key);
}

/* The names equal to a text stand together: where they begin. */
static size_t first_name(const struct subjects *subjects, const char *text)
{
    return array_lower_bound(subjects->names, subjects->name_count, sizeof *subjects->names, text,
                             compare_name_to_text);
}

int subjects_match(const struct subjects *subjects, const char *glob, struct subject_list *list,
                   struct trail_error *error)
{
    /* with a folder: not in the index */
    bool is_glob = subject_is_glob(glob) || strchr(glob, '/') != NULL;
    size_t unique = 0;
    int result = 0;

    memset(list, 0, sizeof *list);
    for (size_t i = 0; is_glob && i < subjects->count && result == 0; i++)
        if (subject_matches(subjects, glob, i))
            result = add_match(list, i);
    for (size_t i = is_glob ? subjects->name_count : first_name(subjects, glob);
         i < subjects->name_count && result == 0 &&
         text_compare_ignoring_case(subjects->names[i].text, glob) == 0;
         i++)
        if (subjects->items[subjects->names[i].subject].folds_case ||
            strcmp(subjects->names[i].text, glob) == 0)
            result = add_match(list, subjects->names[i].subject);
    if (result != 0)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    if (list->count > 1)
        qsort(list->items, list->count, sizeof *list->items, compare_positions);
    for (size_t i = 0; i < list->count; i++)
        if (unique == 0 || list->items[i] != list->items[unique - 1])
            list->items[unique++] = list->items[i];
    list->count = unique;
    return 0;
}

bool subject_matches_process(const struct recordings *recordings, const char *glob,
                             const struct recording *run, const struct recorded_process *process)
{
    return text_glob(glob, recordings_text(recordings, process->key), run->folds_case) ||
           text_glob(glob, recordings_text(recordings, process->name), run->folds_case);
}
