/*
 * Identity of an ELF image, from its file or from what is mapped of it in a process. The bytes are
 * hostile: every offset and count is checked, every loop is bounded, nothing is allocated. 64-bit
 * little-endian images in full; of others only the machine. Layout: elf(5), the System V gABI; the
 * build-id is the note GNU/3. Pure functions, any thread.
 */
#ifndef TRAIL_ELF_H
#define TRAIL_ELF_H

#include "image_source.h"
#include "identity.h"

enum { ELF_BUILD_ID_MAX = 64 };

struct elf_head {
    uint16_t machine;       /* e_machine */
    uint16_t type;          /* e_type: 2 executable, 3 shared object */
    bool is_64_bit;         /* false: nothing below is filled */
    uint64_t first_address; /* lowest p_vaddr of a PT_LOAD, rounded down to a page */
    /* from there to the end of the highest PT_LOAD, rounded up to a page */
    uint64_t span_bytes;
    uint64_t dynamic_address; /* p_vaddr of PT_DYNAMIC; 0 if there is none */
    uint64_t dynamic_offset, dynamic_bytes;
    bool has_interpreter; /* PT_INTERP: a dynamically linked program */
    unsigned char build_id[ELF_BUILD_ID_MAX];
    unsigned build_id_bytes; /* 0 if there is none, or if it is not within the source */
    /*
     * the note Trail/1, which samples/trail.h leaves: there are probes to be looked for in the file
     */
    bool has_probes;
};

/*
 * Reads the headers and the build-id. `mapped` says that the source shows memory, in which a note
 * stands at its address (relative to first_address), and not a file, in which it stands at its
 * offset. Returns 0, or -1 if this is no ELF image.
 */
int elf_read_head(const struct image_source *source, bool mapped, struct elf_head *head);

/*
 * Fills machine, image_bytes, build_id, soname and imports from an image's file; -1 if this is no
 * ELF image.
 */
int elf_parse(const struct image_source *file, struct module_identity *identity);

/* Bytes as lower-case hex, NUL-terminated; as many as fit. */
void elf_hex(const unsigned char *bytes, size_t length, char *out, size_t capacity);

#endif
