/*
 * How a 64-bit ELF file is laid out, as far as more than one of its parsers needs it (elf(5)).
 * Every number in it is hostile.
 */
#ifndef TRAIL_ELF_LAYOUT_H
#define TRAIL_ELF_LAYOUT_H

#include <stdint.h>

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

#endif
