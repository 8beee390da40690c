/* text.c: what comes from a target stays visible, whatever its bytes; globs; base names. */
#include "unit.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

static void expect_bytes(const char *in, size_t length, const char *wanted, bool wanted_exact)
{
    char *copy = malloc(length + 1); /* of the exact size, for the sanitizer's sake */
    char *out = malloc(TEXT_FROM_BYTES_CAPACITY(length));
    bool exact;
    size_t written;

    copy = realloc(copy, length == 0 ? 1 : length);
    memcpy(copy, in, length);
    written = text_from_bytes(copy, length, out, &exact);
    assert_string_equal(out, wanted);
    assert_int_equal(written, strlen(wanted));
    assert_int_equal(exact, wanted_exact);
    free(out);
    free(copy);
}

static void test_bytes_that_are_utf8_stay(void **state)
{
    expect_bytes("", 0, "", true);
    expect_bytes("plain", 5, "plain", true);
    expect_bytes("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", 9, "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80",
                 true);
    expect_bytes("\xF4\x8F\xBF\xBF", 4, "\xF4\x8F\xBF\xBF", true);
    expect_bytes("tab\t\x01", 5, "tab\t\x01", true);
}

static void test_bytes_that_are_not_become_escapes(void **state)
{
    expect_bytes("a\xFFz", 3, "a\\xFFz", false);
    expect_bytes("\x80", 1, "\\x80", false);
    expect_bytes("\xC0\xAF", 2, "\\xC0\\xAF", false);                   /* overlong */
    expect_bytes("\xE0\x80\x80", 3, "\\xE0\\x80\\x80", false);          /* overlong */
    expect_bytes("\xF0\x80\x80\x80", 4, "\\xF0\\x80\\x80\\x80", false); /* overlong */
    expect_bytes("\xED\xA0\x80", 3, "\\xED\\xA0\\x80", false);          /* a surrogate */
    expect_bytes("\xF4\x90\x80\x80", 4, "\\xF4\\x90\\x80\\x80", false); /* above 10FFFF */
    expect_bytes("\xF5\x80\x80\x80", 4, "\\xF5\\x80\\x80\\x80", false);
    expect_bytes("\xC3(", 2, "\\xC3(", false);
}

static void test_cut_sequences_at_the_end(void **state)
{
    expect_bytes("\xC3", 1, "\\xC3", false);
    expect_bytes("\xE2\x82", 2, "\\xE2\\x82", false);
    expect_bytes("\xF0\x9F\x98", 3, "\\xF0\\x9F\\x98", false);
}

static void test_nul_bytes_are_kept(void **state)
{
    char out[TEXT_FROM_BYTES_CAPACITY(3)];
    bool exact;

    assert_int_equal(text_from_bytes("a\0b", 3, out, &exact), 3);
    assert_memory_equal(out, "a\0b", 4);
}

static void test_capacity_is_enough_for_the_worst(void **state)
{
    enum { COUNT = 1000 };
    unsigned char bytes[COUNT];
    uint16_t units[COUNT];
    char *out = malloc(TEXT_FROM_BYTES_CAPACITY(COUNT));
    bool exact;

    memset(bytes, 0xFF, sizeof bytes);
    assert_int_equal(text_from_bytes(bytes, COUNT, out, &exact),
                     TEXT_FROM_BYTES_CAPACITY(COUNT) - 1);
    free(out);
    out = malloc(TEXT_FROM_UTF16_CAPACITY(COUNT));
    for (int i = 0; i < COUNT; i++)
        units[i] = 0xD800;
    assert_int_equal(text_from_utf16(units, COUNT, out, &exact),
                     TEXT_FROM_UTF16_CAPACITY(COUNT) - 1);
    free(out);
}

static void test_utf16(void **state)
{
    static const uint16_t fine[] = {'a', 0xE4, 0x20AC, 0xD83D, 0xDE00, 0xFFFD};
    static const uint16_t lone[] = {0xDC00, 'x', 0xD83D, 'y', 0xD83D};
    char out[TEXT_FROM_UTF16_CAPACITY(6)];
    bool exact;

    assert_int_equal(text_from_utf16(fine, 6, out, &exact), 13);
    assert_string_equal(out, "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\xEF\xBF\xBD");
    assert_true(exact);
    text_from_utf16(lone, 5, out, &exact);
    assert_string_equal(out, "\\uDC00x\\uD83Dy\\uD83D");
    assert_false(exact);
    assert_int_equal(text_from_utf16(fine, 0, out, &exact), 0);
    assert_string_equal(out, "");
    assert_true(exact);
}

static void test_decode(void **state)
{
    uint32_t code_point = 0;

    assert_int_equal(text_decode("", 0, &code_point), 0);
    assert_int_equal(text_decode("a", 1, &code_point), 1);
    assert_int_equal(code_point, 'a');
    assert_int_equal(text_decode("\xF0\x9F\x98\x80", 4, &code_point), 4);
    assert_int_equal(code_point, 0x1F600);
    assert_int_equal(text_decode("\xF0\x9F\x98\x80", 3, &code_point), 0);
    assert_int_equal(text_decode("\xC2\x80", 2, &code_point), 2);
    assert_int_equal(code_point, 0x80);
}

/* Every code point of Unicode survives the way through UTF-16 and decoding. */
static void test_all_code_points(void **state)
{
    char out[TEXT_FROM_UTF16_CAPACITY(2)];
    uint32_t decoded;
    bool exact;

    for (uint32_t code_point = 1; code_point <= 0x10FFFF; code_point++) {
        uint16_t units[2] = {(uint16_t)code_point, 0};
        size_t count = 1, length;
        if (code_point >= 0xD800 && code_point <= 0xDFFF)
            continue;
        if (code_point >= 0x10000) {
            units[0] = (uint16_t)(0xD7C0 + (code_point >> 10));
            units[1] = (uint16_t)(0xDC00 + (code_point & 0x3FF));
            count = 2;
        }
        length = text_from_utf16(units, count, out, &exact);
        if (!exact || text_decode(out, length, &decoded) != length || decoded != code_point)
            fail_msg("code point %X", (unsigned)code_point);
    }
}

static void test_equal_ignoring_case(void **state)
{
    assert_true(text_equal_ignoring_case("", ""));
    assert_true(text_equal_ignoring_case("KERNEL32.dll", "kernel32.DLL"));
    assert_false(text_equal_ignoring_case("a", "ab"));
    assert_false(text_equal_ignoring_case("ab", "a"));
    assert_false(text_equal_ignoring_case("[", "{")); /* 32 apart, but no letters */
    assert_false(text_equal_ignoring_case("\xFF", "\xFE"));
    assert_false(text_equal_ignoring_case("\xC3", "\xE3"));
}

/* Each pair once, both ways; what stands for itself stays. */
static void test_case_beyond_ascii(void **state)
{
    static const struct {
        const char *capital, *small;
    } pairs[] = {
        {"ÄPFEL.DLL", "äpfel.dll"},
        {"ÝÞŸ", "ýþÿ"},
        {"ŽŁ", "žł"},
        {"ΑΩΣ", "αωσ"},
        {"ДЯЁ", "дяё"},
        {"ԱՖ", "աֆ"},
        {"ẞẼ", "ẞẽ"},
        {"ǅǄ", "ǅǆ"},
        {"ⱢȺ", "ɫⱥ"},
        {"ＡＺ", "ａｚ"},
        {"\xC4\xFF", "\xC4\xFF"},
        {"İıſςµß÷×", "İıſςµß÷×"},
        {"漢字😀", "漢字😀"},
    };
    char folded[64];

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_int_equal(text_fold_into(pairs[i].capital, folded), strlen(pairs[i].small));
        assert_string_equal(folded, pairs[i].small);
        assert_true(text_equal_ignoring_case(pairs[i].small, pairs[i].capital));
    }
    assert_false(text_equal_ignoring_case("ä", "a"));
    assert_false(text_equal_ignoring_case("ς", "σ"));
    for (uint32_t code_point = 0; code_point <= 0x10FFFF; code_point++)
        if (text_fold(text_fold(code_point)) != text_fold(code_point))
            fail_msg("code point %X", (unsigned)code_point);
}

static void test_glob_stars(void **state)
{
    assert_true(text_glob("", "", false));
    assert_false(text_glob("", "a", false));
    assert_true(text_glob("*", "", false));
    assert_true(text_glob("**", "abc", false));
    assert_true(text_glob("a*c", "abbbc", false));
    assert_false(text_glob("a*c", "abbbd", false));
    assert_true(text_glob("*.dll", "a.dll.dll", false));
    assert_true(text_glob("*ab*ab*", "xxabyyabzz", false));
    assert_false(text_glob("*ab*ab*", "xxabyyazz", false));
    assert_false(text_glob("abc", "abcd", false));
    assert_false(text_glob("abcd", "abc", false));
}

static void test_glob_question_mark_is_one_character(void **state)
{
    assert_true(text_glob("a?c", "abc", false));
    assert_true(text_glob("a?c",
                          "a\xE2\x82\xAC"
                          "c",
                          false));
    assert_true(text_glob("a?c",
                          "a\xFF"
                          "c",
                          false));
    assert_true(text_glob("*\xE2\x82\xAC?", "\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC", false));
    assert_false(text_glob("?", "", false));
}

static void test_glob_sets(void **state)
{
    assert_true(text_glob("[abc]", "b", false));
    assert_false(text_glob("[abc]", "d", false));
    assert_true(text_glob("lib[a-f0-9]*", "libc.so", false));
    assert_true(text_glob("[!a-c]", "d", false));
    assert_false(text_glob("[!a-c]", "b", false));
    assert_true(text_glob("[]]", "]", false));
    assert_true(text_glob("[a-]", "-", false));
    assert_true(text_glob("[*]", "*", false));
    assert_false(text_glob("[*]", "x", false));
    assert_false(text_glob("[abc]", "", false));
}

static void test_glob_unclosed_bracket_stands_for_itself(void **state)
{
    assert_true(text_glob("[", "[", false));
    assert_true(text_glob("a[b", "a[b", false));
    assert_true(text_glob("[a-", "[a-", false));
    assert_true(text_glob("[!", "[!", false));
    assert_true(text_glob("[]", "[]", false));
    assert_false(text_glob("[a", "a", false));
}

static void test_glob_case(void **state)
{
    assert_true(text_glob("KERNEL*", "kernel32.dll", true));
    assert_false(text_glob("KERNEL*", "kernel32.dll", false));
    assert_true(text_glob("[a-c]X", "Bx", true));
    assert_true(text_glob("[A-C]", "b", true));
    assert_false(text_glob("[!A-C]", "b", true));
    assert_true(text_glob("ÄPFEL*", "äpfel.dll", true));
    assert_true(text_glob("äpfel*", "ÄPFEL.DLL", true));
    assert_false(text_glob("ÄPFEL*", "äpfel.dll", false));
    assert_true(text_glob("[À-Ö]?[!a]", "äÖß", true));
    assert_true(text_glob("[äö]x", "öx", false));
    assert_false(text_glob("[äö]x", "üx", false));
    assert_true(text_glob("*[ä]", "aä", false));
    assert_false(text_glob("*[!a-zä]", "xä", false));
}

/* Must not take exponential time. */
static void test_glob_hostile(void **state)
{
    char name[4001], glob[401];

    memset(name, 'a', 4000);
    name[4000] = '\0';
    for (int i = 0; i < 400; i += 2)
        memcpy(glob + i, "*a", 2);
    glob[400] = '\0';
    assert_true(text_glob(glob, name, false));
    glob[399] = 'b';
    assert_false(text_glob(glob, name, false));
}

static void test_base_name(void **state)
{
    assert_string_equal(text_base_name("/usr/lib/libc.so.6"), "libc.so.6");
    assert_string_equal(text_base_name("libc.so.6"), "libc.so.6");
    assert_string_equal(text_base_name("C:\\Windows\\System32\\ntdll.dll"), "ntdll.dll");
    assert_string_equal(text_base_name("C:/mixed\\a.dll"), "a.dll");
    assert_string_equal(text_base_name("\\\\server\\share\\b.dll"), "b.dll");
    assert_string_equal(text_base_name("/home/odd\\name"), "odd\\name");
    assert_string_equal(text_base_name(""), "");
    assert_string_equal(text_base_name("/"), "/");
}

static void test_duration(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {{0, "0 ns"},
                 {999, "999 ns"},
                 {1000, "1.00 us"},
                 {9994, "9.99 us"},
                 {9995, "10.0 us"},
                 {999499, "999 us"},
                 {999500, "1.00 ms"},
                 {-1500000, "-1.50 ms"},
                 {999499999, "999 ms"},
                 {999500000, "1.00 s"},
                 {56549100000, "56.5 s"},
                 {-999, "-999 ns"},
                 {INT64_MAX, "9223372037 s"},
                 {INT64_MIN, "-9223372037 s"}};
    char text[TEXT_DURATION_CAPACITY];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(text_duration(text, cases[i].ns), cases[i].text);
}

static void test_ends(void **state)
{
    assert_true(text_ends_with("image_module_id", "module_id"));
    assert_true(text_ends_with("module_id", "module_id"));
    assert_false(text_ends_with("id", "module_id"));
    assert_false(text_ends_with("module_ids", "module_id"));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_bytes_that_are_utf8_stay),
    cmocka_unit_test(test_bytes_that_are_not_become_escapes),
    cmocka_unit_test(test_cut_sequences_at_the_end),
    cmocka_unit_test(test_nul_bytes_are_kept),
    cmocka_unit_test(test_capacity_is_enough_for_the_worst),
    cmocka_unit_test(test_utf16),
    cmocka_unit_test(test_decode),
    cmocka_unit_test(test_all_code_points),
    cmocka_unit_test(test_equal_ignoring_case),
    cmocka_unit_test(test_case_beyond_ascii),
    cmocka_unit_test(test_glob_stars),
    cmocka_unit_test(test_glob_question_mark_is_one_character),
    cmocka_unit_test(test_glob_sets),
    cmocka_unit_test(test_glob_unclosed_bracket_stands_for_itself),
    cmocka_unit_test(test_glob_case),
    cmocka_unit_test(test_glob_hostile),
    cmocka_unit_test(test_base_name),
    cmocka_unit_test(test_duration),
    cmocka_unit_test(test_ends),
};
UNIT_MAIN(tests)
