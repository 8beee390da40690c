/* See varying.h. Here: which modules are of one build. */
#include "varying.h"

#include "varying_names.h"
#include "varying_places.h"

#include <stdlib.h>

/* What is known of a build that has no id: what its headers say, and what it imports. */
static uint32_t sign(const struct recorded_module *module)
{
    uint32_t signature =
        (uint32_t)(module->identity.pe_timestamp + 31 * module->identity.pe_checksum);

    for (size_t i = 0; i < module->import_count; i++)
        signature = (signature ^ (module->imports[i] + 1)) * 2654435761U;
    return signature & INT32_MAX;
}

/* Numbers modules by build: by its id, or PDB, else by sizes, imports and what the headers say. */
static uint32_t *number_builds(const struct recordings *all)
{
    uint32_t *builds = malloc((all->module_count + 1) * sizeof *builds), count = 0;
    struct tuple_map known = {0};

    for (size_t i = 0; builds != NULL && i < all->module_count; i++) {
        const struct identity *of = &all->modules[i].identity;
        uint32_t *number = of->build_id != TEXT_NONE
                               ? tuple_map_at(&known, of->build_id, 1, UINT32_MAX)
                           : of->pdb != TEXT_NONE ? tuple_map_at(&known, of->pdb, 2, UINT32_MAX)
                           : of->image_bytes > 0 || of->file_bytes > 0
                               ? tuple_map_at(&known, (uint32_t)of->image_bytes,
                                              (uint32_t)of->file_bytes, sign(&all->modules[i]))
                               : tuple_map_at(&known, (uint32_t)i, 3, UINT32_MAX);
        if (*number == 0)
            *number = ++count;
        builds[i] = *number - 1;
    }
    if (known.failed) {
        free(builds);
        builds = NULL;
    }
    tuple_map_release(&known);
    return builds;
}

int varying_find(struct recordings *recordings, struct trail_error *error)
{
    uint32_t *builds;
    int result;

    if (recordings->count < 2)
        return 0; /* nothing varies in a single run */
    builds = number_builds(recordings);
    result = builds != NULL && varying_names_find(recordings, builds) == 0 &&
                     varying_places_find(recordings, builds) == 0
                 ? 0
                 : error_set(error, TRAIL_FAILED, 0, "out of memory");
    free(builds);
    return result;
}
