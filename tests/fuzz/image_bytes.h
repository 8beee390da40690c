/* An image in memory as a source for parsers, for the targets of image/. */
#ifndef TRAIL_IMAGE_BYTES_H
#define TRAIL_IMAGE_BYTES_H

#include "fuzz.h"
#include "image/image_source.h"

#include <string.h>

struct image_bytes {
    const uint8_t *data;
    size_t size;
};

static inline size_t image_bytes_read_at(void *context, uint64_t offset, void *buffer, size_t size)
{
    const struct image_bytes *image = context;

    /* what image_source.h promises */
    FUZZ_EXPECT(offset <= image->size && size <= image->size - offset);
    memcpy(buffer, image->data + offset, size);
    return size;
}

#endif
