/* Debug strings and marks, as all systems put them into events. */
#include "debug_text.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static struct event event;

static bool field_is(unsigned field, const char *bytes)
{
    struct event_span span = event_span_of(&event, field);

    return event_has(&event, field) && span.length == strlen(bytes) &&
           memcmp(event_bytes_at(&event, span), bytes, span.length) == 0;
}

static void begin(void)
{
    event_begin(&event, EVENT_NONE, 1, 1, 1);
}

static void test_a_string(void **state)
{
    struct debug_text text = {"a\\xFF", 5, false, "a\xFF", 2, ENCODING_UTF8, true};

    begin();
    debug_text_put(&event, &text);
    assert_int_equal(event.kind, EVENT_OUTPUT_DEBUG_STRING);
    assert_true(field_is(FIELD(OUTPUT_DEBUG_STRING, text), "a\\xFF"));
    assert_true(field_is(FIELD(OUTPUT_DEBUG_STRING, raw), "a\xFF"));
    assert_int_equal(event.value[FIELD(OUTPUT_DEBUG_STRING, raw_bytes)], 2);
    assert_int_equal(event.value[FIELD(OUTPUT_DEBUG_STRING, encoding)], ENCODING_UTF8);
    assert_int_equal(event.value[FIELD(OUTPUT_DEBUG_STRING, truncated)], 0);
    text = (struct debug_text){"a", 1, true, "a", 1, ENCODING_ANSI, false};
    begin();
    debug_text_put(&event, &text);
    assert_false(event_has(&event, FIELD(OUTPUT_DEBUG_STRING, raw)));
    assert_int_equal(event.value[FIELD(OUTPUT_DEBUG_STRING, truncated)], 1);
}

/*
 * Of bytes that are all escaped the text does not fit beside them: it is cut, and says so; the
 * bytes are whole.
 */
static void test_a_string_that_does_not_fit(void **state)
{
    size_t length = (size_t)4 * DEBUG_TEXT_BYTES_MAX;
    char *all = malloc(length);
    struct debug_text text = {all, length, false, all, DEBUG_TEXT_BYTES_MAX, ENCODING_UTF8, true};

    assert_non_null(all);
    memset(all, 'x', length);
    begin();
    debug_text_put(&event, &text);
    assert_int_equal(event_span_of(&event, FIELD(OUTPUT_DEBUG_STRING, raw)).length,
                     DEBUG_TEXT_BYTES_MAX);
    assert_int_equal(event_span_of(&event, FIELD(OUTPUT_DEBUG_STRING, text)).length,
                     EVENT_BYTES_MAX - DEBUG_TEXT_BYTES_MAX);
    assert_int_equal(event.value[FIELD(OUTPUT_DEBUG_STRING, truncated)], 1);
    free(all);
}

static void test_a_cut_is_no_half_character(void **state)
{
    char *all = malloc(EVENT_BYTES_MAX + 3);

    assert_non_null(all);
    for (size_t i = 0; i < EVENT_BYTES_MAX; i += 3)
        memcpy(all + i, "\xE2\x82\xAC", 3);
    begin();
    assert_int_equal(debug_text_set(&event, FIELD(MARK, name), all, EVENT_BYTES_MAX + 2),
                     EVENT_BYTES_MAX - EVENT_BYTES_MAX % 3);
    free(all);
}

static void test_marks(void **state)
{
    static const char *const empty[] = {"", " ", "\r\n\t"};

    begin();
    assert_true(debug_text_put_mark(&event, " ready to go\r\n", 14));
    assert_int_equal(event.kind, EVENT_MARK);
    assert_true(field_is(FIELD(MARK, name), "ready to go"));
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
        begin();
        assert_false(debug_text_put_mark(&event, empty[i], strlen(empty[i])));
        assert_int_equal(event.kind, EVENT_NONE);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_a_string),
    cmocka_unit_test(test_a_string_that_does_not_fit),
    cmocka_unit_test(test_a_cut_is_no_half_character),
    cmocka_unit_test(test_marks),
};
UNIT_MAIN(tests)
