/* See content_hash.h. */
#include "content_hash.h"

#include <openssl/evp.h>
#include <string.h>

int content_hash(const void *bytes, size_t length, unsigned char hash[CONTENT_HASH_BYTES],
                 struct trail_error *error)
{
    unsigned char whole[EVP_MAX_MD_SIZE];

    if (EVP_Digest(bytes, length, whole, NULL, EVP_sha256(), NULL) != 1)
        return error_set(error, TRAIL_FAILED, 0, "OpenSSL makes no SHA-256 here");
    memcpy(hash, whole, CONTENT_HASH_BYTES);
    return 0;
}
