/*
 * Identity of a PE image (EXE, DLL) from its file: what the loader, a symbol server and an
 * installer know it by. The file is hostile: every offset and count is checked, every loop is
 * bounded, nothing is allocated. Pure functions, any thread. Layout: "PE Format" and
 * "VS_VERSIONINFO" on MSDN; the RSDS record is in the PDB documentation of LLVM and Microsoft.
 */
#ifndef TRAIL_PE_H
#define TRAIL_PE_H

#include "image_source.h"
#include "identity.h"

/*
 * Fills machine, pe_timestamp, pe_checksum, image_bytes and imports; pdb_guid and pdb_name if the
 * image names a PDB; file_version if it has a version resource. Other fields, and those that cannot
 * be found, stay as they are. Returns 0, or -1 and changes nothing if this is no PE image.
 */
int pe_parse(const struct image_source *source, struct module_identity *identity);

#endif
