/*
 * A source in front of another: it reads by the block and keeps a few, for parsers that ask for
 * many small pieces of a few tables in turn. Whoever has the struct owns it; one thread at a time.
 */
#ifndef TRAIL_IMAGE_BUFFER_H
#define TRAIL_IMAGE_BUFFER_H

#include "image_source.h"

enum { IMAGE_BLOCK_BYTES = 4096, IMAGE_BLOCKS = 8 };

struct image_block {
    uint64_t start; /* in the image */
    size_t length;
    unsigned used; /* the number of its last use; 0: it holds nothing */
    unsigned char bytes[IMAGE_BLOCK_BYTES];
};

struct image_buffer {
    struct image_source source; /* for the parser */
    const struct image_source *below;
    unsigned uses;
    struct image_block blocks[IMAGE_BLOCKS];
};

/* `below` must live as long. Nothing is to be freed. */
void image_buffer_init(struct image_buffer *buffer, const struct image_source *below);

#endif
