/* See recorded_module.h. */
#include "recorded_module.h"

#include "text_pool.h"

static bool differ(int64_t a, int64_t b)
{
    return a != 0 && b != 0 && a != b;
}

bool identity_equal(const struct identity *a, const struct identity *b)
{
    return !differ(a->version, b->version) && !differ(a->build_id, b->build_id) &&
           !differ(a->pdb, b->pdb) && !differ(a->pe_timestamp, b->pe_timestamp) &&
           !differ(a->pe_checksum, b->pe_checksum) && !differ(a->image_bytes, b->image_bytes) &&
           !differ(a->file_bytes, b->file_bytes);
}

bool identity_is_sure(const struct identity *identity)
{
    return identity->build_id != TEXT_NONE || identity->pdb != TEXT_NONE ||
           identity->pe_timestamp != 0;
}
