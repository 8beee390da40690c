/* See learning.h: which modules, from where, which builds. */
#include "learning.h"
#include "rules/write.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES_AT_MOST = 8, BUILDS_AT_MOST = 32 };

static const char *text(const struct learned_scope *scope, uint32_t number)
{
    return recordings_text(scope->side->all, number);
}

/* The name as the file writes it, for comparing it with hand-written ones. */
static void add_name(const struct learned_scope *scope, const struct learned_module *module,
                     struct buffer *out)
{
    buffer_clear(out);
    rule_write_key_glob(out, text(scope, module->key));
}

int learn_presence(const struct learned_scope *scope, struct buffer *out)
{
    struct line_list lists[2] = {{0}, {0}}; /* require, allow */
    struct buffer name = {0}, line = {0};

    for (size_t i = 0; i < scope->module_count; i++) {
        const struct learned_module *module = &scope->modules[i];
        enum rule_kind kind = module->is_always ? RULE_REQUIRE : RULE_ALLOW;
        add_name(scope, module, &name);
        if (learned_is_own(scope, RULE_REQUIRE, buffer_text(&name), false) ||
            learned_is_own(scope, RULE_FORBID, buffer_text(&name), false) ||
            learned_is_own(scope, RULE_ALLOW, buffer_text(&name), kind == RULE_ALLOW))
            continue;
        buffer_add_text(&line, rule_kind_word(kind));
        buffer_add_char(&line, ' ');
        rule_write_word(&line, buffer_text(&name));
        line_list_take(&lists[kind == RULE_ALLOW], &line);
    }
    line_list_write(&lists[0], out);
    line_list_write(&lists[1], out);
    if (!learned_is_own(scope, RULE_FORBID, "*", false))
        buffer_add_text(out, "forbid *\n");
    out->failed |= name.failed;
    buffer_release(&name);
    return out->failed ? -1 : 0;
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Adds a text to a sorted list if it is not there; false if the list is full. */
static bool add_text(const char **texts, size_t *count, size_t most, const char *added)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(texts[i], added) == 0)
            return true;
    if (*count == most)
        return false;
    texts[(*count)++] = added;
    qsort(texts, *count, sizeof *texts, compare_texts);
    return true;
}

/* Calls `take` for each build and place of a module; false as soon as it says so. */
static bool each_variant(const struct learned_scope *scope, const struct learned_module *module,
                         bool (*take)(const struct learned_scope *, const struct side_variant *,
                                      void *),
                         void *context)
{
    for (size_t role = 0; role < module->role_count; role++)
        for (size_t i = 0; i < module->of_roles[role]->variant_count; i++)
            if (!take(scope, &module->of_roles[role]->variants[i], context))
                return false;
    return true;
}

struct values {
    const char *texts[BUILDS_AT_MOST];
    size_t count;
};

/* Where a module came from: few folders, or else what all begin with. */
struct places {
    struct values few;
    bool are_more;
    const char *first;
    size_t common; /* bytes of the first, whole elements */
};

static void take_common(struct places *places, const char *place)
{
    size_t at = 0, whole = 0;

    if (places->first == NULL) {
        places->first = place;
        places->common = strlen(place);
        return;
    }
    while (at < places->common && places->first[at] == place[at])
        at++;
    for (size_t i = 0; i <= at; i++)
        if ((places->first[i] == '/' || places->first[i] == '\0') &&
            (place[i] == '/' || place[i] == '\0') && i <= places->common)
            whole = i;
    places->common = whole;
}

static bool take_place(const struct learned_scope *scope, const struct side_variant *variant,
                       void *context)
{
    struct places *places = context;

    if (variant->place == TEXT_NONE)
        return true; /* that is not known of each run: the vdso's never is */
    places->are_more |= !add_text(places->few.texts, &places->few.count, PLACES_AT_MOST,
                                  text(scope, variant->place));
    take_common(places, text(scope, variant->place));
    return true;
}

/* Of too many folders all that lie where they do; or it is said that there is no rule. */
static void write_places(const struct places *places, const char *name, struct buffer *line)
{
    struct buffer common = {0};

    buffer_add_text(line, places->are_more && places->common == 0 ? "# no rule: path " : "path ");
    rule_write_word(line, name);
    for (size_t i = 0; i < places->few.count && !places->are_more; i++) {
        buffer_add_char(line, ' ');
        rule_write_name(line, places->few.texts[i]);
    }
    if (places->are_more && places->common == 0) {
        buffer_format(line, "  (more than %d folders, which have nothing in common)",
                      (int)PLACES_AT_MOST);
    } else if (places->are_more) {
        struct buffer start = {0};
        buffer_add(&start, places->first, places->common);
        rule_write_glob(&common, buffer_text(&start));
        buffer_add_text(&common, "/**");
        buffer_add_char(line, ' ');
        rule_write_word(line, buffer_text(&common));
        line->failed |= start.failed;
        buffer_release(&start);
    }
    line->failed |= common.failed;
    buffer_release(&common);
}

int learn_paths(const struct learned_scope *scope, struct buffer *out)
{
    struct line_list list = {0};
    struct buffer name = {0}, line = {0};

    for (size_t i = 0; i < scope->module_count; i++) {
        struct places places = {0};
        add_name(scope, &scope->modules[i], &name);
        if (learned_is_own(scope, RULE_PATH, buffer_text(&name), true))
            continue;
        each_variant(scope, &scope->modules[i], take_place, &places);
        if (places.few.count == 0)
            continue;
        write_places(&places, buffer_text(&name), &line);
        line_list_take(&list, &line);
    }
    line_list_write(&list, out);
    out->failed |= name.failed;
    buffer_release(&name);
    return out->failed ? -1 : 0;
}

/* The files of one name, whose identities are collected. */
struct files {
    const struct learned_scope *scope;
    size_t modules[BUILDS_AT_MOST];
    size_t count;
};

static bool add_file(struct files *files, size_t module)
{
    for (size_t i = 0; i < files->count; i++)
        if (files->modules[i] == module)
            return true;
    if (files->count == BUILDS_AT_MOST)
        return false;
    files->modules[files->count++] = module;
    return true;
}

static bool take_file(const struct learned_scope *scope, const struct side_variant *variant,
                      void *context)
{
    (void)scope;
    return add_file(context, variant->module);
}

/* What the identity says for a key, "" if that is not known. `room` is for a size. */
static const char *identity_value(const struct files *files, size_t index, enum rule_identity key,
                                  char room[24])
{
    const struct identity *identity =
        &files->scope->side->all->modules[files->modules[index]].identity;

    room[0] = '\0';
    if (key == IDENTITY_SIZE && identity->file_bytes > 0)
        snprintf(room, 24, "%" PRId64, identity->file_bytes);
    if (key == IDENTITY_SIZE)
        return room;
    return text(files->scope, key == IDENTITY_VERSION    ? identity->version
                              : key == IDENTITY_BUILD_ID ? identity->build_id
                                                         : identity->pdb);
}

/* Adds ` KEY=VALUE` for all values, if all of the files have one. Returns whether it did. */
static bool add_values(const struct files *files, enum rule_identity key, struct buffer *line)
{
    char room[BUILDS_AT_MOST][24];
    struct values values = {{NULL}, 0};

    for (size_t i = 0; i < files->count; i++) {
        const char *value = identity_value(files, i, key, room[i]);
        if (value[0] == '\0')
            return false;
        add_text(values.texts, &values.count, BUILDS_AT_MOST, value);
    }
    for (size_t i = 0; i < values.count; i++) {
        struct buffer word = {0};
        buffer_add_text(&word, rule_identity_word(key));
        buffer_add_char(&word, '=');
        rule_write_glob(&word, values.texts[i]);
        buffer_add_char(line, ' ');
        rule_write_word(line, buffer_text(&word));
        line->failed |= word.failed;
        buffer_release(&word);
    }
    return values.count > 0;
}

/* A line for files that all have a version or build, or at least a known size. */
static void add_identity(const struct files *files, const char *name, struct line_list *list)
{
    struct buffer line = {0};
    bool is_known;

    if (learned_is_own(files->scope, RULE_IDENTITY, name, true))
        return;
    buffer_add_text(&line, "identity ");
    rule_write_word(&line, name);
    is_known = add_values(files, IDENTITY_VERSION, &line);
    is_known |=
        add_values(files, IDENTITY_BUILD_ID, &line) || add_values(files, IDENTITY_PDB, &line);
    if (is_known || add_values(files, IDENTITY_SIZE, &line))
        line_list_take(list, &line);
    else
        buffer_release(&line);
}

/* The programs of the scope's processes. */
static void add_program(const struct learned_scope *scope, struct line_list *list)
{
    struct files files = {.scope = scope};
    struct part part = happenings_of(scope->happenings, HAPPENED_PROCESSES, scope->program);
    struct buffer name = {0};
    uint32_t key = TEXT_NONE;
    bool is_whole = true;

    for (size_t i = 0; i < part.count; i++) {
        const struct happened *at =
            &scope->happenings->items[HAPPENED_PROCESSES][part_at(&part, i)];
        const struct recorded_process *process =
            &scope->side->all->items[at->run].processes[at->item];
        if (process->module == RECORDING_NONE)
            continue;
        is_whole &= (key == TEXT_NONE || key == process->key) && add_file(&files, process->module);
        key = process->key;
    }
    rule_write_key_glob(&name, text(scope, key));
    if (is_whole && files.count > 0 && name.length > 0)
        add_identity(&files, buffer_text(&name), list);
    list->has_failed |= name.failed;
    buffer_release(&name);
}

int learn_identities(const struct learned_scope *scope, struct buffer *out)
{
    struct line_list list = {0};
    struct buffer name = {0};

    add_program(scope, &list);
    for (size_t i = 0; i < scope->module_count; i++) {
        struct files files = {.scope = scope};
        add_name(scope, &scope->modules[i], &name);
        if (each_variant(scope, &scope->modules[i], take_file, &files)) {
            add_identity(&files, buffer_text(&name), &list);
        } else if (!learned_is_own(scope, RULE_IDENTITY, buffer_text(&name), true)) {
            struct buffer line = {0};
            buffer_add_text(&line, "# no rule: identity ");
            rule_write_word(&line, buffer_text(&name));
            buffer_format(&line, "  (more than %d builds)", (int)BUILDS_AT_MOST);
            line_list_take(&list, &line);
        }
    }
    line_list_write(&list, out);
    out->failed |= name.failed;
    buffer_release(&name);
    return out->failed ? -1 : 0;
}
