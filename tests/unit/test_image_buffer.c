/*
 * The source in front of an image: what comes out is what is in it, at any place and size, and
 * tables that are read in turn are read from it once.
 */
#include "image/image_buffer.h"
#include "unit.h"

#include <string.h>

enum { IMAGE_BYTES = 20 * IMAGE_BLOCK_BYTES + 100 };

struct counted {
    unsigned char bytes[IMAGE_BYTES];
    size_t readable; /* behind it reading fails */
    unsigned reads;
};

static struct counted image;

static size_t read_counted(void *context, uint64_t offset, void *buffer, size_t size)
{
    struct counted *counted = context;
    size_t left = offset < counted->readable ? counted->readable - (size_t)offset : 0;

    counted->reads++;
    assert_true(offset + size <= IMAGE_BYTES);
    size = size < left ? size : left;
    memcpy(buffer, counted->bytes + offset, size);
    return size;
}

static const struct image_source below = {&image, read_counted, IMAGE_BYTES};

static void start(struct image_buffer *buffer)
{
    for (size_t i = 0; i < IMAGE_BYTES; i++)
        image.bytes[i] = (unsigned char)(i * 7 + i / 251);
    image.readable = IMAGE_BYTES;
    image.reads = 0;
    image_buffer_init(buffer, &below);
}

static void test_any_place_and_size(void **state)
{
    static unsigned char out[3 * IMAGE_BLOCK_BYTES];
    struct image_buffer buffer;

    start(&buffer);
    for (size_t at = 0; at < IMAGE_BYTES; at += 997)
        for (size_t size = 1; size <= sizeof out && size <= IMAGE_BYTES - at; size = size * 2 + 1) {
            assert_true(image_read(&buffer.source, at, out, size));
            assert_memory_equal(out, image.bytes + at, size);
        }
    assert_false(image_read(&buffer.source, IMAGE_BYTES - 1, out, 2));
}

static void test_tables_in_turn_are_read_once(void **state)
{
    static const uint64_t tables[] = {0, 5 * IMAGE_BLOCK_BYTES, IMAGE_BYTES - 80,
                                      9 * IMAGE_BLOCK_BYTES};
    struct image_buffer buffer;
    uint64_t value;

    start(&buffer);
    for (unsigned i = 0; i < 10; i++)
        for (size_t k = 0; k < sizeof tables / sizeof *tables; k++)
            assert_true(
                image_read(&buffer.source, tables[k] + i * sizeof value, &value, sizeof value));
    assert_int_equal(image.reads, sizeof tables / sizeof *tables);
}

static void test_what_cannot_be_read_is_not_there(void **state)
{
    unsigned char out[200];
    struct image_buffer buffer;

    start(&buffer);
    image.readable = IMAGE_BLOCK_BYTES + 50;
    assert_int_equal(buffer.source.read_at(&buffer, IMAGE_BLOCK_BYTES - 50, out, sizeof out), 100);
    assert_memory_equal(out, image.bytes + IMAGE_BLOCK_BYTES - 50, 100);
    assert_false(image_read(&buffer.source, IMAGE_BLOCK_BYTES, out, 51));
    assert_true(image_read(&buffer.source, IMAGE_BLOCK_BYTES, out, 50));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_any_place_and_size),
    cmocka_unit_test(test_tables_in_turn_are_read_once),
    cmocka_unit_test(test_what_cannot_be_read_is_not_there),
};
UNIT_MAIN(tests)
