/*
 * Which function of a PE image an address lies in, and its name: by symbols, by exports, and by
 * neither, where the nearest name is another function's.
 */
#include "image/pe_symbols.h"

#include "pe_builder.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

enum {
    FUNCTIONS_AT = SECTION_AT + 0x280,
    INFO_AT = SECTION_AT + 0x2C0,
    EXPORTS_AT = SECTION_AT + 0x300,
    SYMBOLS_AT = IMAGE_SIZE,
    SYMBOLS = 5,
    TEXTS_AT = SYMBOLS_AT + SYMBOLS * 18,
    SIZE = TEXTS_AT + 64
};

static size_t read_at(void *context, uint64_t offset, void *buffer, size_t size)
{
    memcpy(buffer, (const unsigned char *)context + offset, size);
    return size;
}

static uint32_t rva_of(unsigned at)
{
    return SECTION_RVA + at - SECTION_AT;
}

static void put_function(unsigned char *at, uint32_t begin, uint32_t end, uint32_t info)
{
    put(at, begin, 4);
    put(at + 4, end, 4);
    put(at + 8, info, 4);
}

/* 0x1000 to 0x1040, and 0x1080 to 0x10A0 its other part; 0x10C0 to 0x1100. */
static void put_functions(unsigned char *image)
{
    unsigned char *directories = image + PE_AT + 24 + 112, *info = image + INFO_AT;

    put(directories + 3 * 8, rva_of(FUNCTIONS_AT), 4);
    put(directories + 3 * 8 + 4, 36, 4);
    put_function(image + FUNCTIONS_AT, 0x1000, 0x1040, rva_of(INFO_AT));
    put_function(image + FUNCTIONS_AT + 12, 0x1080, 0x10A0, rva_of(INFO_AT + 4));
    put_function(image + FUNCTIONS_AT + 24, 0x10C0, 0x1100, rva_of(INFO_AT));
    info[0] = 1;
    info[4] = 1 | 4 << 3; /* chained, behind one code and what fills it up */
    info[6] = 1;
    put_function(info + 4 + 4 + 4, 0x1000, 0x1040, rva_of(INFO_AT));
}

static void put_symbol(unsigned char *image, unsigned number, uint32_t value, unsigned type,
                       unsigned storage)
{
    unsigned char *symbol = image + SYMBOLS_AT + 18 * (size_t)number;

    put(symbol + 8, value, 4);
    put(symbol + 12, 1, 2);
    put(symbol + 14, type, 2);
    symbol[16] = (unsigned char)storage;
}

/* A short name, a long one, a section's, and one of a kind that is no function. */
static void put_symbols(unsigned char *image)
{
    put(image + PE_AT + 12, SYMBOLS_AT, 4);
    put(image + PE_AT + 16, SYMBOLS, 4);
    put_symbol(image, 0, 0x00, 0x20, 2);
    memcpy(image + SYMBOLS_AT, "begin", 5);
    put_symbol(image, 1, 0x10, 0, 3);
    memcpy(image + SYMBOLS_AT + 18, ".text", 5);
    put_symbol(image, 2, 0x14, 0, 100);
    memcpy(image + SYMBOLS_AT + 36, "other", 5);
    put_symbol(image, 3, 0xC0, 0x20, 3);
    put(image + SYMBOLS_AT + 54 + 4, 4, 4);
    put_symbol(image, 4, 0xC0, 0, 3);
    memcpy(image + SYMBOLS_AT + 72, "label", 5);
    strcpy((char *)image + TEXTS_AT + 4, "codec::initialize");
}

/* One export at 0x1000; one that is another module's function. */
static void put_exports(unsigned char *image)
{
    unsigned char *at = image + EXPORTS_AT, *directories = image + PE_AT + 24 + 112;

    put(directories, rva_of(EXPORTS_AT), 4);
    put(directories + 4, 0x80, 4);
    put(at + 20, 2, 4);
    put(at + 24, 1, 4);
    put(at + 28, rva_of(EXPORTS_AT + 40), 4);
    put(at + 32, rva_of(EXPORTS_AT + 48), 4);
    put(at + 36, rva_of(EXPORTS_AT + 52), 4);
    put(at + 40, rva_of(EXPORTS_AT + 60), 4);
    put(at + 44, 0x1000, 4);
    put(at + 48, rva_of(EXPORTS_AT + 60), 4);
    put(at + 52, 1, 2);
    strcpy((char *)at + 60, "exported");
}

/* "NAME+OFFSET" of what an address is in; "" for no name. */
static const char *name_at(unsigned char *bytes, uint64_t rva)
{
    static char text[128];
    struct image_source source = {bytes, read_at, SIZE};
    struct pe_image image;
    char name[64];
    uint64_t offset;

    assert_int_equal(pe_image_open(&image, &source), 0);
    text[0] = '\0';
    if (pe_symbol_at(&image, rva, name, sizeof name, &offset))
        snprintf(text, sizeof text, "%s+%u", name, (unsigned)offset);
    return text;
}

static unsigned char *make(void)
{
    static unsigned char image[SIZE];

    memset(image, 0, sizeof image);
    make_image(image, true);
    put_functions(image);
    return image;
}

static void test_finds_the_function(void **state)
{
    unsigned char *bytes = make();
    struct image_source source = {bytes, read_at, SIZE};
    struct pe_function function;
    struct pe_image image;

    (void)state;
    assert_int_equal(pe_image_open(&image, &source), 0);
    assert_true(pe_function_at(&image, 0x103F, &function));
    assert_int_equal(function.begin, 0x1000);
    assert_false(pe_function_at(&image, 0x1040, &function));
    assert_false(pe_function_at(&image, 0xFFF, &function));
    assert_int_equal(pe_function_start(&image, 0x1090), 0x1000);
    assert_int_equal(pe_function_start(&image, 0x10B0), 0x10A0);
    assert_int_equal(pe_function_start(&image, 0x10FF), 0x10C0);
    put(bytes + PE_AT + 24 + 112 + 3 * 8 + 4, UINT32_MAX, 4);
    assert_int_equal(pe_image_open(&image, &source), 0);
    assert_false(pe_function_at(&image, 0x1000, &function));
}

static void test_names_by_symbols(void **state)
{
    unsigned char *image = make();

    (void)state;
    put_symbols(image);
    put_exports(image);
    assert_string_equal(name_at(image, 0x1020), "begin+32");
    assert_string_equal(name_at(image, 0x1090), "begin+144");
    assert_string_equal(name_at(image, 0x10C4), "codec::initialize+4");
    assert_string_equal(name_at(image, 0x10B0), ""); /* a leaf function without a name */
    put(image + SYMBOLS_AT + 54 + 4, UINT32_MAX, 4);
    assert_string_equal(name_at(image, 0x10C4), "");
}

static void test_names_by_exports(void **state)
{
    unsigned char *image = make();

    (void)state;
    put_exports(image);
    assert_string_equal(name_at(image, 0x1020), "exported+32");
    assert_string_equal(name_at(image, 0x10C4), "");
    put(image + EXPORTS_AT + 20, UINT32_MAX, 4);
    assert_string_equal(name_at(image, 0x10C4), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_the_function),
        cmocka_unit_test(test_names_by_symbols),
        cmocka_unit_test(test_names_by_exports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
