/*
 * The step ahead of the rows: each image is identified once, whatever becomes of its row, and
 * files are closed without the help of whoever stores rows.
 */
#include "identify.h"
#include "os.h"
#include "platform.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

/* KNOWN_MAX is what identify.c keeps at most */
enum { RING_BYTES = 8 * 1024 * 1024, KNOWN_MAX = 16 * 1024, MANY = 50000 };

static unsigned identified, discarded;

/* The platform: each time it is asked it finds another path. */
void platform_identify(const struct event *image, struct module_identity *identity)
{
    memset(identity, 0, sizeof *identity);
    snprintf(identity->path, sizeof identity->path, "/%u/%u", ++identified,
             (unsigned)image->image.file);
}

void platform_discard(const struct event *image)
{
    (void)image;
    discarded++;
}

static struct event event; /* large, as the next */
static struct module_identity identity;
static struct ring *ring;
static struct identify *identify;

static void begin(void)
{
    identified = discarded = 0;
    ring = ring_new(NULL, NULL, RING_BYTES, NULL);
    identify = identify_new(ring, NULL);
    assert_non_null(ring);
    assert_non_null(identify);
}

static void end(void)
{
    identify_free(identify);
    ring_free(ring, false);
}

static void record(enum event_kind kind, uint32_t file)
{
    event_begin(&event, kind, 1, 1, 1);
    event.image.file = file;
    event_pack(&event, ring_reserve(ring, event_packed_size(&event)));
    ring_commit(ring);
    ring_stamp(ring, 0);
}

static void expect_path(uint64_t seq, const char *path)
{
    identify_get(identify, seq, &identity);
    assert_string_equal(identity.path, path);
}

static void test_images_are_told_apart_from_other_records(void **state)
{
    begin();
    assert_false(identify_ahead(identify, 1));
    record(EVENT_EXIT_THREAD, 0);
    record(EVENT_LOAD_DLL, 7);
    record(EVENT_LOAD_DLL, 8);
    assert_true(identify_ahead(identify, 1));
    assert_int_equal(identified, 2);
    assert_false(identify_ahead(identify, 4));
    expect_path(1, "");
    expect_path(2, "/1/7");
    expect_path(3, "/2/8");
    end();
}

static void test_retry_keeps_identities(void **state)
{
    begin();
    for (uint32_t i = 1; i <= 4; i++)
        record(EVENT_LOAD_DLL, i);
    assert_true(identify_ahead(identify, 4));
    for (unsigned try = 0; try < 3; try++) {
        expect_path(1, "/1/1");
        expect_path(2, "/2/2");
        expect_path(4, "/4/4");
        assert_true(identify_ahead(identify, 1));
    }
    identify_forget(identify, 2);
    record(EVENT_LOAD_DLL, 5);
    assert_true(identify_ahead(identify, 5));
    expect_path(3, "/3/3");
    expect_path(5, "/5/5");
    expect_path(3, "/3/3");
    assert_int_equal(identified, 5);
    end();
}

/* As while the writer thread waits for a locked database: nobody else is there. */
static void test_files_are_closed_without_a_writer(void **state)
{
    begin();
    for (uint32_t i = 1; i <= 100; i++) {
        record(EVENT_LOAD_DLL, i);
        identify_wait(identify, i);
        assert_int_equal(identified, i);
        identify_wait(identify, i);
    }
    assert_int_equal(identified, 100);
    end();
}

static void test_full_table_waits_for_a_commit(void **state)
{
    uint64_t start_ns;

    begin();
    for (uint32_t i = 1; i <= KNOWN_MAX + 100; i++)
        record(EVENT_LOAD_DLL, i);
    assert_false(identify_ahead(identify, KNOWN_MAX + 1));
    assert_true(identify_ahead(identify, KNOWN_MAX));
    start_ns = os_monotonic_ns();
    for (unsigned i = 0; i < 1000; i++) /* there is nothing to wait for */
        identify_wait(identify, KNOWN_MAX + 1);
    assert_true(os_monotonic_ns() - start_ns < UINT64_C(50000000000));
    assert_int_equal(identified, KNOWN_MAX);
    identify_forget(identify, 10);
    identify_wait(identify, KNOWN_MAX + 10);
    assert_false(identify_ahead(identify, KNOWN_MAX + 11));
    expect_path(11, "/11/11");
    expect_path(KNOWN_MAX + 10, "/16394/16394");
    identify_forget(identify, KNOWN_MAX + 10);
    assert_true(identify_ahead(identify, KNOWN_MAX + 100));
    assert_int_equal(identified, KNOWN_MAX + 100);
    end();
}

static void test_files_are_only_closed_after_giving_up(void **state)
{
    begin();
    record(EVENT_LOAD_DLL, 1);
    assert_true(identify_ahead(identify, 1));
    identify_give_up(identify);
    for (uint32_t i = 1; i <= KNOWN_MAX + 100; i++)
        record(EVENT_LOAD_DLL, i);
    assert_true(identify_ahead(identify, KNOWN_MAX + 101));
    assert_int_equal(identified, 1);
    assert_int_equal(discarded, KNOWN_MAX + 100);
    end();
}

/* The loop thread: records, and wants some files closed; while the other one stores. */
static void produce(void *argument)
{
    (void)argument;
    for (uint32_t i = 1; i <= MANY; i++) {
        record(i % 3 == 0 ? EVENT_LOAD_DLL : EVENT_EXIT_THREAD, i);
        if (i % 50 == 0)
            identify_wait(identify, i);
    }
    ring_finish(ring);
}

static void test_two_threads_identify_each_image_once(void **state)
{
    struct os_thread *producer;
    struct ring_record stored;
    uint64_t next = 1;
    unsigned images = 0, number, file;

    begin();
    producer = os_thread_start(produce, NULL, NULL);
    assert_non_null(producer);
    while (!ring_is_drained(ring)) {
        if (!identify_ahead(identify, next) || !ring_next(ring, &stored)) {
            ring_wait(ring, 1);
            continue;
        }
        assert_int_equal(stored.seq, next);
        identify_get(identify, next, &identity);
        if (next % 3 == 0) {
            assert_int_equal(sscanf(identity.path, "/%u/%u", &number, &file), 2);
            assert_int_equal(number, ++images);
            assert_int_equal(file, next);
        }
        if (next++ % 100 == 0) {
            identify_forget(identify, next - 1);
            ring_release(ring);
        }
    }
    os_thread_join(producer);
    assert_int_equal(identified, MANY / 3);
    end();
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_images_are_told_apart_from_other_records),
    cmocka_unit_test(test_retry_keeps_identities),
    cmocka_unit_test(test_files_are_closed_without_a_writer),
    cmocka_unit_test(test_full_table_waits_for_a_commit),
    cmocka_unit_test(test_files_are_only_closed_after_giving_up),
    cmocka_unit_test(test_two_threads_identify_each_image_once),
};
UNIT_MAIN(tests)
