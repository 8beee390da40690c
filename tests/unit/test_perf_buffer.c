/*
 * perf_buffer.c: records as the kernel writes them, around the end of the buffer too, and bytes
 * that no kernel writes.
 */
#include "unit.h"

#include <stdbool.h>

#include "perf_builder.h"

#include <stdlib.h>

enum { TAKEN_MAX = 64 };

static struct {
    unsigned count;
    struct perf_record records[TAKEN_MAX];
} taken;

static void take(void *context, const struct perf_record *record)
{
    assert_ptr_equal(context, &taken);
    assert_true(taken.count < TAKEN_MAX);
    taken.records[taken.count++] = *record;
}

static void read_all(struct builder *builder)
{
    taken.count = 0;
    perf_buffer_read(&builder->buffer, take, &taken);
    assert_int_equal(builder->page.data_tail, builder->page.data_head); /* the room is given back */
}

static void test_records(void **state)
{
    struct builder builder;

    builder_begin(&builder, 0);
    builder_put_command(&builder, 10, true, 100);
    builder_put_mapped(&builder, 10, 0x7000, 0x2000, 42, 200);
    builder_put_lost(&builder, 300);
    read_all(&builder);
    assert_int_equal(taken.count, 3);
    assert_int_equal(taken.records[0].kind, PERF_EXECED);
    assert_int_equal(taken.records[0].pid, 10);
    assert_int_equal(taken.records[0].time_ns, 100);
    assert_int_equal(taken.records[1].kind, PERF_MAPPED);
    assert_int_equal(taken.records[1].pid, 10);
    assert_int_equal(taken.records[1].address, 0x7000);
    assert_int_equal(taken.records[1].size, 0x2000);
    assert_int_equal(taken.records[1].device_major, 8);
    assert_int_equal(taken.records[1].device_minor, 1);
    assert_int_equal(taken.records[1].inode, 42);
    assert_int_equal(taken.records[1].inode_generation, 7);
    assert_int_equal(taken.records[1].time_ns, 200);
    assert_int_equal(taken.records[2].kind, PERF_LOST);
    assert_int_equal(taken.records[2].since_ns, 200);
    assert_int_equal(taken.records[2].time_ns, 300);
    read_all(&builder);
    assert_int_equal(taken.count, 0);
}

static void test_a_loss_begins_at_the_record_before_whenever_that_was_read(void **state)
{
    struct builder builder;

    builder_begin(&builder, 0);
    builder_put_mapped(&builder, 10, 0x7000, 0x2000, 42, 200);
    read_all(&builder);
    builder_put_lost(&builder, 300);
    read_all(&builder);
    assert_int_equal(taken.records[0].since_ns, 200);
}

static void test_what_is_no_file_or_exec_is_left_out(void **state)
{
    struct builder builder;
    uint64_t unknown[4] = {1, 2, 3, 4};

    builder_begin(&builder, 0);
    builder_put_mapped(&builder, 10, 0x7000, 0x2000, 0, 100); /* memory without a file */
    builder_put_command(&builder, 10, false, 200);            /* a thread gave itself a name */
    builder_put(&builder, PERF_RECORD_EXIT, 0, unknown, sizeof unknown, NULL, 300);
    builder_put(&builder, 4711, 0, unknown, sizeof unknown, NULL, 400);
    builder_put_mapped(&builder, 10, 0x9000, 0x2000, 42, 500);
    read_all(&builder);
    assert_int_equal(taken.count, 1);
    assert_int_equal(taken.records[0].time_ns, 500);
}

static void test_wrap_around_at_every_byte(void **state)
{
    for (unsigned before = 8; before <= 256; before += 8) {
        struct builder builder;
        builder_begin(&builder, 3 * BUILDER_BYTES - before);
        builder_put_command(&builder, 10, true, 100);
        builder_put_mapped(&builder, 10, 0x7000, 0x2000, 42, 200);
        builder_put_lost(&builder, 300);
        read_all(&builder);
        assert_int_equal(taken.count, 3);
        assert_int_equal(taken.records[1].inode, 42);
        assert_int_equal(taken.records[2].time_ns, 300);
    }
}

/* The counters themselves wrap too. */
static void test_wrap_around_of_the_counters(void **state)
{
    struct builder builder;

    builder_begin(&builder, UINT64_MAX - 71);
    builder_put_mapped(&builder, 10, 0x7000, 0x2000, 42, 200);
    builder_put_mapped(&builder, 10, 0x9000, 0x2000, 42, 300);
    read_all(&builder);
    assert_int_equal(taken.count, 2);
}

static void test_short_records_have_no_fields(void **state)
{
    static const uint32_t types[] = {PERF_RECORD_MMAP2, PERF_RECORD_COMM, PERF_RECORD_LOST};
    uint64_t nothing[16] = {0};

    for (size_t type = 0; type < sizeof types / sizeof types[0]; type++) {
        for (size_t size = 0; size <= 8; size += 8) {
            struct builder builder;
            builder_begin(&builder, 0);
            builder_put(&builder, types[type], PERF_RECORD_MISC_COMM_EXEC, nothing, size, NULL, 1);
            builder_put_mapped(&builder, 10, 0x7000, 0x2000, 42, 200);
            read_all(&builder);
            assert_int_equal(taken.records[taken.count - 1].time_ns, 200);
            assert_int_equal(taken.count, types[type] == PERF_RECORD_COMM && size == 8 ? 2 : 1);
        }
    }
}

static void expect_nothing_behind(uint16_t size)
{
    struct perf_event_header header = {PERF_RECORD_MMAP2, 0, size};
    struct builder builder;

    builder_begin(&builder, BUILDER_BYTES - 100);
    builder_put_command(&builder, 10, true, 100);
    builder_put_bytes(&builder, &header, sizeof header);
    builder_put_mapped(&builder, 10, 0x7000, 0x2000, 42, 200);
    read_all(&builder);
    assert_int_equal(taken.count, 1);
}

static void test_impossible_lengths(void **state)
{
    for (uint16_t size = 0; size < 8; size++)
        expect_nothing_behind(size);
    expect_nothing_behind(1000);
    expect_nothing_behind(UINT16_MAX);
}

static void test_impossible_counters(void **state)
{
    static const uint64_t heads[] = {BUILDER_BYTES + 8, UINT64_MAX, 7, 1};

    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        struct builder builder;
        builder_begin(&builder, 0);
        builder_put_mapped(&builder, 10, 0x7000, 0x2000, 42, 200);
        builder.page.data_head = heads[i];
        read_all(&builder);
        assert_int_equal(taken.count, 0);
    }
}

/* Whatever the bytes are, they are read within the buffer (the sanitizers watch) and to an end. */
static void test_any_bytes(void **state)
{
    struct builder *builder = malloc(sizeof *builder);
    uint32_t random = 1;

    for (unsigned round = 0; round < 2000; round++) {
        builder_begin(builder, round * 8);
        for (size_t i = 0; i < BUILDER_BYTES; i++) {
            random = random * 1664525 + 1013904223;
            builder->data[i] = (unsigned char)(random >> 24 & (i % 8 == 6 || i % 8 < 4 ? 15 : 255));
        }
        builder->page.data_head += BUILDER_BYTES;
        taken.count = 0;
        perf_buffer_read(&builder->buffer, take, &taken);
        assert_int_equal(builder->page.data_tail, builder->page.data_head);
    }
    free(builder);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_records),
    cmocka_unit_test(test_a_loss_begins_at_the_record_before_whenever_that_was_read),
    cmocka_unit_test(test_what_is_no_file_or_exec_is_left_out),
    cmocka_unit_test(test_wrap_around_at_every_byte),
    cmocka_unit_test(test_wrap_around_of_the_counters),
    cmocka_unit_test(test_short_records_have_no_fields),
    cmocka_unit_test(test_impossible_lengths),
    cmocka_unit_test(test_impossible_counters),
    cmocka_unit_test(test_any_bytes),
};
UNIT_MAIN(tests)
