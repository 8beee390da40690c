/*
 * The ELF parser: a small image made by hand is understood from file and from memory, and no damage
 * to it leads outside of it.
 */
#include "elf_builder.h"
#include "image/elf.h"

#include <stdlib.h>
#include <string.h>

enum { IMAGE_BYTES = 0x400 };

static void put_segment(unsigned char *at, uint32_t type, uint64_t offset, uint64_t address,
                        uint64_t file_bytes, uint64_t memory_bytes)
{
    put(at, type, 4);
    put(at + 8, offset, 8);
    put(at + 16, address, 8);
    put(at + 32, file_bytes, 8);
    put(at + 40, memory_bytes, 8);
}

/* Headers, a note at 0x200 with build-id 00..13, a dynamic section at 0x280, strings at 0x300. */
static struct image make_image(void)
{
    struct image image = start_image(IMAGE_BYTES, 4);
    unsigned char *at = image.bytes;

    put_segment(at + 64, 1, 0, 0x10000, IMAGE_BYTES, 0x2345);
    put_segment(at + 120, 4, 0x200, 0x10200, 36, 36);
    put_segment(at + 176, 2, 0x280, 0x10280, 64, 64);
    put_segment(at + 232, 3, 0x320, 0x10320, 3, 3);
    put(at + 0x200, 4, 4);
    put(at + 0x204, 20, 4);
    put(at + 0x208, 3, 4);
    memcpy(at + 0x20C, "GNU", 4);
    for (int i = 0; i < 20; i++)
        at[0x210 + i] = (unsigned char)i;
    put(at + 0x280, 5, 8); /* DT_STRTAB */
    put(at + 0x288, 0x10300, 8);
    put(at + 0x290, 14, 8); /* DT_SONAME */
    put(at + 0x298, 1, 8);
    put(at + 0x2A0, 1, 8); /* DT_NEEDED, of itself */
    put(at + 0x2A8, 1, 8);
    memcpy(at + 0x301, "libx.so.1", 10);
    memcpy(at + 0x320, "/i", 3); /* the interpreter */
    return image;
}

static const char build_id[] = "000102030405060708090a0b0c0d0e0f10111213";

static void test_identity_from_a_file(void **state)
{
    struct image image = make_image();
    struct image_source source = source_of(&image);
    struct module_identity identity = {.file_bytes = 0};

    (void)state;
    assert_int_equal(elf_parse(&source, &identity), 0);
    assert_int_equal(identity.machine, 62);
    assert_int_equal(identity.image_bytes, 0x3000);
    assert_string_equal(identity.build_id, build_id);
    assert_string_equal(identity.soname, "libx.so.1");
    assert_string_equal(identity.imports, "g/i\nalibx.so.1\n");
    free(image.bytes);
}

static void test_head_from_memory(void **state)
{
    struct image image = make_image();
    struct image_source source = source_of(&image);
    struct elf_head head;
    char hex[2 * ELF_BUILD_ID_MAX + 1];

    (void)state;
    assert_int_equal(elf_read_head(&source, true, &head), 0);
    assert_true(head.is_64_bit);
    assert_true(head.has_interpreter);
    assert_int_equal(head.first_address, 0x10000);
    assert_int_equal(head.span_bytes, 0x3000);
    assert_int_equal(head.dynamic_address, 0x10280);
    elf_hex(head.build_id, head.build_id_bytes, hex, sizeof hex);
    assert_string_equal(hex, build_id);
    free(image.bytes);
}

static void test_what_is_no_elf_is_refused(void **state)
{
    static unsigned char script[] = "#!/bin/sh\necho this is no image at all, only a script\n";
    struct image image = {script, sizeof script, 0};
    struct image_source source = source_of(&image);
    struct module_identity identity = {.file_bytes = 7};

    (void)state;
    assert_int_equal(elf_parse(&source, &identity), -1);
    assert_int_equal(identity.file_bytes, 7);
}

static void test_32_bit_image_gives_its_machine_only(void **state)
{
    struct image image = make_image();
    struct image_source source = source_of(&image);
    struct module_identity identity = {.file_bytes = 0};

    (void)state;
    image.bytes[4] = 1;
    put(image.bytes + 18, 3, 2);
    assert_int_equal(elf_parse(&source, &identity), 0);
    assert_int_equal(identity.machine, 3);
    assert_int_equal(identity.image_bytes, 0);
    free(image.bytes);
}

static void test_truncated_at_every_length(void **state)
{
    struct image whole = make_image();

    (void)state;
    for (size_t size = 0; size < IMAGE_BYTES; size++) {
        struct image image = {malloc(size + 1), size, 0};
        struct image_source source = source_of(&image);
        struct module_identity identity = {.file_bytes = 0};
        struct elf_head head;
        memcpy(image.bytes, whole.bytes, size);
        elf_parse(&source, &identity);
        elf_read_head(&source, true, &head);
        assert_true(strlen(identity.soname) < sizeof identity.soname);
        free(image.bytes);
    }
    free(whole.bytes);
}

static void test_every_byte_set_to_hostile_values(void **state)
{
    static const unsigned char values[] = {0x00, 0x7F, 0x80, 0xFF};

    (void)state;
    for (size_t at = 0; at < IMAGE_BYTES; at++) {
        for (size_t i = 0; i < sizeof values; i++) {
            struct image image = make_image();
            struct image_source source = source_of(&image);
            struct module_identity identity = {.file_bytes = 0};
            image.bytes[at] = values[i];
            elf_parse(&source, &identity);
            assert_true(strlen(identity.build_id) < sizeof identity.build_id);
            free(image.bytes);
        }
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_identity_from_a_file),
    cmocka_unit_test(test_head_from_memory),
    cmocka_unit_test(test_what_is_no_elf_is_refused),
    cmocka_unit_test(test_32_bit_image_gives_its_machine_only),
    cmocka_unit_test(test_truncated_at_every_length),
    cmocka_unit_test(test_every_byte_set_to_hostile_values),
};
UNIT_MAIN(tests)
