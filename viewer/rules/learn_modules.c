/* See learning.h: which modules, from where, which builds. */
#include "learning.h"
#include "write.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES_AT_MOST = 8, BUILDS_AT_MOST = 32 };

static const char *text(const struct learned_scope *scope, uint32_t number)
{
    return recordings_text(scope->side->all, number);
}

/* The name as the file writes it, for comparing it with hand-written ones. */
static void add_name(const struct learned_scope *scope, const struct learned_module *module, struct buffer *out)
{
    buffer_clear(out);
    rule_write_glob(out, text(scope, module->key));
}

int learn_presence(const struct learned_scope *scope, struct buffer *out)
{
    struct line_list lists[2] = {{0}, {0}}; /* require, allow */
    struct buffer name = {0}, line = {0};

    for (size_t i = 0; i < scope->module_count; i++) {
        const struct learned_module *module = &scope->modules[i];
        enum rule_kind kind = module->is_always ? RULE_REQUIRE : RULE_ALLOW;
        add_name(scope, module, &name);
        if (learned_is_own(scope, RULE_REQUIRE, buffer_text(&name), false) || learned_is_own(scope, RULE_FORBID, buffer_text(&name), false) ||
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
                         bool (*take)(const struct learned_scope *, const struct side_variant *, void *), void *context)
{
    for (size_t role = 0; role < scope->role_count; role++)
        for (size_t i = 0; module->of_role[role] != NULL && i < module->of_role[role]->variant_count; i++)
            if (!take(scope, &module->of_role[role]->variants[i], context))
                return false;
    return true;
}

struct values {
    const char *texts[BUILDS_AT_MOST];
    size_t count;
};

static bool take_place(const struct learned_scope *scope, const struct side_variant *variant, void *context)
{
    struct values *places = context;

    return variant->place != TEXT_NONE && add_text(places->texts, &places->count, PLACES_AT_MOST, text(scope, variant->place));
}

int learn_paths(const struct learned_scope *scope, struct buffer *out)
{
    struct line_list list = {0};
    struct buffer name = {0}, line = {0};

    for (size_t i = 0; i < scope->module_count; i++) {
        struct values places = {{NULL}, 0};
        add_name(scope, &scope->modules[i], &name);
        if (learned_is_own(scope, RULE_PATH, buffer_text(&name), true) || !each_variant(scope, &scope->modules[i], take_place, &places) ||
            places.count == 0)
            continue;
        buffer_add_text(&line, "path ");
        rule_write_word(&line, buffer_text(&name));
        for (size_t k = 0; k < places.count; k++) {
            buffer_add_char(&line, ' ');
            rule_write_name(&line, places.texts[k]);
        }
        line_list_take(&list, &line);
    }
    line_list_write(&list, out);
    out->failed |= name.failed;
    buffer_release(&name);
    return out->failed ? -1 : 0;
}

static const struct identity *identity_of(const struct learned_scope *scope, const struct side_variant *variant)
{
    return &scope->side->all->modules[variant->module].identity;
}

static bool take_version(const struct learned_scope *scope, const struct side_variant *variant, void *context)
{
    struct values *values = context;
    uint32_t version = identity_of(scope, variant)->version;

    return version != TEXT_NONE && add_text(values->texts, &values->count, BUILDS_AT_MOST, text(scope, version));
}

static bool take_build_id(const struct learned_scope *scope, const struct side_variant *variant, void *context)
{
    struct values *values = context;
    uint32_t build_id = identity_of(scope, variant)->build_id;

    return build_id != TEXT_NONE && add_text(values->texts, &values->count, BUILDS_AT_MOST, text(scope, build_id));
}

static bool take_pdb(const struct learned_scope *scope, const struct side_variant *variant, void *context)
{
    struct values *values = context;
    uint32_t pdb = identity_of(scope, variant)->pdb;

    return pdb != TEXT_NONE && add_text(values->texts, &values->count, BUILDS_AT_MOST, text(scope, pdb));
}

/* Adds ` KEY=VALUE` for all values of a module, if all its builds have one. Returns whether it did. */
static bool add_values(const struct learned_scope *scope, const struct learned_module *module, enum rule_identity key, struct buffer *line)
{
    static bool (*const takers[IDENTITIES])(const struct learned_scope *, const struct side_variant *, void *) = {
        [IDENTITY_VERSION] = take_version, [IDENTITY_BUILD_ID] = take_build_id, [IDENTITY_PDB] = take_pdb};
    struct values values = {{NULL}, 0};

    if (!each_variant(scope, module, takers[key], &values))
        return false;
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

int learn_identities(const struct learned_scope *scope, struct buffer *out)
{
    struct line_list list = {0};
    struct buffer name = {0}, line = {0};

    for (size_t i = 0; i < scope->module_count; i++) {
        const struct learned_module *module = &scope->modules[i];
        bool is_known;
        add_name(scope, module, &name);
        if (learned_is_own(scope, RULE_IDENTITY, buffer_text(&name), true))
            continue;
        buffer_add_text(&line, "identity ");
        rule_write_word(&line, buffer_text(&name));
        is_known = add_values(scope, module, IDENTITY_VERSION, &line);
        is_known |= add_values(scope, module, IDENTITY_BUILD_ID, &line) || add_values(scope, module, IDENTITY_PDB, &line);
        if (is_known)
            line_list_take(&list, &line);
        else
            buffer_release(&line);
    }
    line_list_write(&list, out);
    out->failed |= name.failed;
    buffer_release(&name);
    return out->failed ? -1 : 0;
}
