/*
 * perf_times.c: which of the kernel's records belongs to which load, and when there is none that
 * can be believed.
 */
#include "unit.h"

#include <stdbool.h>

#include "perf_builder.h"

#include "platform/linux/perf/perf_times.h"

enum { PID = 10, OTHER = 11, BASE = 0x10000, SIZE = 0x8000 };

static struct perf_times *times;
static struct builder builder;

static int begin(void **state)
{
    times = perf_times_new();
    builder_begin(&builder, 0);
    return times == NULL ? -1 : 0;
}

static int end(void **state)
{
    perf_times_free(times);
    return 0;
}

static void mapped(uint32_t pid, uint64_t address, uint64_t inode, uint64_t time_ns)
{
    builder_put_mapped(&builder, pid, address, 0x1000, inode, time_ns);
    perf_times_read(times, &builder.buffer);
}

static void execed(uint32_t pid, uint64_t time_ns)
{
    builder_put_command(&builder, pid, true, time_ns);
    perf_times_read(times, &builder.buffer);
}

static void lost(uint64_t time_ns)
{
    builder_put_lost(&builder, time_ns);
    perf_times_read(times, &builder.buffer);
}

static uint64_t time_of(uint64_t base, uint64_t stop_ns)
{
    return perf_times_of_module(times, PID, base, SIZE, stop_ns);
}

static void test_each_of_a_batch_has_its_own(void **state)
{
    mapped(PID, BASE + 0x1000, 1, 100);
    mapped(PID, BASE + SIZE + 0x1000, 2, 200);
    assert_int_equal(time_of(BASE + SIZE, 900), 200);
    assert_int_equal(time_of(BASE, 900), 100);
    assert_int_equal(time_of(BASE, 900), 100); /* a transaction that is tried again asks again */
    assert_int_equal(time_of(BASE + 2 * SIZE, 900), 0);
}

static void test_only_of_the_process_its_range_and_its_past(void **state)
{
    mapped(OTHER, BASE + 0x1000, 1, 100);
    mapped(PID, BASE - 0x1000, 1, 110);
    mapped(PID, BASE + SIZE, 1, 120);
    mapped(PID, BASE, 1, 901);
    assert_int_equal(time_of(BASE, 900), 0);
    assert_int_equal(time_of(UINT64_MAX - 0x100, 900), 0);
    assert_int_equal(perf_times_of_module(times, PID, BASE, 0, 901), 0);
    /* none has been given away by these */
    assert_int_equal(perf_times_of_module(times, PID, 0, UINT64_MAX, 900), 110);
}

static void test_further_segments_come_later(void **state)
{
    mapped(PID, BASE + 0x1000, 1, 100);
    mapped(PID, BASE + 0x4000, 1, 110);
    mapped(PID, BASE + 0x1000, 1, 120); /* mprotect */
    assert_int_equal(time_of(BASE, 900), 100);
}

static void test_unload_and_reload_at_the_same_address(void **state)
{
    for (uint64_t i = 0; i < 5000; i++) { /* more than is remembered */
        mapped(PID, BASE + 0x1000, 1, 1000 * i + 10);
        assert_int_equal(time_of(BASE, 1000 * i + 20), 1000 * i + 10);
        assert_int_equal(time_of(BASE, 1000 * i + 30), 0);
    }
}

static void test_a_late_reader_sees_all_generations_at_once(void **state)
{
    mapped(PID, BASE + 0x1000, 1, 100);
    mapped(PID, BASE + 0x1000, 1, 300);
    mapped(PID, BASE + 0x1000, 1, 500);
    assert_int_equal(time_of(BASE, 200), 100);
    assert_int_equal(time_of(BASE, 400), 300);
    assert_int_equal(time_of(BASE, 600), 500);
}

static void test_another_file_that_was_there_before_is_not_it(void **state)
{
    mapped(PID, BASE + 0x1000, 1, 100); /* mapped and unmapped by the program's own hand */
    mapped(PID, BASE + 0x2000, 2, 300);
    assert_int_equal(time_of(BASE, 900), 300);
}

static void test_exec_ends_what_was_mapped(void **state)
{
    mapped(PID, BASE + 0x1000, 1, 100);
    execed(PID, 200);
    assert_int_equal(time_of(BASE, 900), 0);
    mapped(PID, BASE + 0x1000, 1, 300);
    execed(OTHER, 400);
    assert_int_equal(time_of(BASE, 900), 300);
}

static void test_exec_after_the_stop_is_none(void **state)
{
    mapped(PID, BASE + 0x1000, 1, 100);
    execed(PID, 200);
    assert_int_equal(time_of(BASE, 150), 100);
}

static void test_what_the_exec_mapped_has_its_time(void **state)
{
    execed(PID, 200);
    mapped(PID, BASE + 0x1000, 1, 210); /* the loader */
    perf_times_image(times, PID, 250);
    mapped(PID, BASE + SIZE, 2, 300);
    assert_int_equal(time_of(BASE, 900), 250);
    assert_int_equal(time_of(BASE + SIZE, 900), 300);
    perf_times_image(times, OTHER, 950);
    assert_int_equal(time_of(BASE, 900), 250);
}

/* A process moves from core to core, and each core has a buffer of its own. */
static void test_buffers_in_any_order(void **state)
{
    static struct builder second;

    builder_begin(&second, 0);
    builder_put_mapped(&second, PID, BASE + SIZE, 0x1000, 2, 300);
    builder_put_mapped(&second, PID, BASE + 0x1000, 0x1000, 1, 500);
    perf_times_read(times, &second.buffer);
    mapped(PID, BASE + 0x1000, 1, 100);
    execed(PID, 50);
    assert_int_equal(time_of(BASE, 200), 100);
    assert_int_equal(time_of(BASE + SIZE, 400), 300);
    assert_int_equal(time_of(BASE, 600), 500);
}

static void test_nothing_is_said_across_a_loss(void **state)
{
    mapped(PID, BASE + 0x1000, 1, 100);
    mapped(PID, BASE + SIZE, 2, 200);
    lost(300); /* between 200 and 300: perhaps one that came to BASE again */
    mapped(PID, BASE + 2 * SIZE, 3, 400);
    assert_int_equal(time_of(BASE, 150), 100);
    assert_int_equal(time_of(BASE + SIZE, 900), 0);
    assert_int_equal(time_of(BASE + 2 * SIZE, 900), 400);
}

static void test_what_was_forgotten_has_no_time(void **state)
{
    mapped(PID, BASE + 0x1000, 1, 100);
    for (uint64_t i = 0; i < 2048; i++)
        mapped(OTHER, BASE, 1, 200 + i);
    assert_int_equal(time_of(BASE, 9000), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

static const struct CMUnitTest tests[] = {
    CASE(test_each_of_a_batch_has_its_own),
    CASE(test_only_of_the_process_its_range_and_its_past),
    CASE(test_further_segments_come_later),
    CASE(test_unload_and_reload_at_the_same_address),
    CASE(test_a_late_reader_sees_all_generations_at_once),
    CASE(test_another_file_that_was_there_before_is_not_it),
    CASE(test_exec_ends_what_was_mapped),
    CASE(test_exec_after_the_stop_is_none),
    CASE(test_what_the_exec_mapped_has_its_time),
    CASE(test_buffers_in_any_order),
    CASE(test_nothing_is_said_across_a_loss),
    CASE(test_what_was_forgotten_has_no_time),
};
UNIT_MAIN(tests)
