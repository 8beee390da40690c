/* See pe.h. */
#include "pe.h"

#include "image/pe_image.h"
#include "image/pe_imports.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

enum {
    DEBUG_ENTRIES_MAX = 32,
    RESOURCE_ENTRIES_MAX = 1024,
    DEBUG_TYPE_CODEVIEW = 2,
    RESOURCE_TYPE_VERSION = 16,
    ANY_ID = -1,
    PDB_PATH_MAX = 1024
};

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
    start = text_folder_bytes((const char *)path, length);
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
    struct pe_directory debug = pe_directory(image, PE_DIRECTORY_DEBUG);
    unsigned char entry[28];

    for (unsigned i = 0; i < DEBUG_ENTRIES_MAX && i < debug.size / sizeof entry; i++) {
        if (!pe_read_rva(image, debug.rva + (uint64_t)i * sizeof entry, entry, sizeof entry))
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
    uint64_t at = (uint64_t)pe_directory(image, PE_DIRECTORY_RESOURCE).rva + offset;
    unsigned count;

    if (!pe_read_rva(image, at, directory, sizeof directory))
        return 0;
    count = u16_at(directory + 12) + u16_at(directory + 14);
    for (unsigned i = 0; i < count && i < RESOURCE_ENTRIES_MAX; i++) {
        if (!pe_read_rva(image, at + sizeof directory + (uint64_t)i * sizeof entry, entry,
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
    uint32_t resources = pe_directory(image, PE_DIRECTORY_RESOURCE).rva, at;

    if (resources == 0)
        return;
    at = find_resource(image, 0, RESOURCE_TYPE_VERSION);
    if (at & is_directory)
        at = find_resource(image, at & ~is_directory, ANY_ID);
    if (at & is_directory)
        at = find_resource(image, at & ~is_directory, ANY_ID);
    if (at == 0 || (at & is_directory) ||
        !pe_read_rva(image, (uint64_t)resources + at, data, sizeof data))
        return;
    if (u32_at(data + 4) < sizeof version ||
        !pe_read_rva(image, u32_at(data), version, sizeof version) || u32_at(fixed) != 0xFEEF04BD)
        return;
    snprintf(identity->file_version, sizeof identity->file_version, "%u.%u.%u.%u",
             u16_at(fixed + 10), u16_at(fixed + 8), u16_at(fixed + 14), u16_at(fixed + 12));
}

int pe_parse(const struct image_source *source, struct module_identity *identity)
{
    struct pe_image image;

    if (pe_image_open(&image, source) != 0)
        return -1;
    identity->machine = image.machine;
    identity->pe_timestamp = image.timestamp;
    identity->pe_checksum = image.checksum;
    identity->image_bytes = image.image_bytes;
    parse_debug_directory(&image, identity);
    parse_version(&image, identity);
    pe_imports_read(&image, identity);
    return 0;
}
