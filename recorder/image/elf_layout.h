/*
 * How a 64-bit ELF file is laid out, as far as more than one of its parsers needs it (elf(5)).
 * Every number in it is hostile.
 */
#ifndef TRAIL_ELF_LAYOUT_H
#define TRAIL_ELF_LAYOUT_H

#include "image_source.h"

enum { PROGRAM_HEADERS_MAX = 128, PT_LOAD_ = 1, PT_DYNAMIC_ = 2, PT_INTERP_ = 3, PT_NOTE_ = 4 };

struct file_header {
    unsigned char ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_offset, section_offset;
    uint32_t flags;
    uint16_t header_size, program_entry_size, program_count, section_entry_size, section_count,
        section_names;
};

struct program_header {
    uint32_t type, flags;
    uint64_t offset, address, physical_address, file_bytes, memory_bytes, alignment;
};

struct note_header {
    uint32_t name_bytes, description_bytes, type;
};

/* Reads a program header. False behind the last, and where the source does not hold it. */
static inline bool elf_segment_at(const struct image_source *source,
                                  const struct file_header *header, unsigned index,
                                  struct program_header *segment)
{
    return index < header->program_count && index < PROGRAM_HEADERS_MAX &&
           image_read(source, header->program_offset + (uint64_t)index * sizeof *segment, segment,
                      sizeof *segment);
}

#endif
