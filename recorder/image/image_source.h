/*
 * Where an image parser gets its bytes: a file handle, a descriptor, a buffer in a test. The bytes
 * are hostile; a parser asks for what it needs, piece by piece, and believes no number it reads. A
 * source belongs to whoever made it; one thread at a time.
 */
#ifndef TRAIL_IMAGE_SOURCE_H
#define TRAIL_IMAGE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct image_source {
    void *context; /* handed to read_at */
    /*
     * Copies up to size bytes from offset. Returns how many were copied; fewer where the image ends
     * or cannot be read.
     */
    size_t (*read_at)(void *context, uint64_t offset, void *buffer, size_t size);
    uint64_t size; /* bytes the image has; read_at is never asked for more */
};

/* Reads exactly size bytes from offset; false if the image does not hold all of them. */
static inline bool image_read(const struct image_source *source, uint64_t offset, void *buffer,
                              size_t size)
{
    return offset <= source->size && size <= source->size - offset &&
           source->read_at(source->context, offset, buffer, size) == size;
}

#endif
