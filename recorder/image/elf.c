/* See elf.h. The few structures are spelled out here, since <elf.h> is not there on Windows. */
#include "elf.h"

#include "elf_dynamic.h"
#include "elf_layout.h"
#include "image_buffer.h"

#include <string.h>

enum { NOTE_SEGMENT_MAX = 4096, PAGE_BYTES = 4096, NOTE_GNU_BUILD_ID = 3, NOTE_TRAIL_PROBES = 1 };

void elf_hex(const unsigned char *bytes, size_t length, char *out, size_t capacity)
{
    static const char digits[] = "0123456789abcdef";
    size_t used = 0;

    for (size_t i = 0; i < length && used + 3 <= capacity; i++) {
        out[used++] = digits[bytes[i] >> 4];
        out[used++] = digits[bytes[i] & 15];
    }
    out[used] = '\0';
}

static size_t align4(size_t value)
{
    return (value + 3) & ~(size_t)3;
}

static bool is_note(const struct note_header *note, const unsigned char *name, const char *owner,
                    uint32_t type)
{
    size_t bytes = strlen(owner) + 1;

    return note->type == type && note->name_bytes == bytes && memcmp(name, owner, bytes) == 0;
}

/* Looks for the notes that count in the bytes of one PT_NOTE. Each name is within them. */
static void scan_notes(const unsigned char *notes, size_t length, struct elf_head *head)
{
    struct note_header note;

    for (size_t at = 0; at + sizeof note <= length;) {
        size_t description;
        memcpy(&note, notes + at, sizeof note);
        at += sizeof note;
        if (note.name_bytes > length || note.description_bytes > length)
            return;
        description = at + align4(note.name_bytes);
        if (description > length || note.description_bytes > length - description)
            return;
        if (is_note(&note, notes + at, "GNU", NOTE_GNU_BUILD_ID) &&
            note.description_bytes <= ELF_BUILD_ID_MAX && head->build_id_bytes == 0) {
            memcpy(head->build_id, notes + description, note.description_bytes);
            head->build_id_bytes = note.description_bytes;
        }
        if (is_note(&note, notes + at, "Trail", NOTE_TRAIL_PROBES))
            head->has_probes = true;
        at = description + align4(note.description_bytes);
    }
}

static void read_note_segment(const struct image_source *source, uint64_t at, uint64_t length,
                              struct elf_head *head)
{
    unsigned char notes[NOTE_SEGMENT_MAX];

    if (at >= source->size)
        return;
    if (length > source->size - at) /* of memory, one page is there */
        length = source->size - at;
    if (length > sizeof notes)
        length = sizeof notes;
    if (image_read(source, at, notes, (size_t)length))
        scan_notes(notes, (size_t)length, head);
}

/* Grows the span of addresses by a PT_LOAD; `end` is the highest address so far. */
static void add_load(const struct program_header *segment, struct elf_head *head, uint64_t *end)
{
    uint64_t start = segment->address & ~(uint64_t)(PAGE_BYTES - 1);
    uint64_t segment_end = segment->address + segment->memory_bytes;

    if (segment_end < segment->address)
        return;
    if (*end == 0 || start < head->first_address)
        head->first_address = start;
    if (segment_end > *end)
        *end = segment_end;
}

static void read_segments(const struct image_source *source, const struct file_header *header,
                          struct elf_head *head)
{
    struct program_header segment;
    uint64_t end = 0;

    for (unsigned i = 0; elf_segment_at(source, header, i, &segment); i++) {
        if (segment.type == PT_LOAD_)
            add_load(&segment, head, &end);
        if (segment.type == PT_INTERP_)
            head->has_interpreter = true;
        if (segment.type == PT_DYNAMIC_) {
            head->dynamic_address = segment.address;
            head->dynamic_offset = segment.offset;
            head->dynamic_bytes = segment.file_bytes;
        }
    }
    if (end > head->first_address)
        head->span_bytes =
            (end - head->first_address + PAGE_BYTES - 1) & ~(uint64_t)(PAGE_BYTES - 1);
}

int elf_read_head(const struct image_source *source, bool mapped, struct elf_head *head)
{
    struct file_header header;
    struct program_header segment;

    memset(head, 0, sizeof *head);
    if (!image_read(source, 0, &header, 20) || memcmp(header.ident, "\177ELF", 4) != 0 ||
        header.ident[5] != 1)
        return -1;
    head->machine = header.machine;
    head->type = header.type;
    if (header.ident[4] != 2 || !image_read(source, 0, &header, sizeof header) ||
        header.program_entry_size != sizeof segment)
        return 0;
    head->is_64_bit = true;
    read_segments(source, &header, head);
    for (unsigned i = 0; elf_segment_at(source, &header, i, &segment); i++)
        if (segment.type == PT_NOTE_)
            read_note_segment(source,
                              mapped ? segment.address - head->first_address : segment.offset,
                              segment.file_bytes, head);
    return 0;
}

int elf_parse(const struct image_source *file, struct module_identity *identity)
{
    struct image_buffer buffer;
    struct elf_head head;

    image_buffer_init(&buffer, file);
    if (elf_read_head(&buffer.source, false, &head) != 0)
        return -1;
    identity->machine = head.machine;
    if (!head.is_64_bit)
        return 0;
    identity->image_bytes = head.span_bytes;
    elf_hex(head.build_id, head.build_id_bytes, identity->build_id, sizeof identity->build_id);
    if (head.dynamic_bytes > 0)
        elf_dynamic_read(&buffer.source, identity);
    return 0;
}
