/*
 * The PE parser on images made here: whole, cut off at every length, and lying about every offset
 * and count.
 */
#include "image/pe.h"

#include "pe_builder.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

struct image {
    size_t size;
    /* of exactly that size on the heap, so that a sanitizer sees a read beyond it */
    unsigned char *bytes;
};

static size_t read_at(void *context, uint64_t offset, void *buffer, size_t size)
{
    const struct image *image = context;

    /* what image_source.h promises */
    assert_true(offset <= image->size && size <= image->size - offset);
    memcpy(buffer, image->bytes + offset, size);
    return size;
}

static int parse(const unsigned char *bytes, size_t size, struct module_identity *identity)
{
    struct image image = {.size = size, .bytes = malloc(size + 1)};
    struct image_source source = {.context = &image, .read_at = read_at, .size = size};
    int result;

    assert_non_null(image.bytes);
    memcpy(image.bytes, bytes, size);
    memset(identity, 0, sizeof *identity);
    result = pe_parse(&source, identity);
    free(image.bytes);
    return result;
}

static void assert_whole(const struct module_identity *identity)
{
    assert_int_equal(identity->pe_timestamp, 0x5F000001);
    assert_int_equal(identity->pe_checksum, 0xABCDEF);
    assert_int_equal(identity->image_bytes, 0x3000);
    assert_string_equal(identity->pdb_guid, "13121110-1514-1716-1819-1A1B1C1D1E1F-2A");
    assert_string_equal(identity->pdb_name, "app.pdb");
    assert_string_equal(identity->file_version, "10.2.19041.65535");
}

static void test_reads_both_widths(void **state)
{
    unsigned char image[IMAGE_SIZE];
    struct module_identity identity;

    make_image(image, true);
    assert_int_equal(parse(image, sizeof image, &identity), 0);
    assert_int_equal(identity.machine, 0x8664);
    assert_whole(&identity);
    make_image(image, false);
    assert_int_equal(parse(image, sizeof image, &identity), 0);
    assert_int_equal(identity.machine, 0x14C);
    assert_whole(&identity);
}

static void test_survives_every_length(void **state)
{
    unsigned char image[IMAGE_SIZE];
    struct module_identity identity;
    size_t shortest = 0;

    make_image(image, true);
    for (size_t size = 0; size < sizeof image; size++) {
        int result = parse(image, size, &identity);
        /* once there is enough for the headers, more is not worse */
        assert_true(shortest == 0 || result == 0);
        if (result == 0 && shortest == 0)
            shortest = size;
        if (result != 0)
            assert_true(identity.machine == 0 && identity.image_bytes == 0 &&
                        identity.pe_timestamp == 0);
        if (size <= RSDS_AT)
            assert_string_equal(identity.pdb_guid, "");
        if (size <= VERSION_AT)
            assert_string_equal(identity.file_version, "");
    }
    assert_int_equal(shortest, PE_AT + 24 + 240);
}

/*
 * Every 32-bit word of the image in turn becomes each of these: whatever the parser makes of it, it
 * must stay inside and come back.
 */
static void test_survives_every_lie(void **state)
{
    static const uint32_t lies[] = {0,          1,          0x7F,       0x10000,   0x7FFFFFFF,
                                    0x80000000, 0x80000020, 0xFFFFFFC0, 0xFFFFFFFF};
    unsigned char image[IMAGE_SIZE], liar[IMAGE_SIZE];
    struct module_identity identity;

    make_image(image, true);
    for (size_t at = 0; at + 4 <= sizeof image; at += 2) {
        for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
            memcpy(liar, image, sizeof image);
            put(liar + at, lies[i], 4);
            parse(liar, sizeof liar, &identity);
            assert_non_null(memchr(identity.pdb_name, '\0', sizeof identity.pdb_name));
            assert_non_null(memchr(identity.pdb_guid, '\0', sizeof identity.pdb_guid));
            assert_non_null(memchr(identity.file_version, '\0', sizeof identity.file_version));
        }
    }
}

static void test_survives_noise(void **state)
{
    unsigned char image[IMAGE_SIZE];
    struct module_identity identity;
    uint32_t random = 1;

    for (unsigned round = 0; round < 20000; round++) {
        make_image(image, round % 2 == 0);
        for (unsigned i = 0; i < 8; i++) {
            random = random * 1664525 + 1013904223;
            image[(random >> 8) % (i % 2 == 0 ? 0x1C0 : IMAGE_SIZE)] =
                (unsigned char)(random >> 24);
        }
        parse(image, sizeof image, &identity);
    }
}

static void test_resource_that_contains_itself_ends(void **state)
{
    unsigned char image[IMAGE_SIZE];
    struct module_identity identity;

    make_image(image, true);
    put_resource_directory(image, 0x20, 1, 0x80000020);
    assert_int_equal(parse(image, sizeof image, &identity), 0);
    assert_string_equal(identity.file_version, "");
    assert_string_equal(identity.pdb_name, "app.pdb");
}

static void test_long_and_broken_pdb_names_are_cut_and_shown(void **state)
{
    char name[700];
    unsigned char image[IMAGE_SIZE];
    struct module_identity identity;

    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    make_image(image, true);
    put_debug(image, name);
    assert_int_equal(parse(image, sizeof image, &identity), 0);
    assert_int_equal(strlen(identity.pdb_name), sizeof identity.pdb_name - 1);
    make_image(image, true);
    put_debug(image, "a\xFF.pdb");
    assert_int_equal(parse(image, sizeof image, &identity), 0);
    assert_string_equal(identity.pdb_name, "a\\xFF.pdb");
}

static void test_name_without_end_stays_in_its_record(void **state)
{
    unsigned char image[IMAGE_SIZE];
    struct module_identity identity;

    make_image(image, true);
    put(image + SECTION_AT + 16, 24 + 12, 4); /* the record ends in "D:\build\x64" */
    assert_int_equal(parse(image, sizeof image, &identity), 0);
    assert_string_equal(identity.pdb_name, "x64");
}

static void test_other_files_are_refused(void **state)
{
    unsigned char image[IMAGE_SIZE];
    struct module_identity identity;

    make_image(image, true);
    memcpy(image + PE_AT, "NE\0\0", 4);
    assert_int_equal(parse(image, sizeof image, &identity), -1);
    make_image(image, true);
    memcpy(image, "\177ELF", 4);
    assert_int_equal(parse(image, sizeof image, &identity), -1);
    make_image(image, true);
    put(image + PE_AT + 24, 0x107, 2); /* a ROM image */
    assert_int_equal(parse(image, sizeof image, &identity), -1);
    make_image(image, true);
    put(image + PE_AT + 20, 0, 2); /* an object file's header size */
    assert_int_equal(parse(image, sizeof image, &identity), -1);
}

/* What of the section is a text, and where that lies in memory. */
static uint32_t put_text(unsigned char *image, unsigned at, const char *text)
{
    strcpy((char *)image + SECTION_AT + at, text);
    return SECTION_RVA + at;
}

/* Needed; delayed, as linkers write it and as old ones did; forwarded, but not by what lies behind
 * the export directory. */
static void test_imports_of_each_table(void **state)
{
    enum { BASE = 0x10000000, EXPORTS = 0x2C0, EXPORTS_SIZE = 0x50, ADDRESSES = 0x2E8 };
    static unsigned char image[IMAGE_SIZE];
    static struct module_identity identity;
    unsigned char *header = image + PE_AT + 24, *directories = header + 96,
                  *section = image + SECTION_AT;

    make_image(image, false);
    put(header + 28, BASE, 4);
    put(directories, SECTION_RVA + EXPORTS, 4);
    put(directories + 4, EXPORTS_SIZE, 4);
    put(section + EXPORTS + 20, 3, 4);
    put(section + EXPORTS + 28, SECTION_RVA + ADDRESSES, 4);
    put(section + ADDRESSES, SECTION_RVA, 4); /* code */
    put(section + ADDRESSES + 4, put_text(image, 0x2F4, "OTHER.Function"), 4);
    put(section + ADDRESSES + 8, put_text(image, EXPORTS + EXPORTS_SIZE, "EDGE.No"), 4);
    put(directories + 8, SECTION_RVA + 0x320, 4);
    put(section + 0x320 + 12, put_text(image, 0x280, "need.dll"), 4);
    put(directories + 13 * 8, SECTION_RVA + 0x350, 4);
    put(section + 0x350, 1, 4);
    put(section + 0x350 + 4, put_text(image, 0x290, "late.dll"), 4);
    put(section + 0x370 + 4, BASE + put_text(image, 0x2A0, "old.dll"), 4);
    assert_int_equal(parse(image, sizeof image, &identity), 0);
    assert_string_equal(identity.imports, "aneed.dll\nblate.dll\nbold.dll\ncOTHER.dll\n");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_imports_of_each_table),
    cmocka_unit_test(test_reads_both_widths),
    cmocka_unit_test(test_survives_every_length),
    cmocka_unit_test(test_survives_every_lie),
    cmocka_unit_test(test_survives_noise),
    cmocka_unit_test(test_resource_that_contains_itself_ends),
    cmocka_unit_test(test_long_and_broken_pdb_names_are_cut_and_shown),
    cmocka_unit_test(test_name_without_end_stays_in_its_record),
    cmocka_unit_test(test_other_files_are_refused),
};

UNIT_MAIN(tests)
