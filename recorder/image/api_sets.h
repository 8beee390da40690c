/*
 * API sets: names that images import and that no file has (api-ms-win-core-file-l1-1-0.dll). The
 * system's schema says which module stands for each. Pure functions, any thread.
 */
#ifndef TRAIL_API_SETS_H
#define TRAIL_API_SETS_H

#include "image/identity.h"

#include <stdbool.h>

/*
 * A schema in memory, as Windows 7 (version 2), 8.1 (4), 10 and later (6) have it; its bytes are
 * not trusted.
 */
struct api_sets {
    const void *schema; /* NULL: there is none */
    size_t size;
};

/*
 * The module that stands for the API set `name` where `importer`, a file's name, imports it; cut to
 * `capacity`. False if it is no API set, or nothing stands for it on this system.
 */
bool api_sets_find(const struct api_sets *sets, const char *name, const char *importer, char *host,
                   size_t capacity);

/* Says of each import that is an API set which module stands for it, as its version. */
void api_sets_resolve(const struct api_sets *sets, struct module_identity *identity);

#endif
