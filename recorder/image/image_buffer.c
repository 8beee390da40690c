/* See image_buffer.h. */
#include "image/image_buffer.h"

#include <string.h>

/* The block in which offset lies, read if it is not there: in the place of the one that was not
 * used for longest. */
static const struct image_block *block_of(struct image_buffer *buffer, uint64_t offset)
{
    uint64_t start = offset - offset % IMAGE_BLOCK_BYTES;
    uint64_t left = buffer->below->size - start;
    struct image_block *oldest = &buffer->blocks[0];

    for (unsigned i = 0; i < IMAGE_BLOCKS; i++) {
        struct image_block *block = &buffer->blocks[i];
        if (block->used != 0 && block->start == start) {
            block->used = ++buffer->uses;
            return block;
        }
        if (block->used < oldest->used)
            oldest = block;
    }
    oldest->start = start;
    oldest->length =
        buffer->below->read_at(buffer->below->context, start, oldest->bytes,
                               left < IMAGE_BLOCK_BYTES ? (size_t)left : IMAGE_BLOCK_BYTES);
    oldest->used = ++buffer->uses;
    return oldest;
}

static size_t read_at(void *context, uint64_t offset, void *out, size_t size)
{
    struct image_buffer *buffer = context;
    size_t done = 0;

    if (size > IMAGE_BLOCK_BYTES)
        return buffer->below->read_at(buffer->below->context, offset, out, size);
    while (done < size && offset + done < buffer->below->size) {
        const struct image_block *block = block_of(buffer, offset + done);
        size_t at = (size_t)(offset + done - block->start), part = size - done;
        if (at >= block->length)
            break;
        if (part > block->length - at)
            part = block->length - at;
        memcpy((unsigned char *)out + done, block->bytes + at, part);
        done += part;
    }
    return done;
}

void image_buffer_init(struct image_buffer *buffer, const struct image_source *below)
{
    buffer->source = (struct image_source){buffer, read_at, below->size};
    buffer->below = below;
    buffer->uses = 0;
    for (unsigned i = 0; i < IMAGE_BLOCKS; i++)
        buffer->blocks[i].used = 0;
}
