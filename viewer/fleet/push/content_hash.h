/* What the same content has everywhere: the first 16 bytes of its SHA-256, by OpenSSL. */
#ifndef TRAIL_CONTENT_HASH_H
#define TRAIL_CONTENT_HASH_H

#include "error.h"

#include <stddef.h>

enum { CONTENT_HASH_BYTES = 16 };

/* Any thread. Fails where OpenSSL refuses, and in a build without it. */
int content_hash(const void *bytes, size_t length, unsigned char hash[CONTENT_HASH_BYTES],
                 struct trail_error *error);

#endif
