/*
 * Reading a debuggee's memory, for while it stands still. Addresses may be anything: they come
 * from the debuggee.
 */
#ifndef TRAIL_WINDOWS_TARGET_MEMORY_H
#define TRAIL_WINDOWS_TARGET_MEMORY_H

#include "services/windows_api.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads exactly size bytes; false, and nothing is read, if some are not readable. */
bool target_memory_read(HANDLE process, uint64_t address, void *buffer, size_t size);

/*
 * Reads a string up to its NUL, of units of unit_bytes (1 or 2), and at most capacity bytes of it.
 * `expected` bytes are asked for at first (0: no idea). Returns how many bytes it has without the
 * NUL; *complete says whether the NUL was found.
 */
size_t target_memory_read_string(HANDLE process, uint64_t address, size_t unit_bytes,
                                 size_t expected, void *buffer, size_t capacity, bool *complete);

#endif
