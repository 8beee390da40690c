/*
 * The functions of a PE image for x86-64, as its exception directory (.pdata) lists them for
 * unwinding. Leaf functions, which have no frame, are not in it. The file is hostile. Pure, any
 * thread. Layout: "x64 exception handling" on MSDN.
 */
#ifndef TRAIL_PE_FUNCTIONS_H
#define TRAIL_PE_FUNCTIONS_H

#include "image/pe_image.h"

/* RUNTIME_FUNCTION: addresses relative to the image base. */
struct pe_function {
    uint32_t begin, end, unwind;
};

/* The function, or the part of one, that an address lies in; false if it is in none. */
bool pe_function_at(const struct pe_image *image, uint64_t rva, struct pe_function *function);

/*
 * The lowest address at which the function can begin that an address lies in: that of the whole
 * where it is in a part; for a leaf function the end of what is before it.
 */
uint32_t pe_function_start(const struct pe_image *image, uint64_t rva);

#endif
