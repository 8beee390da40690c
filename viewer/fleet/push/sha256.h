/* SHA-256 (FIPS 180-4), of bytes that are in memory. Pure. */
#ifndef TRAIL_SHA256_H
#define TRAIL_SHA256_H

#include <stddef.h>

enum { SHA256_BYTES = 32 };

void sha256(const void *bytes, size_t length, unsigned char digest[SHA256_BYTES]);

#endif
