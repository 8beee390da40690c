/*
 * The last files that were identified: processes that start again and again load the same ones, and
 * a plugin comes and goes. A file is the same as before if its path and its stamp are. One cache
 * for the process; threads: as platform_identify.
 */
#ifndef TRAIL_IDENTITY_CACHE_H
#define TRAIL_IDENTITY_CACHE_H

#include "identity.h"

/*
 * What the system says of a file without a look into it; 0 where it does not say. A file that was
 * written to has another stamp.
 */
struct file_stamp {
    uint64_t volume, number; /* which file it is, whatever its path */
    uint64_t bytes;
    /* when its bytes, and when anything about it, changed last; in the system's own units */
    uint64_t modified, changed;
};

/*
 * NULL if nothing is remembered. What is returned stays as it is until the next
 * identity_cache_remember.
 */
const struct module_identity *identity_cache_find(const char *path, const struct file_stamp *stamp);

/* The same, whatever the stamp: for who knows by other means that it is the same image. */
const struct module_identity *identity_cache_find_path(const char *path);

/*
 * Copies what it is given; forgets an older identity of the path, and perhaps one of another path.
 */
void identity_cache_remember(const char *path, const struct file_stamp *stamp,
                             const struct module_identity *identity);

#endif
