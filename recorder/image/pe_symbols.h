/*
 * The names of a PE image's functions, as far as its file has them: its COFF symbols, which GNU
 * linkers leave there, and its exports. The file is hostile. Pure, any thread. Layout: "PE Format"
 * on MSDN.
 */
#ifndef TRAIL_PE_SYMBOLS_H
#define TRAIL_PE_SYMBOLS_H

#include "image/pe_functions.h"

/*
 * The name of the function that an address lies in, and how far behind its beginning. False if it
 * has none: the nearest name before the address may be another function's, and then is not taken.
 */
bool pe_symbol_at(const struct pe_image *image, uint64_t rva, char *name, size_t capacity,
                  uint64_t *offset);

#endif
