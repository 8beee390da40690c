/*
 * See pe.h. Offsets and counts from the file are 32-bit and added in 64 bits, so that no sum wraps.
 */
#include "pe.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

enum {
    SECTIONS_MAX = 96, /* the loader's own limit */
    DEBUG_ENTRIES_MAX = 32,
    RESOURCE_ENTRIES_MAX = 1024,
    DIRECTORY_RESOURCE = 2,
    DIRECTORY_DEBUG = 6,
    DEBUG_TYPE_CODEVIEW = 2,
    RESOURCE_TYPE_VERSION = 16,
    ANY_ID = -1,
    OPTIONAL_HEADER_MAX = 240, /* PE32+ with all 16 data directories */
    PDB_PATH_MAX = 1024
};

struct directory {
    uint32_t rva, size;
};

struct pe_image {
    const struct image_source *source;
    uint32_t headers_size;
    unsigned section_count;
    unsigned char sections[SECTIONS_MAX][40];
    struct directory resource, debug;
};

static uint16_t u16_at(const unsigned char *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static uint32_t u32_at(const unsigned char *at)
{
    return u16_at(at) | (uint32_t)u16_at(at + 2) << 16;
}

static struct directory directory_at(const unsigned char *header, size_t header_size,
                                     unsigned index)
{
    bool is_64_bit = u16_at(header) == 0x20B;
    size_t count_at = is_64_bit ? 108 : 92, at = count_at + 4 + 8 * (size_t)index;
    struct directory none = {0, 0};

    if (at + 8 > header_size || u32_at(header + count_at) <= index)
        return none;
    return (struct directory){u32_at(header + at), u32_at(header + at + 4)};
}

static int parse_headers(struct pe_image *image, struct module_identity *identity)
{
    unsigned char dos[64], file[24], header[OPTIONAL_HEADER_MAX] = {0};
    uint64_t at;
    size_t header_size;

    if (!image_read(image->source, 0, dos, sizeof dos) || memcmp(dos, "MZ", 2) != 0)
        return -1;
    at = u32_at(dos + 60);
    if (!image_read(image->source, at, file, sizeof file) || memcmp(file, "PE\0\0", 4) != 0)
        return -1;
    header_size = u16_at(file + 20) < sizeof header ? u16_at(file + 20) : sizeof header;
    if (header_size < 68 || !image_read(image->source, at + 24, header, header_size))
        return -1;
    if (u16_at(header) != 0x10B && u16_at(header) != 0x20B)
        return -1;
    identity->machine = u16_at(file + 4);
    identity->pe_timestamp = u32_at(file + 8);
    identity->image_bytes = u32_at(header + 56);
    identity->pe_checksum = u32_at(header + 64);
    image->headers_size = u32_at(header + 60);
    image->resource = directory_at(header, header_size, DIRECTORY_RESOURCE);
    image->debug = directory_at(header, header_size, DIRECTORY_DEBUG);
    for (at += 24 + u16_at(file + 20);
         image->section_count < u16_at(file + 6) && image->section_count < SECTIONS_MAX; at += 40) {
        if (!image_read(image->source, at, image->sections[image->section_count], 40))
            break;
        image->section_count++;
    }
    return 0;
}

/*
 * Reads what the loader would map at an address relative to the image base, as far as the file
 * holds it.
 */
static bool read_rva(const struct pe_image *image, uint64_t rva, void *buffer, size_t size)
{
    if (rva + size <= image->headers_size)
        return image_read(image->source, rva, buffer, size);
    for (unsigned i = 0; i < image->section_count; i++) {
        const unsigned char *section = image->sections[i];
        uint64_t start = u32_at(section + 12), raw_size = u32_at(section + 16),
                 raw_at = u32_at(section + 20);
        if (rva >= start && rva - start < raw_size)
            return size <= raw_size - (rva - start) &&
                   image_read(image->source, raw_at + (rva - start), buffer, size);
    }
    return false;
}

static void format_guid(const unsigned char *guid, uint32_t age, char *out, size_t capacity)
{
    snprintf(out, capacity, "%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X-%X",
             (unsigned)u32_at(guid), (unsigned)u16_at(guid + 4), (unsigned)u16_at(guid + 6),
             guid[8], guid[9], guid[10], guid[11], guid[12], guid[13], guid[14], guid[15],
             (unsigned)age);
}

/*
 * Keeps the name without its folders, which belong to a build machine; symbol servers look it up by
 * just this name.
 */
static void keep_pdb_name(const unsigned char *path, size_t length, char *out, size_t capacity)
{
    char text[TEXT_FROM_BYTES_CAPACITY(PDB_PATH_MAX)];
    const unsigned char *end = memchr(path, '\0', length);
    size_t start, size;
    bool exact;

    length = end != NULL ? (size_t)(end - path) : length;
    for (start = length; start > 0 && path[start - 1] != '\\' && path[start - 1] != '/';)
        start--;
    size = text_from_bytes(path + start, length - start, text, &exact);
    if (size >= capacity)
        for (size = capacity - 1; size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80;)
            size--;
    memcpy(out, text, size);
    out[size] = '\0';
}

static bool parse_codeview(const struct pe_image *image, const unsigned char *entry,
                           struct module_identity *identity)
{
    unsigned char record[24 + PDB_PATH_MAX];
    size_t size = u32_at(entry + 16) < sizeof record ? u32_at(entry + 16) : sizeof record;

    if (size < 24 || !image_read(image->source, u32_at(entry + 24), record, size) ||
        memcmp(record, "RSDS", 4) != 0)
        return false;
    format_guid(record + 4, u32_at(record + 20), identity->pdb_guid, sizeof identity->pdb_guid);
    keep_pdb_name(record + 24, size - 24, identity->pdb_name, sizeof identity->pdb_name);
    return true;
}

static void parse_debug_directory(const struct pe_image *image, struct module_identity *identity)
{
    unsigned char entry[28];

    for (unsigned i = 0; i < DEBUG_ENTRIES_MAX && i < image->debug.size / sizeof entry; i++) {
        if (!read_rva(image, image->debug.rva + (uint64_t)i * sizeof entry, entry, sizeof entry))
            return;
        if (u32_at(entry + 12) == DEBUG_TYPE_CODEVIEW && parse_codeview(image, entry, identity))
            return;
    }
}

/*
 * Finds an entry of the resource directory `offset` bytes into the resources: the one with that id,
 * or the first. 0 if none.
 */
static uint32_t find_resource(const struct pe_image *image, uint32_t offset, long id)
{
    unsigned char directory[16], entry[8];
    uint64_t at = (uint64_t)image->resource.rva + offset;
    unsigned count;

    if (!read_rva(image, at, directory, sizeof directory))
        return 0;
    count = u16_at(directory + 12) + u16_at(directory + 14);
    for (unsigned i = 0; i < count && i < RESOURCE_ENTRIES_MAX; i++) {
        if (!read_rva(image, at + sizeof directory + (uint64_t)i * sizeof entry, entry,
                      sizeof entry))
            return 0;
        if (id == ANY_ID || u32_at(entry) == (uint32_t)id)
            return u32_at(entry + 4);
    }
    return 0;
}

static void parse_version(const struct pe_image *image, struct module_identity *identity)
{
    static const uint32_t is_directory = 0x80000000u;
    /* header and key of VS_VERSIONINFO, then VS_FIXEDFILEINFO up to dwFileVersionLS */
    unsigned char data[16], version[40 + 16];
    const unsigned char *fixed = version + 40;
    uint32_t at;

    if (image->resource.rva == 0)
        return;
    at = find_resource(image, 0, RESOURCE_TYPE_VERSION);
    if (at & is_directory)
        at = find_resource(image, at & ~is_directory, ANY_ID);
    if (at & is_directory)
        at = find_resource(image, at & ~is_directory, ANY_ID);
    if (at == 0 || (at & is_directory) ||
        !read_rva(image, (uint64_t)image->resource.rva + at, data, sizeof data))
        return;
    if (u32_at(data + 4) < sizeof version ||
        !read_rva(image, u32_at(data), version, sizeof version) || u32_at(fixed) != 0xFEEF04BD)
        return;
    snprintf(identity->file_version, sizeof identity->file_version, "%u.%u.%u.%u",
             u16_at(fixed + 10), u16_at(fixed + 8), u16_at(fixed + 14), u16_at(fixed + 12));
}

int pe_parse(const struct image_source *source, struct module_identity *identity)
{
    struct pe_image image = {.source = source};

    if (parse_headers(&image, identity) < 0)
        return -1;
    parse_debug_directory(&image, identity);
    parse_version(&image, identity);
    return 0;
}
