/*
 * A source in front of another: it reads by the block, for parsers that ask for many small pieces
 * that lie near each other. Whoever has the struct owns it; one thread at a time.
 */
#ifndef TRAIL_IMAGE_BUFFER_H
#define TRAIL_IMAGE_BUFFER_H

#include "image_source.h"

struct image_buffer {
    struct image_source source; /* for the parser */
    const struct image_source *below;
    uint64_t start; /* of the block in the image */
    size_t length;
    unsigned char block[16384];
};

/* `below` must live as long. Nothing is to be freed. */
void image_buffer_init(struct image_buffer *buffer, const struct image_source *below);

#endif
