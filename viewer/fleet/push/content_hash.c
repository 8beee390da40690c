/* See content_hash.h. OpenSSL is loaded when it is needed, as libcurl is (server_curl.c). */
#include "content_hash.h"

#include <openssl/evp.h>
#include <string.h>

#ifdef _WIN32

static int make_hash(const void *bytes, size_t length, unsigned char *whole)
{
    return EVP_Digest(bytes, length, whole, NULL, EVP_sha256(), NULL);
}

#else

#include <dlfcn.h>

static int make_hash(const void *bytes, size_t length, unsigned char *whole)
{
    static __typeof__(EVP_Digest) *digest;
    static __typeof__(EVP_sha256) *sha256;

    if (sha256 == NULL) {
        void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
        if (library == NULL || (*(void **)&digest = dlsym(library, "EVP_Digest")) == NULL ||
            (*(void **)&sha256 = dlsym(library, "EVP_sha256")) == NULL)
            return 0;
    }
    return digest(bytes, length, whole, NULL, sha256(), NULL);
}

#endif

int content_hash(const void *bytes, size_t length, unsigned char hash[CONTENT_HASH_BYTES],
                 struct trail_error *error)
{
    unsigned char whole[EVP_MAX_MD_SIZE];

    if (make_hash(bytes, length, whole) != 1)
        return error_set(error, TRAIL_FAILED, 0, "OpenSSL 3 makes no SHA-256 here");
    memcpy(hash, whole, CONTENT_HASH_BYTES);
    return 0;
}
