/*
 * What the dynamic section of an ELF file says: its own name, and what it asks the loader for.
 * 64-bit little-endian files; the bytes are hostile. Layout: the System V gABI, and for symbol
 * versions the LSB (Elf64_Verneed, Elf64_Vernaux). Pure functions, any thread.
 */
#ifndef TRAIL_ELF_DYNAMIC_H
#define TRAIL_ELF_DYNAMIC_H

#include "image_source.h"
#include "identity.h"

/*
 * Fills soname and imports (DT_NEEDED, DT_RPATH, DT_RUNPATH, the interpreter, the symbol versions
 * needed), as far as the file has them and they can be read.
 */
void elf_dynamic_read(const struct image_source *source, struct module_identity *identity);

#endif
