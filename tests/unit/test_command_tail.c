/*
 * The part of a Windows command line from an argument on must be found by the rules that made argv.
 */
#include "platform/windows/services/command_tail.h"

#include "unit.h"

#include <string.h>

enum { LINE_MAX = 256 };

struct sample {
    const char *line;
    unsigned index;
    enum command_line_rules rules;
    const char *tail;
};

static const struct sample samples[] = {
    {"trailrec -- app.exe  --x", 0, COMMAND_LINE_UCRT, "trailrec -- app.exe  --x"},
    {"trailrec -- app.exe  --x", 1, COMMAND_LINE_UCRT, "-- app.exe  --x"},
    {"trailrec -- app.exe  --x", 2, COMMAND_LINE_UCRT, "app.exe  --x"},
    {"trailrec -- app.exe  --x", 3, COMMAND_LINE_UCRT, "--x"},
    {"trailrec -- app.exe  --x", 4, COMMAND_LINE_UCRT, ""},
    {"trailrec -- app.exe  --x", 9, COMMAND_LINE_UCRT, ""},
    {"", 0, COMMAND_LINE_UCRT, ""},
    {"", 1, COMMAND_LINE_UCRT, ""},
    {"trailrec", 1, COMMAND_LINE_UCRT, ""},
    {"trailrec   ", 1, COMMAND_LINE_UCRT, ""},
    {" a b", 1, COMMAND_LINE_UCRT, "a b"}, /* an empty program name */

    /* What follows is kept as it was typed. */
    {"t -o x   \"my app.exe\" \"a\"\"b\"  c\\\\\"d  ", 3, COMMAND_LINE_UCRT,
     "\"my app.exe\" \"a\"\"b\"  c\\\\\"d  "},
    {"t\t-q \t app", 2, COMMAND_LINE_UCRT, "app"},

    /* In the program name a quote ends what a quote began, and a backslash is nothing special. */
    {"\"C:\\Program Files\\t.exe\" app", 1, COMMAND_LINE_UCRT, "app"},
    {"\"C:\\Program Files\\t.exe\" app", 1, COMMAND_LINE_MSVCRT, "app"},
    {"\"C:\\dir\\\" app", 1, COMMAND_LINE_UCRT, "app"},
    {"C:\\dir\\t.exe app", 1, COMMAND_LINE_MSVCRT, "app"},
    {"\"a\"b c", 1, COMMAND_LINE_UCRT, "c"},
    {"\"a\"b c", 1, COMMAND_LINE_MSVCRT, "b c"},
    {"\"never closed", 1, COMMAND_LINE_UCRT, ""},
    {"\"never closed", 1, COMMAND_LINE_MSVCRT, ""},

    /* Quotes and backslashes in arguments. */
    {"t \"a b\" c", 2, COMMAND_LINE_UCRT, "c"},
    {"t a\" \"b c", 2, COMMAND_LINE_UCRT, "c"},
    {"t \"\" c", 2, COMMAND_LINE_UCRT, "c"},
    {"t \"\" c", 2, COMMAND_LINE_MSVCRT, "c"},
    {"t a\\\"b c", 2, COMMAND_LINE_UCRT, "c"},          /* a\"b: the quote is escaped */
    {"t a\\\\\"b c\" d", 2, COMMAND_LINE_UCRT, "d"},    /* a\\"b c": it is not */
    {"t a\\\\\\\"b c", 2, COMMAND_LINE_UCRT, "c"},      /* a\\\"b: it is */
    {"t \"C:\\x y\\\\\" c", 2, COMMAND_LINE_UCRT, "c"}, /* "C:\x y\\" */
    {"t \"C:\\x y\\\" c", 2, COMMAND_LINE_UCRT, ""},    /* "C:\x y\" c: still inside */
    {"t a\\b\\ c", 2, COMMAND_LINE_UCRT, "c"},
    {"t \"open x", 2, COMMAND_LINE_UCRT, ""},

    /* "" inside quotes: a quote; then the old runtime is outside, the new one still inside. */
    {"t \"a\"\"b c\" d", 2, COMMAND_LINE_UCRT, "d"},
    {"t \"a\"\"b c\" d", 2, COMMAND_LINE_MSVCRT, "c\" d"},
    {"t \"\"\"a b\"\"\" c", 2, COMMAND_LINE_UCRT, "c"},
    {"t \"\"\" a", 2, COMMAND_LINE_MSVCRT, "a"},
};

static void widen(const char *text, uint16_t *out)
{
    size_t length = strlen(text);

    assert_true(length < LINE_MAX);
    for (size_t i = 0; i <= length; i++)
        out[i] = (unsigned char)text[i];
}

static void test_tail_is_found(void **state)
{
    uint16_t line[LINE_MAX];

    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const struct sample *sample = &samples[i];
        widen(sample->line, line);
        assert_string_equal(sample->line + command_tail(line, sample->index, sample->rules),
                            sample->tail);
    }
}

/* Whatever the line, an offset beyond its end would be a read beyond it. */
static void test_tail_never_passes_the_end(void **state)
{
    static const char alphabet[] = "\" \\a";
    uint16_t line[9] = {0};

    for (unsigned number = 0; number < 1u << 16; number++) {
        for (unsigned i = 0; i < 8; i++)
            line[i] = (unsigned char)alphabet[number >> 2 * i & 3];
        for (unsigned index = 0; index < 6; index++) {
            size_t old = command_tail(line, index, COMMAND_LINE_MSVCRT),
                   ucrt = command_tail(line, index, COMMAND_LINE_UCRT);
            assert_true(old <= 8 && ucrt <= 8);
            assert_true(old >=
                        (index > 0 ? command_tail(line, index - 1, COMMAND_LINE_MSVCRT) : 0));
            assert_true(ucrt >= (index > 0 ? command_tail(line, index - 1, COMMAND_LINE_UCRT) : 0));
        }
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_tail_is_found),
    cmocka_unit_test(test_tail_never_passes_the_end),
};

UNIT_MAIN(tests)
