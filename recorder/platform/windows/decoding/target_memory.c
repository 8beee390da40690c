/*
 * Reading a debuggee's memory. ReadProcessMemory costs about the same for a byte as for a page, and
 * fails whole if any page of the range is unreadable; so ask for much, and for the rest of one page
 * where that failed. See target_memory.h.
 */
#include "decoding/target_memory.h"

#include <string.h>

enum {
    PAGE_BYTES = 4096, /* the smallest page of any Windows */
    CHUNK_BYTES = 16 * 1024
};

bool target_memory_read(HANDLE process, uint64_t address, void *buffer, size_t size)
{
    SIZE_T read = 0;

    if (address > UINTPTR_MAX || address == 0)
        return false;
    return ReadProcessMemory(process, (const void *)(uintptr_t)address, buffer, size, &read) &&
           read == size;
}

/* Reads between 1 and size bytes; 0 if not even the first is readable. */
static size_t read_some(HANDLE process, uint64_t address, void *buffer, size_t size)
{
    size_t page_rest = PAGE_BYTES - address % PAGE_BYTES;

    if (target_memory_read(process, address, buffer, size))
        return size;
    if (page_rest >= size)
        return 0;
    return target_memory_read(process, address, buffer, page_rest) ? page_rest : 0;
}

/* The offset of the NUL among the whole units of bytes[from..to), or to. */
static size_t find_end(const unsigned char *bytes, size_t from, size_t to, size_t unit_bytes)
{
    const unsigned char *end;

    if (unit_bytes == 1) {
        end = memchr(bytes + from, 0, to - from);
        return end != NULL ? (size_t)(end - bytes) : to;
    }
    for (from -= from % 2; from + 2 <= to; from += 2)
        if (bytes[from] == 0 && bytes[from + 1] == 0)
            return from;
    return to;
}

size_t target_memory_read_string(HANDLE process, uint64_t address, size_t unit_bytes,
                                 size_t expected, void *buffer, size_t capacity, bool *complete)
{
    size_t have = 0, want = expected > 0 ? expected : PAGE_BYTES - address % PAGE_BYTES;

    *complete = false;
    while (have < capacity) {
        size_t got, end;
        if (want > capacity - have)
            want = capacity - have;
        got = read_some(process, address + have, (unsigned char *)buffer + have, want);
        if (got == 0)
            break;
        end = find_end(buffer, have, have + got, unit_bytes);
        have += got;
        if (end < have && end + unit_bytes <= have) {
            *complete = true;
            return end;
        }
        want = CHUNK_BYTES;
    }
    return have - have % unit_bytes;
}
