/* See elf_dynamic.h. */
#include "image/elf_dynamic.h"

#include "event_kinds.h"
#include "image/elf_layout.h"
#include "image/imports.h"

#include <string.h>

enum {
    DYNAMIC_ENTRIES_MAX = 2048,
    VERSIONS_MAX = 1024,
    STRING_MAX = 1024,
    DT_NEEDED_ = 1,
    DT_STRTAB_ = 5,
    DT_SONAME_ = 14,
    DT_RPATH_ = 15,
    DT_RUNPATH_ = 29
};
#define DT_VERNEED_ UINT64_C(0x6ffffffe)

struct dynamic_entry {
    uint64_t tag, value;
};

/* Elf64_Verneed: a module; and Elf64_Vernaux: one version of it. Offsets are relative to each. */
struct version_needed {
    uint16_t version, count;
    uint32_t file, first, next;
};
struct version_name {
    uint32_t hash;
    uint16_t flags, other;
    uint32_t name, next;
};

struct dynamic {
    const struct image_source *source;
    struct file_header header;
    uint64_t offset, bytes; /* of the section in the file */
    uint64_t strings;       /* where in the file its strings begin; 0 if that is unknown */
    struct module_identity *identity;
};

/* Where in the file an address of the image stands; false if no PT_LOAD holds it. */
static bool file_offset_of(const struct dynamic *dynamic, uint64_t address, uint64_t *offset)
{
    struct program_header segment;

    for (unsigned i = 0; elf_segment_at(dynamic->source, &dynamic->header, i, &segment); i++) {
        if (segment.type != PT_LOAD_)
            continue;
        if (address >= segment.address && address - segment.address < segment.file_bytes) {
            *offset = segment.offset + (address - segment.address);
            return true;
        }
    }
    return false;
}

/* A string of the file, NUL-terminated and cut at capacity. False if it is not in the file. */
static bool read_text(const struct image_source *source, uint64_t offset, char *text,
                      size_t capacity)
{
    size_t length;

    if (offset >= source->size)
        return false;
    length = source->size - offset < capacity - 1 ? (size_t)(source->size - offset) : capacity - 1;
    text[source->read_at(source->context, offset, text, length)] = '\0';
    return true;
}

static bool read_string(const struct dynamic *dynamic, uint64_t name, char *text, size_t capacity)
{
    return dynamic->strings != 0 && name < dynamic->source->size &&
           read_text(dynamic->source, dynamic->strings + name, text, capacity);
}

static void add_import(struct dynamic *dynamic, unsigned kind, const char *name,
                       const char *version)
{
    struct module_identity *identity = dynamic->identity;

    if (name[0] != '\0')
        imports_add(identity->imports, sizeof identity->imports, kind, name, version);
}

static bool read_entry(const struct dynamic *dynamic, unsigned index, struct dynamic_entry *entry)
{
    return index < DYNAMIC_ENTRIES_MAX && (index + 1) * sizeof *entry <= dynamic->bytes &&
           image_read(dynamic->source, dynamic->offset + index * sizeof *entry, entry,
                      sizeof *entry) &&
           entry->tag != 0;
}

static bool find_entry(const struct dynamic *dynamic, uint64_t tag, uint64_t *value)
{
    struct dynamic_entry entry;

    for (unsigned i = 0; read_entry(dynamic, i, &entry); i++)
        if (entry.tag == tag) {
            *value = entry.value;
            return true;
        }
    return false;
}

static void read_names(struct dynamic *dynamic)
{
    static const struct {
        uint64_t tag;
        unsigned kind;
    } kinds[] = {
        {DT_NEEDED_, IMPORT_NEEDED}, {DT_RPATH_, IMPORT_RPATH}, {DT_RUNPATH_, IMPORT_RUNPATH}};
    struct module_identity *identity = dynamic->identity;
    struct dynamic_entry entry;
    char text[STRING_MAX];

    for (unsigned i = 0; read_entry(dynamic, i, &entry); i++) {
        if (entry.tag == DT_SONAME_)
            read_string(dynamic, entry.value, identity->soname, sizeof identity->soname);
        for (unsigned k = 0; k < sizeof kinds / sizeof *kinds; k++)
            if (entry.tag == kinds[k].tag && read_string(dynamic, entry.value, text, sizeof text))
                add_import(dynamic, kinds[k].kind, text, NULL);
    }
}

/* The versions of one module, from the first on; returns how many were read. */
static unsigned read_versions(struct dynamic *dynamic, uint64_t at, const char *file, unsigned max)
{
    struct version_name name;
    char text[STRING_MAX];
    unsigned count = 0;

    while (count++ < max && image_read(dynamic->source, at, &name, sizeof name)) {
        if (read_string(dynamic, name.name, text, sizeof text))
            add_import(dynamic, IMPORT_VERSION, file, text);
        if (name.next == 0)
            break;
        at += name.next;
    }
    return count;
}

static void read_versions_needed(struct dynamic *dynamic)
{
    struct version_needed needed;
    char file[STRING_MAX];
    unsigned left = VERSIONS_MAX;
    uint64_t address, at;

    if (!find_entry(dynamic, DT_VERNEED_, &address) || !file_offset_of(dynamic, address, &at))
        return;
    while (left > 0 && image_read(dynamic->source, at, &needed, sizeof needed)) {
        left--;
        if (read_string(dynamic, needed.file, file, sizeof file) && needed.count > 0 && left > 0)
            left -= read_versions(dynamic, at + needed.first, file,
                                  needed.count < left ? needed.count : left);
        if (needed.next == 0)
            break;
        at += needed.next;
    }
}

static void find_section(struct dynamic *dynamic)
{
    struct program_header segment;
    char interpreter[STRING_MAX];

    for (unsigned i = 0; elf_segment_at(dynamic->source, &dynamic->header, i, &segment); i++) {
        if (segment.type == PT_DYNAMIC_) {
            dynamic->offset = segment.offset;
            dynamic->bytes = segment.file_bytes;
        }
        if (segment.type == PT_INTERP_ &&
            read_text(dynamic->source, segment.offset, interpreter, sizeof interpreter))
            add_import(dynamic, IMPORT_INTERPRETER, interpreter, NULL);
    }
}

void elf_dynamic_read(const struct image_source *source, struct module_identity *identity)
{
    struct dynamic dynamic = {.source = source, .identity = identity};
    uint64_t address;

    if (!image_read(dynamic.source, 0, &dynamic.header, sizeof dynamic.header))
        return;
    find_section(&dynamic);
    if (!find_entry(&dynamic, DT_STRTAB_, &address) ||
        !file_offset_of(&dynamic, address, &dynamic.strings))
        return;
    read_names(&dynamic);
    read_versions_needed(&dynamic);
}
