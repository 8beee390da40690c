/* See pe_image.h. */
#include "image/pe_image.h"

#include <string.h>

struct pe_directory pe_directory(const struct pe_image *image, unsigned index)
{
    bool is_64_bit = u16_at(image->header) == 0x20B;
    size_t count_at = is_64_bit ? 108 : 92, at = count_at + 4 + 8 * (size_t)index;

    if (at + 8 > image->header_size || u32_at(image->header + count_at) <= index)
        return (struct pe_directory){0, 0};
    return (struct pe_directory){u32_at(image->header + at), u32_at(image->header + at + 4)};
}

static void read_sections(struct pe_image *image, uint64_t at, unsigned count)
{
    for (; image->section_count < count && image->section_count < PE_SECTIONS_MAX; at += 40) {
        if (!image_read(image->source, at, image->sections[image->section_count], 40))
            return;
        image->section_count++;
    }
}

int pe_image_open(struct pe_image *image, const struct image_source *source)
{
    unsigned char dos[64], file[24];
    const unsigned char *header = image->header;
    uint64_t at;

    memset(image->header, 0, sizeof image->header);
    image->section_count = 0;
    image_buffer_init(&image->buffer, source);
    image->source = &image->buffer.source;
    if (!image_read(image->source, 0, dos, sizeof dos) || memcmp(dos, "MZ", 2) != 0)
        return -1;
    at = u32_at(dos + 60);
    if (!image_read(image->source, at, file, sizeof file) || memcmp(file, "PE\0\0", 4) != 0)
        return -1;
    image->header_size =
        u16_at(file + 20) < sizeof image->header ? u16_at(file + 20) : sizeof image->header;
    if (image->header_size < 68 ||
        !image_read(image->source, at + 24, image->header, image->header_size))
        return -1;
    if (u16_at(header) != 0x10B && u16_at(header) != 0x20B)
        return -1;
    image->machine = u16_at(file + 4);
    image->timestamp = u32_at(file + 8);
    image->symbols_at = u32_at(file + 12);
    image->symbol_count = u32_at(file + 16);
    image->image_base = u16_at(header) == 0x20B
                            ? u32_at(header + 24) | (uint64_t)u32_at(header + 28) << 32
                            : u32_at(header + 28);
    image->image_bytes = u32_at(header + 56);
    image->headers_size = u32_at(header + 60);
    image->checksum = u32_at(header + 64);
    read_sections(image, at + 24 + u16_at(file + 20), u16_at(file + 6));
    return 0;
}

/* Where in the file an address stands, and how many bytes from there on belong together. */
static bool offset_of(const struct pe_image *image, uint64_t rva, uint64_t *offset, uint64_t *left)
{
    if (rva < image->headers_size) {
        *offset = rva;
        *left = image->headers_size - rva;
        return true;
    }
    for (unsigned i = 0; i < image->section_count; i++) {
        const unsigned char *section = image->sections[i];
        uint64_t start = u32_at(section + 12), raw_size = u32_at(section + 16);
        if (rva >= start && rva - start < raw_size) {
            *offset = u32_at(section + 20) + (rva - start);
            *left = raw_size - (rva - start);
            return true;
        }
    }
    return false;
}

bool pe_read_rva(const struct pe_image *image, uint64_t rva, void *buffer, size_t size)
{
    uint64_t offset, left;

    return offset_of(image, rva, &offset, &left) && size <= left &&
           image_read(image->source, offset, buffer, size);
}

bool pe_read_text(const struct pe_image *image, uint64_t rva, char *text, size_t capacity)
{
    uint64_t offset, left;
    size_t length = capacity - 1;

    if (!offset_of(image, rva, &offset, &left) || offset >= image->source->size)
        return false;
    if (left > image->source->size - offset)
        left = image->source->size - offset;
    if (length > left)
        length = (size_t)left;
    text[image->source->read_at(image->source->context, offset, text, length)] = '\0';
    return true;
}
