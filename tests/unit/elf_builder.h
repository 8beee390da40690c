/*
 * What the tests of ELF parsers make their images of, by hand: a header, and numbers put where they
 * belong.
 */
#ifndef TRAIL_ELF_BUILDER_H
#define TRAIL_ELF_BUILDER_H

#include "image/image_source.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

struct image {
    /* exactly `size` of them, so that a sanitizer sees any read beyond; the test frees them */
    unsigned char *bytes;
    size_t size;
    size_t notes; /* bytes of notes that the test has put into it */
};

static inline size_t read_image(void *context, uint64_t offset, void *buffer, size_t size)
{
    const struct image *image = context;

    assert_true(offset <= image->size && size <= image->size - offset);
    memcpy(buffer, image->bytes + offset, size);
    return size;
}

static inline struct image_source source_of(struct image *image)
{
    struct image_source source = {image, read_image, image->size};

    return source;
}

static inline void put(unsigned char *at, uint64_t value, int bytes)
{
    while (bytes-- > 0) {
        *at++ = (unsigned char)value;
        value >>= 8;
    }
}

/* A shared object for x86-64 with so many program headers, right behind its own. */
static inline struct image start_image(size_t size, unsigned program_headers)
{
    struct image image = {calloc(1, size), size, 0};

    memcpy(image.bytes, "\177ELF\2\1\1", 7);
    put(image.bytes + 16, 3, 2);
    put(image.bytes + 18, 62, 2);
    put(image.bytes + 32, 64, 8);
    put(image.bytes + 54, 56, 2);
    put(image.bytes + 56, program_headers, 2);
    return image;
}

#endif
