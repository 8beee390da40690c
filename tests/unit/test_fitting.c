/* What a table cuts and leaves out where the terminal is too narrow. */
#include "fitting.h"

#include "escape.h"
#include "unit.h"

#include <string.h>

#define DOTS "\xE2\x80\xA6"

static void expect(const char *text, size_t width, enum fitting fitting, const char *expected)
{
    struct buffer out = {0};

    fitting_add(&out, text, strlen(text), width, fitting);
    assert_string_equal(buffer_text(&out), expected);
    assert_true(fitting == FITTING_WHOLE || escape_display_width(out.data, out.length) <= width);
    buffer_release(&out);
}

static void test_whole(void **state)
{
    expect("abcdef", 6, FITTING_END, "abcdef");
    expect("abcdef", 6, FITTING_MIDDLE, "abcdef");
    expect("/a/b/c", 6, FITTING_PATH, "/a/b/c");
    expect("abcdef", 2, FITTING_WHOLE, "abcdef");
}

static void test_end(void **state)
{
    expect("abcdef", 5, FITTING_END, "abcd" DOTS);
    expect("abcdef", 1, FITTING_END, DOTS);
    expect("\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD", 4, FITTING_END, "\xE4\xB8\xAD" DOTS);
}

static void test_middle(void **state)
{
    expect("abcdefghijkl", 7, FITTING_MIDDLE, "ab" DOTS "ijkl");
    expect("abcdefghijkl", 1, FITTING_MIDDLE, DOTS);
    /* half of a wide character is none */
    expect("abcd\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD", 7, FITTING_MIDDLE,
           "ab" DOTS "\xE4\xB8\xAD\xE4\xB8\xAD");
    expect("abcd\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD", 6, FITTING_MIDDLE,
           "a" DOTS "\xE4\xB8\xAD\xE4\xB8\xAD");
}

static void test_path(void **state)
{
    const char path[] = "/usr/lib/python3.11/lib-dynload/_ssl.cpython-311.so";

    expect(path, 40, FITTING_PATH, "/usr/li" DOTS "/lib-dynload/_ssl.cpython-311.so");
    expect(path, 33, FITTING_PATH, DOTS "/lib-dynload/_ssl.cpython-311.so");
    expect(path, 24, FITTING_PATH, DOTS "/lib-dynload/_ssl.cpyt" DOTS);
    expect(path, 15, FITTING_PATH, DOTS "/lib-dynload/" DOTS);
    expect(path, 13, FITTING_PATH, "/usr" DOTS "n-311.so");
    expect("C:\\Program Files\\Shop\\plugins\\tax.dll", 24, FITTING_PATH,
           "C:\\Prog" DOTS "\\plugins\\tax.dll");
    expect("libfoo.so.1.2.3.4", 10, FITTING_PATH, "lib" DOTS ".2.3.4");
    expect("/libfoo.so.1.2.3.4", 10, FITTING_PATH, "/li" DOTS ".2.3.4");
}

/* What can wait goes first, from the left; then all that may be cut gives way. */
static void test_columns(void **state)
{
    static const struct column columns[] = {
        {.name = "ms", .style = STYLE_MS},
        {.name = "size", .style = STYLE_BYTES, .flags = COLUMN_IF_WIDE},
        {.name = "name", .style = STYLE_TITLE},
        {.name = "cause", .flags = COLUMN_IF_WIDE},
        {.name = "path", .style = STYLE_PATH},
    };
    static const struct {
        size_t width, name, path;
        bool size, cause;
    } cases[] = {{121, 40, 50, true, true}, {120, 40, 49, true, true},  {100, 30, 38, true, true},
                 {65, 18, 26, false, true}, {60, 20, 28, false, false}, {30, 10, 18, false, false}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t widths[] = {8, 8, 40, 7, 50};
        bool shown[] = {true, true, true, true, true};
        fitting_columns(columns, 5, cases[i].width, widths, shown);
        assert_int_equal(widths[0], 8);
        assert_int_equal(widths[2], cases[i].name);
        assert_int_equal(widths[4], cases[i].path);
        assert_int_equal(shown[1], cases[i].size);
        assert_int_equal(shown[3], cases[i].cause);
    }
}

/* Words say least when they are cut: before that, columns go that can wait. */
static void test_words(void **state)
{
    static const struct column columns[] = {
        {.name = "name", .style = STYLE_TITLE},
        {.name = "why", .style = STYLE_WORDS},
        {.name = "phase", .flags = COLUMN_IF_WIDE},
        {.name = "path", .style = STYLE_PATH},
    };
    size_t widths[] = {16, 60, 7, 40};
    bool shown[] = {true, true, true, true};

    fitting_columns(columns, 4, 70, widths, shown);
    assert_false(shown[2]);
    assert_true(widths[0] == 16 && widths[1] >= 22 && widths[3] >= 26);
    assert_true(widths[0] + widths[1] + widths[3] + 4 <= 70);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_whole), cmocka_unit_test(test_end),     cmocka_unit_test(test_middle),
    cmocka_unit_test(test_path),  cmocka_unit_test(test_columns), cmocka_unit_test(test_words),
};
UNIT_MAIN(tests)
