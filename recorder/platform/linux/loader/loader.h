/*
 * Finding the dynamic loader's debug interface in memory (_r_debug, _dl_debug_state; musl's
 * _dl_debug_addr), and where it tells what it could not load. Loop thread.
 */
#ifndef TRAIL_LINUX_LOADER_H
#define TRAIL_LINUX_LOADER_H

#include <stdint.h>
#include <sys/types.h>

struct loader_symbols {
    uint64_t debug_state, r_debug, musl_debug_pointer; /* addresses; 0 if not there */
    uint64_t exception, exception_format;
};
void loader_find_symbols(pid_t pid, uint64_t base, struct loader_symbols *symbols);

#endif
