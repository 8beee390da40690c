/* A module of a recording, and what tells its builds apart. Pure functions. */
#ifndef TRAIL_RECORDED_MODULE_H
#define TRAIL_RECORDED_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Texts are numbers of the pool (text_pool.h), TEXT_NONE and 0 are unknown. */
struct identity {
    uint32_t version, build_id, pdb; /* pdb: GUID and age */
    int64_t pe_timestamp, pe_checksum, image_bytes, file_bytes;
};

struct recorded_module {
    uint32_t name, path;
    uint32_t key; /* module_key.h, before keys_assign keeps different ones apart */
    struct identity identity;
    uint32_t *imports; /* keys of what it needs at once; not read where only loads are */
    size_t import_count;
    bool varies;     /* the key is what several names have in common: match/varying.h */
    bool is_renamed; /* the key is the name that the other side has: match/renamed.h */
};

/* Whether what both know of two identities is equal; what either does not know does not count. */
bool identity_equal(const struct identity *a, const struct identity *b);

/* Whether more than its sizes tells the build. */
bool identity_is_sure(const struct identity *identity);

#endif
