/* The environment of a launched program. */
#ifndef TRAIL_WINDOWS_ENVIRONMENT_H
#define TRAIL_WINDOWS_ENVIRONMENT_H

#include <stdbool.h>

#include <wchar.h>

/*
 * Our environment with the launch's changes ("VAR=VALUE", "VAR") as CreateProcessW wants it. NULL
 * if out of memory. Free with free().
 */
wchar_t *environment_block(const char *const *changes, bool debug_heap);

#endif
