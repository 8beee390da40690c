/*
 * The ring: records come out whole and in order, whatever their sizes; two threads agree (also
 * under TSan); what is left survives.
 */
#include "os.h"
#include "ring.h"
#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RING_BYTES = 4096, LARGEST = RING_BYTES / 4 - 32, THREADED_RECORDS = 200000 };

static void put(struct ring *ring, size_t size, unsigned char fill, uint64_t hold_ns)
{
    memset(ring_reserve(ring, size), fill, size);
    ring_commit(ring);
    ring_stamp(ring, hold_ns);
}

static void take(struct ring *ring, size_t expected_size, unsigned char fill,
                 uint64_t expected_hold_ns)
{
    struct ring_record record;

    assert_true(ring_next(ring, &record));
    assert_int_equal(record.size, expected_size);
    assert_true(record.has_hold);
    assert_int_equal(record.hold_ns, expected_hold_ns);
    for (size_t i = 0; i < record.size; i++)
        assert_int_equal(((const unsigned char *)record.payload)[i], fill);
}

static void test_empty_ring_has_nothing(void **state)
{
    struct ring *ring = ring_new(NULL, NULL, RING_BYTES, NULL);
    struct ring_record record;

    assert_non_null(ring);
    assert_false(ring_is_durable(ring));
    assert_false(ring_next(ring, &record));
    assert_false(ring_is_drained(ring));
    ring_finish(ring);
    assert_true(ring_is_drained(ring));
    ring_free(ring, false);
}

static void test_record_is_not_given_until_stamped(void **state)
{
    struct ring *ring = ring_new(NULL, NULL, RING_BYTES, NULL);
    struct ring_record record;

    memset(ring_reserve(ring, 10), 7, 10);
    assert_false(ring_next(ring, &record));
    ring_commit(ring);
    assert_false(ring_next(ring, &record));
    ring_stamp(ring, 0);
    take(ring, 10, 7, 0);
    ring_free(ring, false);
}

static void test_records_of_all_sizes_wrap_around(void **state)
{
    struct ring *ring = ring_new(NULL, NULL, RING_BYTES, NULL);

    for (unsigned round = 0; round < 50; round++) {
        for (size_t size = 0; size <= LARGEST; size += 13) {
            put(ring, size, (unsigned char)(size + round), size * 3);
            put(ring, 5, 255, 1);
            take(ring, size, (unsigned char)(size + round), size * 3);
            take(ring, 5, 255, 1);
            ring_release(ring);
        }
    }
    ring_free(ring, false);
}

static void test_not_drained_while_a_record_is_left(void **state)
{
    struct ring *ring = ring_new(NULL, NULL, RING_BYTES, NULL);

    put(ring, 8, 1, 2);
    ring_finish(ring);
    assert_true(ring_is_finished(ring));
    assert_false(ring_is_drained(ring));
    take(ring, 8, 1, 2);
    assert_true(ring_is_drained(ring));
    ring_free(ring, false);
}

static void test_rewind_gives_again_what_was_not_released(void **state)
{
    struct ring *ring = ring_new(NULL, NULL, RING_BYTES, NULL);
    struct ring_record record;

    for (unsigned char i = 1; i <= 4; i++)
        put(ring, i, i, i);
    take(ring, 1, 1, 1);
    take(ring, 2, 2, 2);
    ring_release(ring);
    take(ring, 3, 3, 3);
    assert_true(ring_unreleased(ring) > 0);
    ring_rewind(ring);
    assert_true(ring_unreleased(ring) == 0);
    take(ring, 3, 3, 3);
    assert_true(ring_next(ring, &record));
    assert_int_equal(record.seq, 4);
    ring_free(ring, false);
}

/* What a killed recorder leaves: a file with committed records, the last not stamped. */
static const char *leave_ring(unsigned records)
{
    const char *path = unit_path("left.ring");
    struct ring *ring = ring_new(path, NULL, RING_BYTES, NULL);

    assert_non_null(ring);
    assert_true(ring_is_durable(ring));
    for (unsigned i = 1; i < records; i++)
        put(ring, 50, (unsigned char)i, i);
    take(ring, 50, 1, 1);
    ring_release(ring);
    memset(ring_reserve(ring, 50), (int)records, 50);
    ring_commit(ring);
    memset(ring_reserve(ring, 50), 99, 50); /* never committed */
    ring_free(ring, true);
    return path;
}

static void test_left_file_has_all_committed_records(void **state)
{
    struct ring *ring = ring_open_left(leave_ring(10), NULL, NULL);
    struct ring_record record;

    assert_non_null(ring);
    for (unsigned i = 2; i <= 10; i++) {
        assert_true(ring_next(ring, &record));
        assert_int_equal(record.seq, i);
        assert_int_equal(*(const unsigned char *)record.payload, i);
        assert_int_equal(record.has_hold, i != 10);
    }
    assert_false(ring_next(ring, &record));
    ring_free(ring, false);
}

/* A file of full size cannot be made; a quarter can. */
static void test_little_space_gives_a_smaller_ring(void **state)
{
    const char *path = unit_path("small.ring");
    struct rlimit limit;
    struct ring *ring;
    struct stat file;

    getrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){32 * 1024, limit.rlim_max});
    ring = ring_new(path, NULL, 64 * 1024, NULL);
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_non_null(ring);
    assert_true(ring_is_durable(ring));
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_size, 4096 + 16 * 1024);
    for (unsigned char i = 0; i < 200; i++) {
        put(ring, 1000, i, i);
        take(ring, 1000, i, i);
        ring_release(ring);
    }
    ring_free(ring, false);
}

static void test_living_owner_is_respected(void **state)
{
    const char *path = unit_path("alive.ring");
    struct ring *ring = ring_new(path, NULL, RING_BYTES, NULL);
    struct trail_error error = {TRAIL_OK, 0, ""};

    assert_null(ring_open_left(path, NULL, &error));
    assert_int_equal(error.code, TRAIL_LOCKED);
    ring_free(ring, false);
    assert_null(ring_open_left(path, NULL, &error));
    assert_int_equal(error.code, TRAIL_NOT_FOUND);
}

/*
 * Every byte of a left file wrong in turn: fewer records at most, and never a read outside (a
 * sanitizer would tell).
 */
static void test_damaged_left_file_gives_less_but_nothing_wrong(void **state)
{
    size_t length;
    const char *path = leave_ring(10);
    char *whole = unit_read(path, &length);

    for (size_t at = 0; at<4096 + 10 * 80; at += at> 256 && at < 4096 ? 500 : 1) {
        struct ring_record record;
        struct ring *ring;
        unsigned last = 1;
        whole[at] ^= 0x55;
        unit_write(path, whole, length);
        whole[at] ^= 0x55;
        ring = ring_open_left(path, NULL, NULL);
        while (ring != NULL && ring_next(ring, &record)) {
            assert_int_equal(record.size, 50);
            assert_true(record.seq >= last && record.seq <= 10);
            assert_int_equal(((const unsigned char *)record.payload)[49], record.seq);
            last = (unsigned)record.seq;
        }
        ring_free(ring, true);
    }
    free(whole);
}

/* The records lie around the end of the ring, and where they begin and end is not known. */
static void test_spoiled_header_of_a_ring_that_has_wrapped(void **state)
{
    enum { WRITTEN = 70, STORED = 40, HEAD_AT = 64 };
    const char *path = unit_path("wrapped.ring");
    struct ring *ring = ring_new(path, NULL, RING_BYTES, NULL);
    struct ring_record record;
    uint64_t last = 0;
    size_t length;
    char *bytes;

    for (unsigned i = 1; i <= WRITTEN; i++) {
        put(ring, 50, (unsigned char)i, i);
        if (i <= STORED)
            take(ring, 50, (unsigned char)i, i);
        ring_release(ring);
    }
    ring_free(ring, true);
    bytes = unit_read(path, &length);
    bytes[HEAD_AT] = 1;
    unit_write(path, bytes, length);
    ring = ring_open_left(path, NULL, NULL);
    assert_non_null(ring);
    while (ring_next(ring, &record)) {
        assert_true(record.seq == last + 1 || last == 0);
        last = record.seq;
        assert_int_equal(*(const unsigned char *)record.payload, last);
        assert_true(last > 0 && last <= WRITTEN);
    }
    assert_int_equal(last, WRITTEN);
    assert_true(ring_is_damaged(ring));
    ring_free(ring, false);
    free(bytes);
}

/* What a target writes may look like a record that was there before, and the one around it may be
 * damaged. */
static void test_record_within_a_damaged_one_is_not_taken_again(void **state)
{
    enum { FIRST_AT = 4096, FIRST_BYTES = 24 + 56 };
    const char *path = unit_path("nested.ring");
    struct ring *ring = ring_new(path, NULL, RING_BYTES, NULL);
    struct ring_record record;
    size_t length;
    char *bytes;

    for (unsigned char i = 1; i <= 4; i++)
        put(ring, 56, i, i);
    ring_free(ring, true);
    bytes = unit_read(path, &length);
    memcpy(bytes + FIRST_AT + 2 * FIRST_BYTES, bytes + FIRST_AT + FIRST_BYTES, FIRST_BYTES);
    unit_write(path, bytes, length);
    ring = ring_open_left(path, NULL, NULL);
    for (unsigned i = 1; i <= 4; i += i == 2 ? 2 : 1) {
        assert_true(ring_next(ring, &record));
        assert_int_equal(record.seq, i);
    }
    assert_false(ring_next(ring, &record));
    assert_true(ring_is_damaged(ring));
    ring_free(ring, false);
    free(bytes);
}

/* Each 8 bytes say that they begin a record of half a MiB: what is checked has a bound. */
static void test_ring_made_to_waste_time_is_given_up(void **state)
{
    enum { LARGE = 4 * 1024 * 1024, SIZE = 512 * 1024, SECONDS = 60 };
    const char *path = unit_path("waste.ring");
    struct ring *ring = ring_new(path, NULL, LARGE, NULL);
    struct ring_record record;
    uint32_t pattern[2] = {SIZE, 1};
    size_t length;
    char *bytes;

    for (unsigned i = 0; i < 5; i++)
        put(ring, SIZE, 1, 1);
    ring_free(ring, true);
    bytes = unit_read(path, &length);
    for (size_t at = 4096; at < length; at += sizeof pattern)
        memcpy(bytes + at, pattern, sizeof pattern);
    unit_write(path, bytes, length);
    alarm(SECONDS); /* it would take minutes */
    ring = ring_open_left(path, NULL, NULL);
    assert_false(ring_next(ring, &record));
    assert_true(ring_is_damaged(ring));
    alarm(0);
    ring_free(ring, false);
    free(bytes);
}

static void produce(void *argument)
{
    struct ring *ring = argument;

    for (uint32_t i = 0; i < THREADED_RECORDS; i++) {
        size_t size = 4 + i * 7 % 300;
        unsigned char *record = ring_reserve(ring, size);
        memset(record, (int)(i & 255), size);
        memcpy(record, &i, sizeof i);
        ring_commit(ring);
        ring_stamp(ring, i);
    }
    ring_finish(ring);
}

/* Takes everything, releasing every `release_every` records. */
static uint64_t consume(struct ring *ring, unsigned release_every)
{
    struct ring_record record;
    uint32_t next = 0, found;

    while (!ring_is_drained(ring)) {
        if (!ring_next(ring, &record)) {
            ring_release(ring);
            ring_wait(ring, 1);
            continue;
        }
        memcpy(&found, record.payload, sizeof found);
        assert_int_equal(found, next);
        assert_int_equal(record.seq, next + 1);
        assert_int_equal(record.hold_ns, next);
        assert_int_equal(record.size, 4 + next * 7 % 300);
        if (record.size > 4)
            assert_int_equal(((const unsigned char *)record.payload)[record.size - 1], next & 255);
        if (++next % release_every == 0)
            ring_release(ring);
    }
    return next;
}

static void test_two_threads_keep_order_and_lose_nothing(void **state)
{
    struct ring *ring = ring_new(unit_path("threads.ring"), NULL, 64 * 1024, NULL);
    struct os_thread *producer = os_thread_start(produce, ring, NULL);

    assert_non_null(producer);
    assert_int_equal(consume(ring, 10), THREADED_RECORDS);
    os_thread_join(producer);
    ring_free(ring, false);
}

static void test_full_ring_waits_and_counts(void **state)
{
    struct ring *ring = ring_new(NULL, NULL, 2048, NULL);
    struct os_thread *producer = os_thread_start(produce, ring, NULL);
    uint64_t stalls, stall_ns;

    assert_non_null(producer);
    assert_int_equal(consume(ring, 1), THREADED_RECORDS);
    os_thread_join(producer);
    ring_stalls(ring, &stalls, &stall_ns);
    assert_true(stalls > 0);
    assert_true(stall_ns > 0);
    ring_free(ring, false);
}

static void produce_one(void *argument)
{
    struct ring *ring = argument;

    ring_reserve(ring, 8);
    ring_commit(ring);
    ring_stamp(ring, 1);
}

/* Whatever comes first, the record or the sleep: it would last for ten minutes. */
static void test_long_sleep_ends_when_a_record_comes(void **state)
{
    struct ring *ring = ring_new(NULL, NULL, 2048, NULL);
    struct ring_record record;

    alarm(60);
    for (unsigned i = 0; i < 10; i++) {
        struct os_thread *producer = os_thread_start(produce_one, ring, NULL);
        assert_non_null(producer);
        while (!ring_next(ring, &record))
            ring_wait(ring, 600000);
        ring_release(ring);
        os_thread_join(producer);
    }
    alarm(0);
    ring_free(ring, false);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_empty_ring_has_nothing),
    cmocka_unit_test(test_record_is_not_given_until_stamped),
    cmocka_unit_test(test_records_of_all_sizes_wrap_around),
    cmocka_unit_test(test_not_drained_while_a_record_is_left),
    cmocka_unit_test(test_rewind_gives_again_what_was_not_released),
    cmocka_unit_test(test_left_file_has_all_committed_records),
    cmocka_unit_test(test_little_space_gives_a_smaller_ring),
    cmocka_unit_test(test_living_owner_is_respected),
    cmocka_unit_test(test_damaged_left_file_gives_less_but_nothing_wrong),
    cmocka_unit_test(test_spoiled_header_of_a_ring_that_has_wrapped),
    cmocka_unit_test(test_record_within_a_damaged_one_is_not_taken_again),
    cmocka_unit_test(test_ring_made_to_waste_time_is_given_up),
    cmocka_unit_test(test_two_threads_keep_order_and_lose_nothing),
    cmocka_unit_test(test_full_ring_waits_and_counts),
    cmocka_unit_test(test_long_sleep_ends_when_a_record_comes),
};
UNIT_MAIN(tests)
