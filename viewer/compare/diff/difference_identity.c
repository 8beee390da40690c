/* See difference_identity.h. */
#include "difference_identity.h"

#include "compare/model/place.h"
#include "compare/model/shapes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A part of an identity as text, "" where it is not known. */
struct part {
    const char *what;
    char text[DIFFERENCE_IDENTITY_BYTES];
};

enum { PARTS = 7 };

static void describe(const struct recordings *all, const struct identity *identity,
                     struct part *parts)
{
    const struct {
        const char *what, *format;
        int64_t number;
        const char *text;
    } sources[PARTS] = {
        {"version", NULL, 0, recordings_text(all, identity->version)},
        {"build-id", NULL, 0, recordings_text(all, identity->build_id)},
        {"PDB", NULL, 0, recordings_text(all, identity->pdb)},
        {"time stamp", "0x%08" PRIx64, identity->pe_timestamp, ""},
        {"checksum", "0x%08" PRIx64, identity->pe_checksum, ""},
        {"size in memory", "%" PRId64 " B", identity->image_bytes, ""},
        {"file size", "%" PRId64 " B", identity->file_bytes, ""},
    };

    for (size_t i = 0; i < PARTS; i++) {
        parts[i].what = sources[i].what;
        if (sources[i].format == NULL)
            snprintf(parts[i].text, sizeof parts[i].text, "%s", sources[i].text);
        else if (sources[i].number != 0)
            snprintf(parts[i].text, sizeof parts[i].text, sources[i].format, sources[i].number);
        else
            parts[i].text[0] = '\0';
    }
}

static bool differs(const struct part *a, const struct part *b)
{
    return a->text[0] != '\0' && b->text[0] != '\0' && strcmp(a->text, b->text) != 0;
}

bool difference_identity_values(const struct recordings *all, size_t module_a, size_t module_b,
                                char *a, char *b)
{
    struct part parts[2][PARTS];

    describe(all, &all->modules[module_a].identity, parts[0]);
    describe(all, &all->modules[module_b].identity, parts[1]);
    for (size_t i = 0; i < PARTS; i++) {
        if (!differs(&parts[0][i], &parts[1][i]))
            continue;
        strcpy(a, parts[0][i].text);
        strcpy(b, parts[1][i].text);
        return true;
    }
    return false;
}

/* All that differs as the note; the first, which tells most, as the two values. */
void difference_identity_describe(struct differences *differences, struct difference *row,
                                  size_t module_a, size_t module_b)
{
    struct part a[PARTS], b[PARTS];

    describe(differences->all, &differences->all->modules[module_a].identity, a);
    describe(differences->all, &differences->all->modules[module_b].identity, b);
    for (size_t i = 0; i < PARTS; i++) {
        if (!differs(&a[i], &b[i]))
            continue;
        if (row->a == TEXT_NONE) {
            row->a = text_pool_add_text(differences->all->texts, a[i].text);
            row->b = text_pool_add_text(differences->all->texts, b[i].text);
        }
        buffer_format(&differences->scratch, "%s%s", differences->scratch.length > 0 ? ", " : "",
                      a[i].what);
    }
    row->note = difference_text(differences);
}

/* Whether what varies in a name looks as if chance had made it. */
static bool is_made_up(const struct recordings *all, const struct recorded_load *load)
{
    const char *name = recordings_text(all, load->name), *key = recordings_text(all, load->key),
               *any = strstr(key, PLACE_ANY);
    size_t before = any != NULL ? (size_t)(any - key) : 0,
           behind = any != NULL ? strlen(any + strlen(PLACE_ANY)) : 0, length = strlen(name);

    return any == NULL || length < before + behind ||
           strncmp(recordings_text(all, load->place), "{temp}", 6) == 0 ||
           shape_is_random(name + before, length - before - behind);
}

bool difference_identity_is_new_name(const struct recordings *all, size_t module_a, size_t module_b)
{
    const struct recorded_module *a = &all->modules[module_a], *b = &all->modules[module_b];

    return a->is_renamed && b->is_renamed && a->name != b->name;
}

const char *difference_identity_likeness(const struct recordings *all, size_t module)
{
    return identity_is_sure(&all->modules[module].identity) ? "the same build"
           : all->modules[module].import_count > 0          ? "the same size and imports"
                                                            : "the same size";
}

bool difference_identity_is_renamed(const struct recordings *all, const struct recorded_load *a,
                                    const struct recorded_load *b)
{
    if (difference_identity_is_new_name(all, a->module, b->module))
        return true;
    return a->name != b->name && all->modules[a->module].varies && all->modules[b->module].varies &&
           !is_made_up(all, a) && !is_made_up(all, b);
}
