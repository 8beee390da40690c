/*
 * A PE file opened for its parsers: headers, sections, and reading at an address. The file is
 * hostile: every offset and count is checked, nothing is allocated. Pure functions, any thread.
 * Layout: "PE Format" on MSDN.
 */
#ifndef TRAIL_PE_IMAGE_H
#define TRAIL_PE_IMAGE_H

#include "image/image_buffer.h"

enum {
    PE_SECTIONS_MAX = 96,         /* the loader's own limit */
    PE_OPTIONAL_HEADER_MAX = 240, /* PE32+ with all 16 data directories */
    PE_DIRECTORY_EXPORT = 0,
    PE_DIRECTORY_IMPORT = 1,
    PE_DIRECTORY_RESOURCE = 2,
    PE_DIRECTORY_EXCEPTION = 3,
    PE_DIRECTORY_DEBUG = 6,
    PE_DIRECTORY_DELAY_IMPORT = 13
};

struct pe_directory {
    uint32_t rva, size;
};

struct pe_image {
    struct image_buffer buffer;
    const struct image_source *source; /* the buffer's */
    unsigned char header[PE_OPTIONAL_HEADER_MAX];
    size_t header_size;
    uint32_t headers_size; /* of all headers, as mapped */
    uint32_t timestamp, checksum, image_bytes;
    uint32_t symbols_at, symbol_count;
    uint64_t image_base; /* that it prefers */
    uint16_t machine;
    unsigned section_count;
    unsigned char sections[PE_SECTIONS_MAX][40];
};

static inline uint16_t u16_at(const unsigned char *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t u32_at(const unsigned char *at)
{
    return u16_at(at) | (uint32_t)u16_at(at + 2) << 16;
}

/* -1 if this is no PE image. The source must live as long as the image; nothing is to be freed. */
int pe_image_open(struct pe_image *image, const struct image_source *source);

/* Where a PE_DIRECTORY_... is; zeros if there is none. */
struct pe_directory pe_directory(const struct pe_image *image, unsigned index);

/*
 * Reads what the loader would map at an address relative to the image base, as far as the file
 * holds it. Sums are made in 64 bits, so that none wraps.
 */
bool pe_read_rva(const struct pe_image *image, uint64_t rva, void *buffer, size_t size);

/* A text at such an address, NUL-terminated and cut at capacity. False if it is not in the file. */
bool pe_read_text(const struct pe_image *image, uint64_t rva, char *text, size_t capacity);

#endif
