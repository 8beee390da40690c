/* See stack_copy.h. */
#include "stack_copy.h"

#include <string.h>

bool stack_copy_start(const void *registers, size_t bytes, uint64_t *start)
{
    size_t at = bytes == STACK_REGISTERS_BYTES ? STACK_RSP * sizeof *start : 0;

    if (bytes != STACK_REGISTERS_BYTES && bytes != STACK_PLACE_BYTES)
        return false;
    memcpy(start, (const unsigned char *)registers + at, sizeof *start);
    return true;
}

void stack_copy_xor(unsigned char *bytes, uint64_t start, size_t size, const unsigned char *base,
                    uint64_t base_start, size_t base_size)
{
    uint64_t at = base_start > start ? base_start - start : 0,
             from = start > base_start ? start - base_start : 0, here, there;

    for (; at + sizeof there <= size && from + sizeof there <= base_size;
         at += sizeof there, from += sizeof there) {
        memcpy(&here, bytes + at, sizeof here);
        memcpy(&there, base + from, sizeof there);
        here ^= there;
        memcpy(bytes + at, &here, sizeof here);
    }
    for (; at < size && from < base_size; at++, from++)
        bytes[at] ^= base[from];
}
