/* See subjects.h. */
#include "subjects.h"

#include "array.h"
#include "buffer.h"
#include "compare/model/place.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

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

/* A name with a folder, as modules get it that have nothing else to tell them apart (keys.h). */
static void add_with_place(const struct subjects *subjects, const struct subject *subject,
                           struct buffer *out)
{
    buffer_add_text(out, recordings_text(subjects->recordings, subject->place));
    buffer_add_char(out, '/');
    buffer_add_text(out, recordings_text(subjects->recordings, subject->name));
}

static int index_with_places(struct subjects *subjects)
{
    struct buffer texts = {0};
    const char *text;

    for (size_t i = 0; i < subjects->count; i++) {
        add_with_place(subjects, &subjects->items[i], &texts);
        buffer_add_char(&texts, '\0');
    }
    if (texts.failed) {
        buffer_release(&texts);
        return -1;
    }
    subjects->with_places = texts.data;
    text = texts.data;
    for (size_t i = 0; i < subjects->count; i++, text += strlen(text) + 1)
        if (names_add(&subjects->names, text, i) != 0)
            return -1;
    return 0;
}

static int index_names(struct subjects *subjects)
{
    for (size_t i = 0; i < subjects->count; i++) {
        const struct subject *subject = &subjects->items[i];
        uint32_t numbers[3] = {subject->key, subjects->recordings->modules[subject->module].key,
                               subject->name};
        for (int k = 0; k < 3; k++)
            if ((k < 1 || numbers[k] != numbers[0]) && (k < 2 || numbers[k] != numbers[1]) &&
                names_add(&subjects->names, recordings_text(subjects->recordings, numbers[k]), i) !=
                    0)
                return -1;
    }
    if (index_with_places(subjects) != 0)
        return -1;
    names_sort(&subjects->names);
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
    free(subjects->named);
    free(subjects->with_places);
    names_release(&subjects->names);
    memset(subjects, 0, sizeof *subjects);
}

bool subject_is_glob(const char *name)
{
    return strpbrk(name, "*?[") != NULL || strstr(name, PLACE_ANY) != NULL;
}

size_t subject_literal_characters(const char *glob)
{
    size_t count = 0;

    for (; *glob != '\0'; glob++) {
        if (strncmp(glob, PLACE_ANY, strlen(PLACE_ANY)) == 0) {
            glob += strlen(PLACE_ANY) - 1;
            continue;
        }
        const char *end = *glob == '[' && glob[1] != '\0' ? strchr(glob + 2, ']') : NULL;
        if (end != NULL)
            glob = end;
        count += *glob != '*' && *glob != '?';
    }
    return count;
}

static bool matches_with_place(const struct subjects *subjects, const char *glob,
                               const struct subject *subject)
{
    struct buffer name = {0};
    bool matches;

    add_with_place(subjects, subject, &name);
    matches = text_glob(glob, buffer_text(&name), subject->folds_case);
    buffer_release(&name);
    return matches;
}

static bool matches(const struct subjects *subjects, const char *glob, size_t index)
{
    const struct subject *subject = &subjects->items[index];
    const struct recordings *recordings = subjects->recordings;

    return text_glob(glob, recordings_text(recordings, subject->key), subject->folds_case) ||
           text_glob(glob, recordings_text(recordings, subject->name), subject->folds_case) ||
           text_glob(glob, recordings_text(recordings, recordings->modules[subject->module].key),
                     subject->folds_case) ||
           (strchr(glob, '/') != NULL && matches_with_place(subjects, glob, subject));
}

/* Adds the glob that a name is for: {any} is a *. Whether there was one. */
static bool add_glob(struct buffer *out, const char *name)
{
    const char *any;
    bool has_any = false;

    for (; (any = strstr(name, PLACE_ANY)) != NULL; name = any + strlen(PLACE_ANY)) {
        buffer_add(out, name, (size_t)(any - name));
        buffer_add_char(out, '*');
        has_any = true;
    }
    buffer_add_text(out, name);
    return has_any;
}

bool subject_matches(const struct subjects *subjects, const char *glob, size_t index)
{
    struct buffer plain = {0};
    bool result;

    if (strstr(glob, PLACE_ANY) == NULL)
        return matches(subjects, glob, index);
    if (subjects->named != NULL && subjects->named[index])
        return false;
    add_glob(&plain, glob);
    result = matches(subjects, buffer_text(&plain), index);
    buffer_release(&plain);
    return result;
}

int subjects_add_name(const struct subjects *subjects, const char *name, struct number_list *list)
{
    for (size_t at = names_first(&subjects->names, name), end = names_end(&subjects->names, name);
         at < end; at++) {
        const struct named *named = &subjects->names.items[at];
        if ((subjects->items[named->item].folds_case || strcmp(named->text, name) == 0) &&
            number_list_add(list, named->item) != 0)
            return -1;
    }
    number_list_sort(list);
    return 0;
}

/* Only what begins as the glob does is tried. */
static int add_of_glob(const struct subjects *subjects, const char *glob, struct number_list *list)
{
    struct buffer start = {0}, plain = {0};
    size_t at;
    int result = 0;

    add_glob(&plain, glob);
    buffer_add(&start, buffer_text(&plain), strcspn(buffer_text(&plain), "*?["));
    at = names_first(&subjects->names, buffer_text(&start));
    buffer_add_char(&start, '*');
    for (; result == 0 && at < subjects->names.count &&
           text_glob(buffer_text(&start), subjects->names.items[at].text, true);
         at++)
        if (subject_matches(subjects, glob, subjects->names.items[at].item))
            result = number_list_add(list, subjects->names.items[at].item);
    if (start.failed || plain.failed)
        result = -1;
    buffer_release(&start);
    buffer_release(&plain);
    return result;
}

int subjects_match(const struct subjects *subjects, const char *glob, struct number_list *list,
                   struct trail_error *error)
{
    memset(list, 0, sizeof *list);
    if ((subject_is_glob(glob) ? add_of_glob : subjects_add_name)(subjects, glob, list) != 0)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    number_list_sort(list);
    return 0;
}

bool subject_matches_process(const struct recordings *recordings, const char *glob,
                             const struct recording *run, const struct recorded_process *process)
{
    return text_glob(glob, recordings_text(recordings, process->key), run->folds_case) ||
           text_glob(glob, recordings_text(recordings, process->name), run->folds_case);
}
