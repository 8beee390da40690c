/*
 * What a PE image asks the loader for: the modules of its import and delay-import tables, and those
 * to which its exports are forwarded. The image is hostile; every loop is bounded. Pure function,
 * any thread. Layout: "PE Format" on MSDN.
 */
#ifndef TRAIL_PE_IMPORTS_H
#define TRAIL_PE_IMPORTS_H

#include "identity.h"
#include "image/pe_image.h"

/* Fills imports, as far as they can be read. */
void pe_imports_read(const struct pe_image *image, struct module_identity *identity);

#endif
