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
    struct built_sample sample; /* the last one's: it is there only while it is given */
} taken;

static void copy_sample(const struct perf_record *record)
{
    assert_true((record->registers == NULL) == (record->stack == NULL));
    assert_true(record->registers != NULL || record->stack_bytes == 0);
    if (record->registers == NULL)
        return;
    memcpy(taken.sample.registers, record->registers, sizeof taken.sample.registers);
    if (record->stack_bytes <= sizeof taken.sample.stack)
        memcpy(taken.sample.stack, record->stack, record->stack_bytes);
}

static void take(void *context, const struct perf_record *record)
{
    assert_ptr_equal(context, &taken);
    assert_true(taken.count < TAKEN_MAX);
    if (record->kind == PERF_SAMPLED)
        copy_sample(record);
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

static void expect_sample(const struct perf_record *record, uint32_t tid, uint64_t time_ns)
{
    assert_int_equal(record->kind, PERF_SAMPLED);
    assert_int_equal(record->pid, 10);
    assert_int_equal(record->tid, tid);
    assert_int_equal(record->time_ns, time_ns);
}

static void test_samples_around_the_end(void **state)
{
    const struct built_sample sample = builder_sample(11, 200);
    struct builder builder;

    for (unsigned before = 0; before <= sizeof sample + 16; before += 8) {
        builder_begin(&builder, 5 * BUILDER_BYTES - before);
        builder_put_sample(&builder, &sample, sizeof sample);
        builder_put_sample(&builder, &sample, sizeof sample);
        read_all(&builder);
        assert_int_equal(taken.count, 2);
        expect_sample(&taken.records[1], 11, 200);
        assert_int_equal(taken.records[1].stack_bytes, sample.used);
        assert_memory_equal(taken.sample.registers, sample.registers, sizeof sample.registers);
        assert_memory_equal(taken.sample.stack, sample.stack, sample.used);
    }
}

/* What was cut says who and when, if it has got so far, and nothing else; what follows is read. */
static void test_a_sample_that_is_cut_anywhere(void **state)
{
    const struct built_sample sample = builder_sample(11, 200), next = builder_sample(12, 300);
    struct builder builder;

    for (size_t bytes = 0; bytes < sizeof sample; bytes++) {
        builder_begin(&builder, BUILDER_BYTES - 300);
        builder_put_sample(&builder, &sample, bytes);
        builder_put_sample(&builder, &next, sizeof next);
        read_all(&builder);
        assert_int_equal(taken.count, bytes < 32 ? 1 : 2);
        expect_sample(&taken.records[taken.count - 1], 12, 300);
        if (taken.count == 2) {
            expect_sample(&taken.records[0], 11, 200);
            assert_null(taken.records[0].registers);
            assert_int_equal(taken.records[0].stack_bytes, 0);
        }
    }
}

static void expect_no_stack(const struct built_sample *sample)
{
    struct builder builder;

    builder_begin(&builder, 0);
    builder_put_sample(&builder, sample, sizeof *sample);
    builder_put_mapped(&builder, 10, 0x7000, 0x2000, 42, 400);
    read_all(&builder);
    assert_int_equal(taken.count, 2);
    expect_sample(&taken.records[0], 11, 200);
    assert_null(taken.records[0].registers);
    assert_int_equal(taken.records[0].stack_bytes, 0);
    assert_int_equal(taken.records[1].inode, 42);
}

static void test_samples_that_no_kernel_writes(void **state)
{
    static const uint64_t others[] = {PERF_SAMPLE_REGS_ABI_NONE, PERF_SAMPLE_REGS_ABI_32, 3,
                                      UINT64_MAX},
                          sizes[] = {0, 257, 264, 65528, UINT64_MAX, UINT64_MAX - 7};
    struct built_sample sample;
    struct builder builder;

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        sample = builder_sample(11, 200);
        sample.abi = others[i];
        expect_no_stack(&sample);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        sample = builder_sample(11, 200);
        sample.copied = sizes[i];
        expect_no_stack(&sample);
    }
    sample = builder_sample(11, 200); /* more used than was copied */
    sample.used = UINT64_MAX;
    builder_begin(&builder, 0);
    builder_put_sample(&builder, &sample, sizeof sample);
    read_all(&builder);
    assert_int_equal(taken.records[0].stack_bytes, sizeof sample.stack);
}

/* Each claims to be longer than it is, so that the next would lie within it. */
static void test_samples_that_overlap(void **state)
{
    const struct built_sample sample = builder_sample(11, 200);
    struct perf_event_header header = {PERF_RECORD_SAMPLE, 0, 64};
    struct builder builder;

    builder_begin(&builder, BUILDER_BYTES - 40);
    for (int i = 0; i < 8; i++)
        builder_put_bytes(&builder, &header, sizeof header);
    builder_put_sample(&builder, &sample, sizeof sample);
    read_all(&builder);
    assert_int_equal(taken.count, 2);
    assert_null(taken.records[0].registers);
    expect_sample(&taken.records[1], 11, 200);
    header.size = sizeof header + sizeof sample + 8; /* beyond all that was written */
    builder_begin(&builder, 0);
    builder_put_bytes(&builder, &header, sizeof header);
    builder_put_bytes(&builder, &sample, sizeof sample);
    read_all(&builder);
    assert_int_equal(taken.count, 0);
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
            if (i % 8 == 0 && round % 2 == 1)
                builder->data[i] = PERF_RECORD_SAMPLE;
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
    cmocka_unit_test(test_samples_around_the_end),
    cmocka_unit_test(test_a_sample_that_is_cut_anywhere),
    cmocka_unit_test(test_samples_that_no_kernel_writes),
    cmocka_unit_test(test_samples_that_overlap),
    cmocka_unit_test(test_any_bytes),
};
UNIT_MAIN(tests)
