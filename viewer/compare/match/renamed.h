/*
 * Modules that one side of a comparison has by another name than the other has, for good. Main
 * thread.
 */
#ifndef TRAIL_RENAMED_H
#define TRAIL_RENAMED_H

#include "compare/model/recordings.h"

/*
 * Finds builds that each side has by one name, which the other side does not have at all, and adds
 * the name that the first side has to `keys`, for both: (build, key) -> new key, and (UINT32_MAX,
 * key) -> that, too. What is already in there, and programs, are left alone. Where nothing but
 * sizes and imports tell the build, its folder and the loads before and behind it must be the same,
 * too. `builds`: varying_names.h. Returns how many, or -1 without memory.
 */
int renamed_find(struct recordings *recordings, const uint32_t *builds, struct tuple_map *keys);

#endif
