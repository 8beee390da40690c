/* Text made harmless for a terminal and for JSON. */
#include "escape.h"
#include "unit.h"

#include <string.h>

static const char text[] = "a\n\x1B\xD8\x9C\xF3\xA0\x80\x81\xFF";

static void test_terminal(void **state)
{
    struct buffer out = {0};

    escape_for_terminal(&out, text, strlen(text));
    assert_string_equal(buffer_text(&out), "a\\n\\x1B\\u061C\\U000E0001\\xFF");
    buffer_release(&out);
}

/* JSON has no escape for code points above FFFF but as two surrogates. */
static void test_json(void **state)
{
    struct buffer out = {0};

    escape_json_string(&out, text, strlen(text));
    assert_string_equal(buffer_text(&out), "\"a\\n\\u001b\\u061c\\udb40\\udc01\\\\xFF\"");
    buffer_release(&out);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_terminal),
    cmocka_unit_test(test_json),
};
UNIT_MAIN(tests)
