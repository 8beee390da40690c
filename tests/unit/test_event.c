/*
 * event.c: the byte pool, and the packed form: nothing is lost on the way, and no hostile bytes get
 * through.
 */
#include "unit.h"

#include "event.h"

#include <stdlib.h>
#include <string.h>

static struct event original, copy;

static bool is_span(enum field_type type)
{
    return type == FIELD_TEXT || type == FIELD_BLOB || type == FIELD_NUMBERS;
}

/* An event of the kind with all its fields known, or with every other one. */
static void fill(struct event *event, const struct kind_descriptor *kind, bool all)
{
    event_begin(event, kind->kind, 123, 456, 789);
    event->synthetic = true;
    event->cpu_ns = 987;
    for (unsigned i = 0; i < kind->field_count; i++) {
        if (!all && i % 2 == 1)
            continue;
        if (is_span(kind->fields[i].type))
            event_set_bytes(event, i, "0123456789abcdefghij", 8 + i);
        else if (kind->fields[i].type == FIELD_MODULE) {
            event->image.path = event_put_bytes(event, "/lib/x.so", 9);
            event->image.build_id = event_put_bytes(event, "\x01\x02\xFF", 3);
            event->image.size = UINT64_MAX - i;
            event->image.file = 17;
        } else
            event_set(event, i, UINT64_MAX - i);
    }
    if (all) {
        event->naming.tid = UINT32_MAX;
        event->naming.name = event_put_bytes(event, "worker", 6);
        memset(event->bytes + event->bytes_used, 's', 100);
        event_keep_stack(event, 100);
    }
}

static void *pack(const struct event *event, size_t *size)
{
    void *packed;

    *size = event_packed_size(event);
    packed = malloc(*size); /* of the exact size, for the sanitizer's sake */
    assert_non_null(packed);
    event_pack(event, packed);
    return packed;
}

static void expect_same_span(struct event_span a, struct event_span b)
{
    assert_int_equal(a.length, b.length);
    assert_memory_equal(event_bytes_at(&original, a), event_bytes_at(&copy, b), a.length);
}

static void expect_round_trip(const struct kind_descriptor *kind)
{
    size_t size;
    void *packed = pack(&original, &size);

    memset(&copy, 0xAA, sizeof copy);
    assert_int_equal(event_unpack(&copy, packed, size), 0);
    free(packed);
    assert_int_equal(copy.t_ns, original.t_ns);
    assert_int_equal(copy.cpu_ns, original.cpu_ns);
    assert_int_equal(copy.pid, original.pid);
    assert_int_equal(copy.tid, original.tid);
    assert_int_equal(copy.kind, original.kind);
    assert_int_equal(copy.synthetic, original.synthetic);
    assert_int_equal(copy.present, original.present);
    assert_false(copy.more);
    for (unsigned i = 0; i < kind->field_count; i++) {
        if (!event_has(&original, i))
            continue;
        if (is_span(kind->fields[i].type))
            expect_same_span(event_span_of(&original, i), event_span_of(&copy, i));
        else
            assert_int_equal(copy.value[i], original.value[i]);
    }
    expect_same_span(original.image.path, copy.image.path);
    expect_same_span(original.image.build_id, copy.image.build_id);
    assert_int_equal(copy.image.size, original.image.size);
    assert_int_equal(copy.image.file, original.image.file);
    assert_int_equal(copy.naming.tid, original.naming.tid);
    expect_same_span(original.naming.name, copy.naming.name);
    expect_same_span(original.stack, copy.stack);
}

static void test_every_kind_survives_packing(void **state)
{
    for (unsigned i = 1; i < EVENT_KINDS; i++) {
        const struct kind_descriptor *kind = event_kind_descriptor(i);
        if (kind == NULL)
            continue;
        event_begin(&original, kind->kind, 1, 2, 3);
        expect_round_trip(kind);
        fill(&original, kind, false);
        expect_round_trip(kind);
        fill(&original, kind, true);
        expect_round_trip(kind);
    }
}

static void test_begin_forgets_the_event_before(void **state)
{
    fill(&original, event_kind_descriptor(EVENT_LOAD_DLL), true);
    original.more = true;
    event_begin(&original, EVENT_EXIT_THREAD, 7, 8, 9);
    assert_int_equal(original.present, 0);
    assert_int_equal(original.bytes_used, 0);
    assert_int_equal(original.image.path.length, 0);
    assert_int_equal(original.image.file, 0);
    assert_int_equal(original.naming.tid, 0);
    assert_false(original.synthetic);
    assert_false(original.more);
    assert_false(event_has(&original, FIELD(EXIT_THREAD, exit_code)));
    assert_int_equal(event_span_of(&original, 0).length, 0);
}

static void test_zero_is_a_known_value(void **state)
{
    event_begin(&original, EVENT_EXIT_THREAD, 7, 8, 9);
    event_set(&original, FIELD(EXIT_THREAD, exit_code), 0);
    assert_true(event_has(&original, FIELD(EXIT_THREAD, exit_code)));
    event_begin(&original, EVENT_OUTPUT_DEBUG_STRING, 7, 8, 9);
    assert_int_equal(event_set_bytes(&original, FIELD(OUTPUT_DEBUG_STRING, text), NULL, 0), 0);
    assert_true(event_has(&original, FIELD(OUTPUT_DEBUG_STRING, text)));
}

static void test_full_pool_cuts(void **state)
{
    size_t size;
    void *packed;
    char *text = malloc(EVENT_BYTES_MAX + 10);

    memset(text, 'x', EVENT_BYTES_MAX + 10);
    event_begin(&original, EVENT_OUTPUT_DEBUG_STRING, 1, 2, 3);
    assert_int_equal(event_set_bytes(&original, FIELD(OUTPUT_DEBUG_STRING, raw), text, 10), 10);
    assert_int_equal(
        event_set_bytes(&original, FIELD(OUTPUT_DEBUG_STRING, text), text, EVENT_BYTES_MAX + 10),
        EVENT_BYTES_MAX - 10);
    assert_int_equal(original.bytes_used, EVENT_BYTES_MAX);
    assert_int_equal(event_put_bytes(&original, text, 5).length, 0);
    packed = pack(&original, &size);
    assert_int_equal(event_unpack(&copy, packed, size), 0);
    assert_int_equal(event_span_of(&copy, FIELD(OUTPUT_DEBUG_STRING, text)).length,
                     EVENT_BYTES_MAX - 10);
    free(packed);
    free(text);
}

static void test_huge_length_cuts(void **state)
{
    static char text[EVENT_BYTES_MAX + 1];

    event_begin(&original, EVENT_MARK, 1, 2, 3);
    assert_int_equal(event_set_bytes(&original, FIELD(MARK, name), text, sizeof text),
                     EVENT_BYTES_MAX);
}

static void test_truncated_records_are_refused(void **state)
{
    for (unsigned i = 1; i < EVENT_KINDS; i++) {
        const struct kind_descriptor *kind = event_kind_descriptor(i);
        size_t size;
        void *packed;
        if (kind == NULL)
            continue;
        fill(&original, kind, true);
        packed = pack(&original, &size);
        for (size_t cut = 0; cut < size; cut++) {
            void *shorter = malloc(cut == 0 ? 1 : cut);
            memcpy(shorter, packed, cut);
            assert_int_equal(event_unpack(&copy, shorter, cut), -1);
            free(shorter);
        }
        packed = realloc(packed, size + 1);
        assert_int_equal(event_unpack(&copy, packed, size + 1), -1);
        free(packed);
    }
}

/* Where a record has it: what one with other fields, or a damaged one, may say. */
enum { PRESENT_AT = 24, FIELD_COUNT_AT = 34 };

static void test_fields_that_a_kind_has_not(void **state)
{
    const struct kind_descriptor *kind = event_kind_descriptor(EVENT_MARK);
    unsigned char *packed;
    size_t size;

    fill(&original, kind, true);
    packed = pack(&original, &size);
    memset(packed + PRESENT_AT, 0xFF, 4);
    assert_int_equal(event_unpack(&copy, packed, size), 0);
    assert_int_equal(copy.present, (1u << kind->field_count) - 1);
    assert_int_equal(packed[FIELD_COUNT_AT], kind->field_count);
    packed[FIELD_COUNT_AT]++;
    assert_int_equal(event_unpack(&copy, packed, size), -1);
    free(packed);
}

/* What unpack accepts must be safe to use. */
static void use(const struct event *event)
{
    const struct kind_descriptor *kind = event_kind_descriptor(event->kind);
    volatile unsigned char sum = 0;

    assert_non_null(kind);
    assert_in_range(event->bytes_used, 0, EVENT_BYTES_MAX);
    for (unsigned i = 0; i < kind->field_count; i++) {
        struct event_span span =
            is_span(kind->fields[i].type) ? event_span_of(event, i) : event->image.path;
        assert_in_range(span.offset + (uint64_t)span.length, 0, event->bytes_used);
        for (uint32_t b = 0; b < span.length; b++)
            sum = (unsigned char)(sum + event_bytes_at(event, span)[b]);
    }
    assert_in_range(event->image.build_id.offset + (uint64_t)event->image.build_id.length, 0,
                    event->bytes_used);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Every byte of a record is changed to something else, several times; then random runs of bytes. */
static void test_hostile_records(void **state)
{
    static const unsigned char values[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};
    uint32_t seed = 1;
    unsigned accepted = 0;

    for (unsigned i = 1; i < EVENT_KINDS; i++) {
        const struct kind_descriptor *kind = event_kind_descriptor(i);
        unsigned char *packed, *changed;
        size_t size;
        if (kind == NULL)
            continue;
        fill(&original, kind, true);
        packed = pack(&original, &size);
        changed = malloc(size);
        for (size_t at = 0; at < size; at++) {
            for (size_t v = 0; v < sizeof values; v++) {
                memcpy(changed, packed, size);
                changed[at] = values[v];
                if (event_unpack(&copy, changed, size) == 0) {
                    accepted++;
                    use(&copy);
                }
            }
        }
        for (int round = 0; round < 20000; round++) {
            memcpy(changed, packed, size);
            for (uint32_t n = 1 + next_random(&seed) % 8; n > 0; n--)
                changed[next_random(&seed) % size] = (unsigned char)next_random(&seed);
            if (event_unpack(&copy, changed, size) == 0) {
                accepted++;
                use(&copy);
            }
        }
        free(changed);
        free(packed);
    }
    assert_true(accepted > 0);
}

/*
 * A record of another kind, of no kind, and with a span that reaches beyond the pool by overflow.
 */
static void test_chosen_lies(void **state)
{
    const unsigned field = FIELD(OUTPUT_DEBUG_STRING, text);
    size_t size;
    unsigned char *packed;

    fill(&original, event_kind_descriptor(EVENT_OUTPUT_DEBUG_STRING), true);
    original.value[field] = (uint64_t)UINT32_MAX << 32 | 2;
    packed = pack(&original, &size);
    assert_int_equal(event_unpack(&copy, packed, size), -1);
    free(packed);
    original.value[field] = (uint64_t)1 << 32 | UINT32_MAX;
    packed = pack(&original, &size);
    assert_int_equal(event_unpack(&copy, packed, size), -1);
    free(packed);
    original.present &= ~(1u << field); /* what is not known is not looked at */
    packed = pack(&original, &size);
    assert_int_equal(event_unpack(&copy, packed, size), 0);
    assert_int_equal(event_span_of(&copy, field).length, 0);
    free(packed);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_every_kind_survives_packing),
    cmocka_unit_test(test_begin_forgets_the_event_before),
    cmocka_unit_test(test_zero_is_a_known_value),
    cmocka_unit_test(test_full_pool_cuts),
    cmocka_unit_test(test_huge_length_cuts),
    cmocka_unit_test(test_truncated_records_are_refused),
    cmocka_unit_test(test_fields_that_a_kind_has_not),
    cmocka_unit_test(test_hostile_records),
    cmocka_unit_test(test_chosen_lies),
};
UNIT_MAIN(tests)
