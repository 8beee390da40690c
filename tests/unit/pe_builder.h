/* A small PE image with a debug directory and a version resource, for the tests of pe.c. */
#ifndef TRAIL_PE_BUILDER_H
#define TRAIL_PE_BUILDER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    PE_AT = 0x80,
    HEADERS_SIZE = 0x400,
    /* the one section holds, from its start: debug directory, RSDS record, resources */
    SECTION_RVA = 0x1000,
    SECTION_AT = 0x400,
    SECTION_SIZE = 0x400,
    RSDS_AT = SECTION_AT + 0x40,
    RESOURCES_RVA = SECTION_RVA + 0x100,
    RESOURCES_AT = SECTION_AT + 0x100,
    VERSION_AT = SECTION_AT + 0x200,
    IMAGE_SIZE = SECTION_AT + SECTION_SIZE
};

static void put(unsigned char *at, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

static void put_headers(unsigned char *image, bool is_64_bit)
{
    unsigned char *file = image + PE_AT, *header = file + 24,
                  *directories = header + (is_64_bit ? 112 : 96), *section;
    unsigned header_size = is_64_bit ? 240 : 224;

    memcpy(image, "MZ", 2);
    put(image + 60, PE_AT, 4);
    memcpy(file, "PE\0\0", 4);
    put(file + 4, is_64_bit ? 0x8664 : 0x14C, 2);
    put(file + 6, 1, 2); /* sections */
    put(file + 8, 0x5F000001, 4);
    put(file + 20, header_size, 2);
    put(header, is_64_bit ? 0x20B : 0x10B, 2);
    put(header + 56, 0x3000, 4); /* SizeOfImage */
    put(header + 60, HEADERS_SIZE, 4);
    put(header + 64, 0xABCDEF, 4); /* CheckSum */
    put(directories - 4, 16, 4);
    put(directories + 2 * 8, RESOURCES_RVA, 4);
    put(directories + 2 * 8 + 4, 0x200, 4);
    put(directories + 6 * 8, SECTION_RVA, 4);
    put(directories + 6 * 8 + 4, 28, 4);
    section = header + header_size;
    put(section + 8, SECTION_SIZE, 4);
    put(section + 12, SECTION_RVA, 4);
    put(section + 16, SECTION_SIZE, 4);
    put(section + 20, SECTION_AT, 4);
}

static void put_debug(unsigned char *image, const char *pdb)
{
    unsigned char *entry = image + SECTION_AT, *record = image + RSDS_AT;

    put(entry + 12, 2, 4); /* CodeView */
    put(entry + 16, 24 + strlen(pdb) + 1, 4);
    put(entry + 24, RSDS_AT, 4);
    memcpy(record, "RSDS", 4);
    for (unsigned i = 0; i < 16; i++)
        record[4 + i] = (unsigned char)(0x10 + i);
    put(record + 20, 0x2A, 4);
    strcpy((char *)record + 24, pdb);
}

/* One resource directory at an offset into the resources, with one entry. */
static void put_resource_directory(unsigned char *image, unsigned offset, uint32_t id,
                                   uint32_t target)
{
    unsigned char *directory = image + RESOURCES_AT + offset;

    put(directory + 14, 1, 2);
    put(directory + 16, id, 4);
    put(directory + 20, target, 4);
}

static void put_version(unsigned char *image)
{
    unsigned char *data = image + RESOURCES_AT + 0x60, *version = image + VERSION_AT;

    put_resource_directory(image, 0, 16, 0x80000020);
    put_resource_directory(image, 0x20, 1, 0x80000040);
    put_resource_directory(image, 0x40, 1033, 0x60);
    put(data, SECTION_RVA + 0x200, 4);
    put(data + 4, 92, 4);
    put(version + 40, 0xFEEF04BD, 4);
    put(version + 48, 10 << 16 | 2, 4);
    put(version + 52, 19041u << 16 | 65535, 4);
}

static void make_image(unsigned char *image, bool is_64_bit)
{
    memset(image, 0, IMAGE_SIZE);
    put_headers(image, is_64_bit);
    put_debug(image, "D:\\build\\x64/app.pdb");
    put_version(image);
}

#endif
