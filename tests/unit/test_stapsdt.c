/*
 * The notes of probes: a small image made by hand is understood, and no damage to it leads outside
 * of it or of its segments.
 */
#include "elf_builder.h"
#include "image/elf.h"
#include "image/stapsdt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    IMAGE_BYTES = 0xA40,
    NOTES_AT = 0x100,
    SYMBOLS_AT = 0x500,
    STRINGS_AT = 0x580,
    NAMES_AT = 0x600,
    SECTIONS_AT = 0x800,
    SECTIONS = 6,
    CODE = 0x1000, /* segments: 0x1000 to 0x2000 may be run, 0x3000 to 0x3100 may be written */
    DATA = 0x3000,
    BASE = 0x1800
};

static void put_segment(unsigned char *at, uint32_t flags, uint64_t address, uint64_t bytes)
{
    put(at, 1, 4);
    put(at + 4, flags, 4);
    put(at + 16, address, 8);
    put(at + 40, bytes, 8);
}

static void put_section(struct image *image, unsigned index, uint32_t type, const char *name,
                        uint64_t address, uint64_t offset, uint64_t bytes)
{
    static const char names[] = "\0.note.stapsdt\0.stapsdt.base\0.symtab\0.strtab\0.shstrtab";
    unsigned char *at = image->bytes + SECTIONS_AT + 64 * index;
    size_t start = 0;

    memcpy(image->bytes + NAMES_AT, names, sizeof names);
    while (strcmp(names + start, name) != 0)
        start += strlen(names + start) + 1;
    put(at, start, 4);
    put(at + 4, type, 4);
    put(at + 16, address, 8);
    put(at + 24, offset, 8);
    put(at + 32, bytes, 8);
}

static void add_note(struct image *image, uint64_t address, uint64_t semaphore, const char *strings,
                     size_t length)
{
    unsigned char *at = image->bytes + NOTES_AT + image->notes;

    put(at, 8, 4);
    put(at + 4, 24 + length, 4);
    put(at + 8, 3, 4);
    memcpy(at + 12, "stapsdt", 8);
    put(at + 20, address, 8);
    put(at + 28, BASE, 8);
    put(at + 36, semaphore, 8);
    memcpy(at + 44, strings, length);
    image->notes += (44 + length + 3) & ~(size_t)3;
    put(image->bytes + SECTIONS_AT + 64 + 32, image->notes, 8);
}

#define NOTE(image, address, semaphore, strings) \
    add_note(image, address, semaphore, strings, sizeof strings)

static struct image make_image(void)
{
    struct image image = start_image(IMAGE_BYTES, 2);
    unsigned char *at = image.bytes;

    put(at + 40, SECTIONS_AT, 8);
    put(at + 58, 64, 2);
    put(at + 60, SECTIONS, 2);
    put(at + 62, 5, 2);
    put_segment(at + 64, 5, CODE, 0x1000);
    put_segment(at + 120, 6, DATA, 0x100);
    put_section(&image, 1, 7, ".note.stapsdt", 0, NOTES_AT, 0);
    put_section(&image, 2, 1, ".stapsdt.base", BASE, 0x40, 1);
    put_section(&image, 3, 2, ".symtab", 0, SYMBOLS_AT, 3 * 24);
    put(at + SECTIONS_AT + 3 * 64 + 40, 4, 4); /* its strings */
    put_section(&image, 4, 3, ".strtab", 0, STRINGS_AT, 0x20);
    put_section(&image, 5, 3, ".shstrtab", 0, NAMES_AT, 0x80);
    memcpy(at + STRINGS_AT + 1, "phase\0phase_two", 16);
    put(at + SYMBOLS_AT + 24, 1, 4);
    put(at + SYMBOLS_AT + 24 + 6, 1, 2);
    put(at + SYMBOLS_AT + 24 + 8, DATA + 0x10, 8);
    put(at + SYMBOLS_AT + 48, 7, 4);
    put(at + SYMBOLS_AT + 48 + 6, 1, 2);
    put(at + SYMBOLS_AT + 48 + 8, DATA + 0x20, 8);
    NOTE(&image, CODE + 1, 0,
         "trail\0mark\0"
         "8@%rax");
    NOTE(&image, CODE + 0x20, DATA + 0xFE,
         "libc\0setjmp\0"
         "8@%rdi -4@%esi 8@%rax");
    return image;
}

/* All that was taken, as text. */
static bool take(void *context, const struct stapsdt_note *note)
{
    char *text = context;

    snprintf(text + strlen(text), 1000 - strlen(text), "%llx %llx %s:%s %s\n",
             (unsigned long long)note->address, (unsigned long long)note->semaphore, note->provider,
             note->name, note->arguments);
    return true;
}

static void expect(struct image *image, const char *expected)
{
    struct image_source source = source_of(image);
    char text[1000] = "";

    assert_int_equal(stapsdt_read(&source, take, text), 0);
    assert_string_equal(text, expected);
    free(image->bytes);
}

static void test_notes_are_read(void **state)
{
    struct image image = make_image();

    expect(&image, "1001 0 trail:mark 8@%rax\n1020 30fe libc:setjmp 8@%rdi -4@%esi 8@%rax\n");
}

static void test_a_moved_image(void **state)
{
    struct image image = make_image();

    /* .stapsdt.base is further up than the notes say */
    put(image.bytes + SECTIONS_AT + 2 * 64 + 16, BASE + 0x10, 8);
    image.notes = 0;
    NOTE(&image, CODE + 1, 0,
         "trail\0mark\0"
         "8@%rax");
    expect(&image, "1011 0 trail:mark 8@%rax\n");
}

static void test_places_outside_of_their_segments(void **state)
{
    struct image image = make_image();

    image.notes = 0;
    NOTE(&image, 0, 0,
         "trail\0left_out\0"
         "8@%rax");
    NOTE(&image, DATA, 0,
         "trail\0in_data\0"
         "8@%rax");
    NOTE(&image, CODE - 1, 0,
         "trail\0before\0"
         "8@%rax");
    NOTE(&image, CODE + 0x1000, 0,
         "trail\0behind\0"
         "8@%rax");
    NOTE(&image, CODE + 2, CODE,
         "trail\0semaphore_in_code\0"
         "8@%rax");
    NOTE(&image, CODE + 2, DATA + 0xFF,
         "trail\0semaphore_half_out\0"
         "8@%rax");
    NOTE(&image, UINT64_MAX, 0,
         "trail\0far\0"
         "8@%rax");
    NOTE(&image, CODE + 0xFFF, 0,
         "trail\0last_byte\0"
         "");
    expect(&image, "1fff 0 trail:last_byte \n");
}

static void test_what_is_no_probe(void **state)
{
    struct image image = make_image();

    image.notes = 0;
    add_note(&image, CODE + 2, 0, "trail\0mark\0no end", 17);
    add_note(&image, CODE + 2, 0, "trail\0mark", 11);
    add_note(&image, CODE + 2, 0, "", 0);
    NOTE(&image, CODE + 2, 0,
         "other\0type\0"
         "");
    put(image.bytes + NOTES_AT + image.notes - 56 + 8, 4, 4);
    NOTE(&image, CODE + 2, 0,
         "other\0owner\0"
         "");
    image.bytes[NOTES_AT + image.notes - 60 + 12] = 'S';
    NOTE(&image, CODE + 3, 0,
         "trail\0mark\0"
         "8@%rbx");
    expect(&image, "1003 0 trail:mark 8@%rbx\n");
}

static bool take_one(void *context, const struct stapsdt_note *note)
{
    (void)note;
    return ++*(int *)context < 1;
}

static void test_no_more_than_wanted(void **state)
{
    struct image image = make_image();
    struct image_source source = source_of(&image);
    int count = 0;

    assert_int_equal(stapsdt_read(&source, take_one, &count), 0);
    assert_int_equal(count, 1);
    free(image.bytes);
}

static void test_symbols(void **state)
{
    struct image image = make_image();
    struct image_source source = source_of(&image);
    uint64_t value = 0;

    assert_true(stapsdt_find_symbol(&source, "phase+8", 5, &value));
    assert_int_equal(value, DATA + 0x10);
    assert_true(stapsdt_find_symbol(&source, "phase_two", 9, &value));
    assert_int_equal(value, DATA + 0x20);
    assert_false(stapsdt_find_symbol(&source, "phase_", 6, &value));
    assert_false(stapsdt_find_symbol(&source, "", 0, &value));
    put(image.bytes + SYMBOLS_AT + 24 + 6, 0, 2); /* undefined here */
    assert_false(stapsdt_find_symbol(&source, "phase", 5, &value));
    free(image.bytes);
}

static void test_images_of_other_kinds(void **state)
{
    struct image image = make_image();
    struct image_source source = source_of(&image);
    char text[1000] = "";

    image.bytes[4] = 1;
    assert_int_equal(stapsdt_read(&source, take, text), -1);
    image.bytes[4] = 2;
    image.bytes[5] = 2;
    assert_int_equal(stapsdt_read(&source, take, text), -1);
    image.bytes[0] = '#';
    assert_int_equal(stapsdt_read(&source, take, text), -1);
    assert_string_equal(text, "");
    free(image.bytes);
}

/* What comes out may be anything, but it must lie where a probe may be. */
static bool take_checked(void *context, const struct stapsdt_note *note)
{
    (void)context;
    assert_true(strlen(note->provider) + strlen(note->name) + strlen(note->arguments) < 4096);
    return true;
}

static void read_all(struct image *image)
{
    struct image_source source = source_of(image);
    uint64_t value;
    struct elf_head head;

    stapsdt_read(&source, take_checked, NULL);
    stapsdt_find_symbol(&source, "phase_two", 9, &value);
    elf_read_head(&source, true, &head);
}

static void test_truncated_at_every_length(void **state)
{
    struct image whole = make_image();

    for (size_t size = 0; size < IMAGE_BYTES; size++) {
        struct image image = {malloc(size + 1), size, 0};
        memcpy(image.bytes, whole.bytes, size);
        read_all(&image);
        free(image.bytes);
    }
    free(whole.bytes);
}

static void test_every_byte_set_to_hostile_values(void **state)
{
    static const unsigned char values[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};
    struct image image = make_image();

    for (size_t at = 0; at < IMAGE_BYTES; at++) {
        unsigned char kept = image.bytes[at];
        for (size_t i = 0; i < sizeof values; i++) {
            image.bytes[at] = values[i];
            read_all(&image);
        }
        image.bytes[at] = kept;
    }
    free(image.bytes);
}

static void test_random_damage(void **state)
{
    uint32_t random = 1;

    for (int round = 0; round < 3000; round++) {
        struct image image = make_image();
        for (int i = 0; i < 12; i++) {
            random = random * 1664525 + 1013904223;
            /* Where numbers stand that lead on: headers, notes, sections. */
            image.bytes[(random >> 8) % (i % 2 == 0 ? 0x180 : IMAGE_BYTES)] =
                (unsigned char)(random >> 24);
            random = random * 1664525 + 1013904223;
            image.bytes[SECTIONS_AT + (random >> 8) % (IMAGE_BYTES - SECTIONS_AT)] =
                (unsigned char)(random >> 24);
        }
        memcpy(image.bytes, "\177ELF\2\1\1", 7);
        put(image.bytes + 54, 56, 2);
        put(image.bytes + 58, 64, 2);
        read_all(&image);
        free(image.bytes);
    }
}

/* The note by which memory tells of probes. */
static void test_marker_in_memory(void **state)
{
    struct image image = make_image();
    struct image_source source = source_of(&image);
    struct elf_head head;
    unsigned char *at = image.bytes;

    assert_int_equal(elf_read_head(&source, true, &head), 0);
    assert_false(head.has_probes);
    put(at + 120, 4, 4); /* a PT_NOTE with a build-id and the marker */
    put(at + 128, 0x700, 8);
    put(at + 136, 0x700 + CODE, 8);
    put(at + 152, 20 + 20, 8);
    put(at + 0x700, 4, 4);
    put(at + 0x704, 4, 4);
    put(at + 0x708, 3, 4);
    memcpy(at + 0x70C, "GNU\0abcd", 8);
    put(at + 0x714, 6, 4);
    put(at + 0x718, 0, 4);
    put(at + 0x71C, 1, 4);
    memcpy(at + 0x720, "Trail", 6);
    assert_int_equal(elf_read_head(&source, true, &head), 0);
    assert_true(head.has_probes);
    assert_int_equal(head.build_id_bytes, 4);
    memcpy(at + 0x720, "trail", 6);
    assert_int_equal(elf_read_head(&source, true, &head), 0);
    assert_false(head.has_probes);
    assert_int_equal(head.build_id_bytes, 4);
    free(image.bytes);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_notes_are_read),
    cmocka_unit_test(test_a_moved_image),
    cmocka_unit_test(test_places_outside_of_their_segments),
    cmocka_unit_test(test_what_is_no_probe),
    cmocka_unit_test(test_no_more_than_wanted),
    cmocka_unit_test(test_symbols),
    cmocka_unit_test(test_images_of_other_kinds),
    cmocka_unit_test(test_truncated_at_every_length),
    cmocka_unit_test(test_every_byte_set_to_hostile_values),
    cmocka_unit_test(test_random_damage),
    cmocka_unit_test(test_marker_in_memory),
};
UNIT_MAIN(tests)
