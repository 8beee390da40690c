/* See image_buffer.h. */
#include "image/image_buffer.h"

#include <string.h>

static void fill(struct image_buffer *buffer, uint64_t offset)
{
    uint64_t left = buffer->below->size - offset;
    size_t size = left < sizeof buffer->block ? (size_t)left : sizeof buffer->block;

    buffer->start = offset;
    buffer->length = buffer->below->read_at(buffer->below->context, offset, buffer->block, size);
}

static size_t read_at(void *context, uint64_t offset, void *out, size_t size)
{
    struct image_buffer *buffer = context;
    size_t at;

    if (size > sizeof buffer->block)
        return buffer->below->read_at(buffer->below->context, offset, out, size);
    if (offset < buffer->start || offset - buffer->start + size > buffer->length)
        fill(buffer, offset);
    at = (size_t)(offset - buffer->start);
    if (size > buffer->length - at)
        size = buffer->length - at;
    memcpy(out, buffer->block + at, size);
    return size;
}

void image_buffer_init(struct image_buffer *buffer, const struct image_source *below)
{
    buffer->source = (struct image_source){buffer, read_at, below->size};
    buffer->below = below;
    buffer->start = 0;
    buffer->length = 0;
}
