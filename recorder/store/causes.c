/*
 * See causes.h. By the name that is imported (a hash of it, without case where there are no
 * brackets: there names have none) a table keeps who imports it: of the open request the first, of
 * older ones the last.
 */
#include "causes.h"

#include "image/imports.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_MIN = 64 };

struct importer {
    uint64_t name; /* 0: free */
    uint64_t seq, request_seq;
    unsigned kind; /* IMPORT_NEEDED, IMPORT_DELAYED, IMPORT_FORWARDED, IMPORT_INTERPRETER */
};

struct causes {
    struct importer *slots;
    size_t count, capacity; /* a power of two */
    uint64_t image_seq;     /* began the image; 0 if it is not known */
    uint64_t request_seq, request_t_ns;
};

struct causes *causes_new(void)
{
    struct causes *causes = calloc(1, sizeof *causes);

    if (causes != NULL && (causes->slots = calloc(SLOTS_MIN, sizeof *causes->slots)) != NULL) {
        causes->capacity = SLOTS_MIN;
        return causes;
    }
    free(causes);
    return NULL;
}

void causes_free(struct causes *causes)
{
    if (causes == NULL)
        return;
    free(causes->slots);
    free(causes);
}

enum { NAME_BYTES = 512 };

/* Never 0. */
static uint64_t name_of(const char *text, size_t length, bool fold)
{
    char name[NAME_BYTES], folded[TEXT_FOLDED_CAPACITY(NAME_BYTES)];
    uint64_t hash;

    if (fold) {
        snprintf(name, sizeof name, "%.*s", (int)length, text);
        length = text_fold_into(name, folded);
        text = folded;
    }
    hash = text_hash_64(TEXT_HASH_64_START, text, length);
    return hash != 0 ? hash : 1;
}

/* The slot of a name, or the free one where it belongs. */
static struct importer *slot_of(const struct causes *causes, uint64_t name)
{
    size_t at = (size_t)name & (causes->capacity - 1);

    while (causes->slots[at].name != 0 && causes->slots[at].name != name)
        at = (at + 1) & (causes->capacity - 1);
    return &causes->slots[at];
}

static int make_room(struct causes *causes)
{
    struct causes larger = {.capacity = 2 * causes->capacity};

    if (4 * (causes->count + 1) < 3 * causes->capacity)
        return 0;
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (larger.slots == NULL)
        return -1;
    for (size_t i = 0; i < causes->capacity; i++)
        if (causes->slots[i].name != 0)
            *slot_of(&larger, causes->slots[i].name) = causes->slots[i];
    free(causes->slots);
    causes->slots = larger.slots;
    causes->capacity = larger.capacity;
    return 0;
}

/* Of one request the first importer counts, and one that needs a module at once before others. */
static bool is_better(const struct importer *old, const struct importer *importer)
{
    return old->request_seq != importer->request_seq ||
           (old->kind == IMPORT_DELAYED && importer->kind != IMPORT_DELAYED);
}

static int remember_imports(struct causes *causes, const struct causes_load *load,
                            uint64_t request_seq)
{
    const char *at = load->imports != NULL ? load->imports : "";
    struct import import;

    while (imports_next(&at, &import)) {
        struct importer importer = {
            .seq = load->seq, .request_seq = request_seq, .kind = import.kind};
        struct importer *slot;
        size_t folder;
        if (import.kind != IMPORT_VERSION && import.version_length > 0) { /* an API set */
            import.name = import.version;
            import.name_length = import.version_length;
        }
        if (import.kind != IMPORT_NEEDED && import.kind != IMPORT_DELAYED &&
            import.kind != IMPORT_FORWARDED && import.kind != IMPORT_INTERPRETER)
            continue;
        /* an interpreter is named by its path; modules by a name, or by a path too */
        folder = text_folder_bytes(import.name, import.name_length);
        importer.name =
            name_of(import.name + folder, import.name_length - folder, !load->has_brackets);
        if (make_room(causes) != 0)
            return -1;
        slot = slot_of(causes, importer.name);
        causes->count += slot->name == 0;
        if (slot->name == 0 || is_better(slot, &importer))
            *slot = importer;
    }
    return 0;
}

int causes_image(struct causes *causes, const struct causes_load *image)
{
    memset(causes->slots, 0, causes->capacity * sizeof *causes->slots);
    causes->count = 0;
    causes->image_seq = causes->request_seq = image->seq;
    causes->request_t_ns = 0;
    return remember_imports(causes, image, image->seq);
}

static const struct importer *importer_of(const struct causes *causes,
                                          const struct causes_load *load)
{
    const struct importer *best = NULL;

    for (unsigned i = 0; i < CAUSES_NAMES; i++) {
        const struct importer *found;
        if (load->names[i] == NULL || load->names[i][0] == '\0')
            continue;
        found =
            slot_of(causes, name_of(load->names[i], strlen(load->names[i]), !load->has_brackets));
        if (found->name == 0 || found->seq == load->seq)
            continue;
        if (best == NULL || found->request_seq > best->request_seq ||
            (found->request_seq == best->request_seq && found->seq < best->seq))
            best = found;
    }
    return best;
}

/* Whether it belongs to the open request. */
static bool continues(const struct causes *causes, const struct causes_load *load,
                      const struct importer *importer)
{
    if (load->has_brackets)
        return load->t_ns == causes->request_t_ns;
    return importer != NULL && importer->request_seq == causes->request_seq &&
           importer->kind != IMPORT_DELAYED;
}

/* What Windows' loader loads into every process, imported or not. */
static bool is_windows_own(const char *name)
{
    static const char *const own[] = {"ntdll.dll", "kernel32.dll", "kernelbase.dll"};

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (name != NULL && text_equal_ignoring_case(name, own[i]))
            return true;
    return false;
}

static uint64_t root_cause(const struct causes_load *load, const struct importer *importer)
{
    if (importer != NULL && importer->kind == IMPORT_INTERPRETER)
        return CAUSE_LOADER;
    if (importer != NULL && importer->kind == IMPORT_DELAYED)
        return CAUSE_DELAYED;
    if (load->phase == LOAD_PHASE_RUNTIME)
        return CAUSE_ASKED;
    if (load->phase == LOAD_PHASE_ATTACH)
        return CAUSE_UNKNOWN;
    if (load->is_audit)
        return CAUSE_AUDIT;
    if (load->has_brackets)
        return CAUSE_PRELOADED;
    return is_windows_own(load->names[1]) ? CAUSE_LOADER : CAUSE_ASKED;
}

int causes_load(struct causes *causes, const struct causes_load *load, struct cause *cause)
{
    const struct importer *importer = importer_of(causes, load);
    bool is_early = load->phase != LOAD_PHASE_RUNTIME;

    if (is_early)
        causes->request_seq = causes->image_seq;
    else if (!continues(causes, load, importer))
        causes->request_seq = load->seq;
    causes->request_t_ns = load->t_ns;
    cause->request_seq = causes->request_seq;
    cause->by_seq = 0;
    if (importer != NULL && importer->request_seq == causes->request_seq &&
        (importer->kind == IMPORT_NEEDED || importer->kind == IMPORT_FORWARDED)) {
        cause->cause = importer->kind == IMPORT_NEEDED ? CAUSE_NEEDED : CAUSE_FORWARDED;
        cause->by_seq = importer->seq;
    } else {
        cause->cause = root_cause(load, importer);
        if (cause->cause == CAUSE_DELAYED)
            cause->by_seq = importer->seq;
    }
    return remember_imports(causes, load, causes->request_seq);
}

int causes_restore(struct causes *causes, const struct causes_load *load, uint64_t request_seq)
{
    causes->request_seq = request_seq;
    causes->request_t_ns = load->t_ns;
    return remember_imports(causes, load, request_seq);
}
