/* See stapsdt.h. The few structures are spelled out here, since <elf.h> is not there on Windows. */
#include "stapsdt.h"

#include "elf_layout.h"

#include <string.h>

enum {
    SEGMENTS_MAX = 64,
    SECTIONS_MAX = 4096,
    NOTES_MAX = 1 << 16,
    NOTE_BYTES_MAX = 2048, /* names and arguments of one probe */
    SYMBOLS_MAX = 1 << 18,
    SYMBOL_NAME_MAX = 256,
    PF_X_ = 1,
    PF_W_ = 2,
    SHT_PROGBITS_ = 1,
    SHT_SYMTAB_ = 2,
    SHT_NOTE_ = 7,
    SHT_DYNSYM_ = 11,
    SHF_ALLOC_ = 2,
    NOTE_STAPSDT = 3,
    ADDRESSES_BYTES = 24 /* probe, base, semaphore */
};

struct section_header {
    uint32_t name, type;
    uint64_t flags, address, offset, bytes;
    uint32_t link, info;
    uint64_t alignment, entry_bytes;
};

struct symbol {
    uint32_t name;
    unsigned char info, other;
    uint16_t section;
    uint64_t value, bytes;
};

struct reading {
    const struct image_source *source;
    struct file_header header;
    uint64_t base; /* where .stapsdt.base is; 0 if there is none */
    bool (*take)(void *context, const struct stapsdt_note *note);
    void *context;
};

static bool read_header(const struct image_source *source, struct file_header *header)
{
    return image_read(source, 0, header, sizeof *header) &&
           memcmp(header->ident, "\177ELF\2\1", 6) == 0 &&
           header->section_entry_size == sizeof(struct section_header) &&
           header->program_entry_size == sizeof(struct program_header);
}

static bool read_section(const struct reading *reading, unsigned index,
                         struct section_header *section)
{
    return index < reading->header.section_count &&
           image_read(reading->source,
                      reading->header.section_offset + (uint64_t)index * sizeof *section, section,
                      sizeof *section);
}

static bool is_named(const struct reading *reading, const struct section_header *section,
                     const char *name)
{
    struct section_header names;
    char found[32];
    size_t size = strlen(name) + 1;

    return size <= sizeof found && read_section(reading, reading->header.section_names, &names) &&
           section->name < names.bytes &&
           image_read(reading->source, names.offset + section->name, found, size) &&
           memcmp(found, name, size) == 0;
}

/* Whether so many bytes from address on lie in a segment that is loaded with all these flags. */
static bool is_loaded(const struct reading *reading, uint64_t address, uint64_t bytes,
                      uint32_t flags)
{
    struct program_header segment;

    for (unsigned i = 0; i < reading->header.program_count && i < SEGMENTS_MAX; i++) {
        if (!image_read(reading->source,
                        reading->header.program_offset + (uint64_t)i * sizeof segment, &segment,
                        sizeof segment))
            return false;
        if (segment.type == PT_LOAD_ && (segment.flags & flags) == flags &&
            address >= segment.address && bytes <= segment.memory_bytes &&
            address - segment.address <= segment.memory_bytes - bytes)
            return true;
    }
    return false;
}

/* Splits three strings that stand one behind the other, each with its NUL. */
static bool split(const char *text, size_t length, const char **strings)
{
    for (unsigned i = 0; i < 3; i++) {
        const char *end = memchr(text, '\0', length);
        if (end == NULL)
            return false;
        strings[i] = text;
        length -= (size_t)(end + 1 - text);
        text = end + 1;
    }
    return true;
}

/*
 * Tools such as prelink move an image; how far, tells .stapsdt.base against what the note says of
 * it.
 */
static bool take_description(struct reading *reading, const unsigned char *description,
                             size_t length)
{
    uint64_t addresses[3], moved;
    const char *strings[3];
    struct stapsdt_note note;

    if (length < ADDRESSES_BYTES ||
        !split((const char *)description + ADDRESSES_BYTES, length - ADDRESSES_BYTES, strings))
        return true;
    memcpy(addresses, description, sizeof addresses);
    moved = reading->base != 0 && addresses[1] != 0 ? reading->base - addresses[1] : 0;
    note = (struct stapsdt_note){.address = addresses[0] + moved,
                                 .provider = strings[0],
                                 .name = strings[1],
                                 .arguments = strings[2]};
    note.semaphore = addresses[2] == 0 ? 0 : addresses[2] + moved;
    if (addresses[0] == 0 || !is_loaded(reading, note.address, 1, PF_X_) ||
        (note.semaphore != 0 && !is_loaded(reading, note.semaphore, 2, PF_W_)))
        return true; /* its function was left out by the linker, or it is no probe of ours */
    return reading->take(reading->context, &note);
}

static uint64_t align4(uint64_t value)
{
    return (value + 3) & ~(uint64_t)3;
}

/* The notes of one section. False if no more are wanted. */
static bool read_notes(struct reading *reading, const struct section_header *section)
{
    unsigned char bytes[NOTE_BYTES_MAX];
    struct note_header note;
    uint64_t at = 0;

    if (section->offset > reading->source->size ||
        section->bytes > reading->source->size - section->offset)
        return true;
    for (unsigned i = 0; i < NOTES_MAX && section->bytes - at > sizeof note; i++) {
        uint64_t body, size;
        if (!image_read(reading->source, section->offset + at, &note, sizeof note))
            return true;
        body = at + sizeof note;
        /* of two 32-bit numbers: no overflow */
        size = align4(note.name_bytes) + align4(note.description_bytes);
        if (align4(note.name_bytes) + note.description_bytes > section->bytes - body)
            return true;
        if (note.type == NOTE_STAPSDT && note.name_bytes == 8 &&
            note.description_bytes <= sizeof bytes - 8 &&
            image_read(reading->source, section->offset + body, bytes,
                       8 + note.description_bytes) &&
            memcmp(bytes, "stapsdt", 8) == 0 &&
            !take_description(reading, bytes + 8, note.description_bytes))
            return false;
        if (size > section->bytes - body)
            return true;
        at = body + size;
    }
    return true;
}

static void find_base(struct reading *reading)
{
    struct section_header section;

    for (unsigned i = 0; i < SECTIONS_MAX && read_section(reading, i, &section); i++)
        if (section.type == SHT_PROGBITS_ && section.bytes == 1 &&
            is_named(reading, &section, ".stapsdt.base"))
            reading->base = section.address;
}

/*
 * An image without probes has no note that is not loaded: neither names nor anything else is read
 * then.
 */
int stapsdt_read(const struct image_source *source,
                 bool (*take)(void *context, const struct stapsdt_note *note), void *context)
{
    struct reading reading = {.source = source, .take = take, .context = context};
    struct section_header section;
    bool has_base = false;

    if (!read_header(source, &reading.header))
        return -1;
    for (unsigned i = 0; i < SECTIONS_MAX && read_section(&reading, i, &section); i++) {
        if (section.type != SHT_NOTE_ || (section.flags & SHF_ALLOC_) != 0 ||
            !is_named(&reading, &section, ".note.stapsdt"))
            continue;
        if (!has_base)
            find_base(&reading);
        has_base = true;
        if (!read_notes(&reading, &section))
            break;
    }
    return 0;
}

static bool find_in_table(const struct reading *reading, const struct section_header *table,
                          const char *name, size_t length, uint64_t *value)
{
    struct section_header strings;
    struct symbol symbol;
    char found[SYMBOL_NAME_MAX + 1];

    if (!read_section(reading, table->link, &strings) || length > SYMBOL_NAME_MAX)
        return false;
    for (uint64_t i = 1; i < SYMBOLS_MAX && i < table->bytes / sizeof symbol; i++) {
        if (!image_read(reading->source, table->offset + i * sizeof symbol, &symbol, sizeof symbol))
            return false;
        if (symbol.section != 0 && symbol.name < strings.bytes &&
            image_read(reading->source, strings.offset + symbol.name, found, length + 1) &&
            memcmp(found, name, length) == 0 && found[length] == '\0') {
            *value = symbol.value;
            return true;
        }
    }
    return false;
}

bool stapsdt_find_symbol(const struct image_source *source, const char *name, size_t length,
                         uint64_t *value)
{
    struct reading reading = {.source = source};
    struct section_header section;

    if (length == 0 || !read_header(source, &reading.header))
        return false;
    for (unsigned i = 0; i < SECTIONS_MAX && read_section(&reading, i, &section); i++)
        if ((section.type == SHT_SYMTAB_ || section.type == SHT_DYNSYM_) &&
            find_in_table(&reading, &section, name, length, value))
            return true;
    return false;
}
