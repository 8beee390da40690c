/* See content_hash.h: a build without OpenSSL, where no server is asked either. */
#include "content_hash.h"

int content_hash(const void *bytes, size_t length, unsigned char hash[CONTENT_HASH_BYTES],
                 struct trail_error *error)
{
    (void)bytes, (void)length, (void)hash;
    return error_set(error, TRAIL_FAILED, 0, "this trailview was built without OpenSSL");
}
