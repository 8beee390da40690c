/* See pe_functions.h. */
#include "image/pe_functions.h"

enum { ENTRY_BYTES = 12, CHAIN_MAX = 32, CHAINED = 4 }; /* UNW_FLAG_CHAININFO */

static bool read_entry(const struct pe_image *image, uint64_t rva, struct pe_function *function)
{
    unsigned char entry[ENTRY_BYTES];

    if (!pe_read_rva(image, rva, entry, sizeof entry))
        return false;
    *function = (struct pe_function){u32_at(entry), u32_at(entry + 4), u32_at(entry + 8)};
    return true;
}

/* The last one that does not begin behind the address: they are sorted. */
static bool find_before(const struct pe_image *image, uint64_t rva, struct pe_function *found)
{
    struct pe_directory table = pe_directory(image, PE_DIRECTORY_EXCEPTION);
    uint32_t low = 0, high = table.size / ENTRY_BYTES;
    struct pe_function middle;
    bool is_found = false;

    while (low < high) {
        uint32_t at = low + (high - low) / 2;
        if (!read_entry(image, table.rva + (uint64_t)at * ENTRY_BYTES, &middle))
            return false;
        if (middle.begin > rva) {
            high = at;
        } else {
            *found = middle;
            is_found = true;
            low = at + 1;
        }
    }
    return is_found;
}

bool pe_function_at(const struct pe_image *image, uint64_t rva, struct pe_function *function)
{
    return find_before(image, rva, function) && rva < function->end;
}

/* A part's unwind information ends, behind its codes, with the entry that it belongs to. */
static bool read_whole(const struct pe_image *image, struct pe_function *function)
{
    unsigned char info[4];

    return pe_read_rva(image, function->unwind, info, sizeof info) &&
           (info[0] >> 3 & CHAINED) != 0 &&
           read_entry(image, (uint64_t)function->unwind + sizeof info + (info[2] + 1u) / 2 * 4,
                      function);
}

uint32_t pe_function_start(const struct pe_image *image, uint64_t rva)
{
    struct pe_function function;

    if (!find_before(image, rva, &function))
        return 0;
    if (rva >= function.end)
        return function.end;
    for (unsigned i = 0; i < CHAIN_MAX && read_whole(image, &function);)
        i++;
    return function.begin;
}
