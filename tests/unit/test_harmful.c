/* Which code points may not reach a reader as they are: one of every class, and both ends. */
#include "harmful.h"
#include "unit.h"

static void expect_range(uint32_t first, uint32_t last)
{
    assert_false(first > 0 && harmful_is(first - 1));
    for (uint32_t c = first; c <= last; c++)
        if (!harmful_is(c))
            fail_msg("%X is let through", (unsigned)c);
    assert_false(harmful_is(last + 1));
}

static void test_controls(void **state)
{
    expect_range(0x00, 0x1F); /* C0 */
    expect_range(0x7F, 0x9F); /* DEL, C1 */
}

static void test_bidirectional_controls(void **state)
{
    expect_range(0x061C, 0x061C);
    assert_true(harmful_is(0x200E) && harmful_is(0x200F)); /* marks */
    for (uint32_t c = 0x202A; c <= 0x202E; c++)            /* embeddings, overrides */
        assert_true(harmful_is(c));
    for (uint32_t c = 0x2066; c <= 0x2069; c++) /* isolates */
        assert_true(harmful_is(c));
}

static void test_separators_of_lines_and_paragraphs(void **state)
{
    expect_range(0x2028, 0x202E);
}

static void test_what_cannot_be_seen(void **state)
{
    expect_range(0x00AD, 0x00AD);   /* soft hyphen */
    expect_range(0x180E, 0x180E);   /* Mongolian vowel separator */
    expect_range(0x200B, 0x200F);   /* zero width space, joiners */
    expect_range(0x2060, 0x206F);   /* word joiner, invisible operators, deprecated controls */
    expect_range(0xFEFF, 0xFEFF);   /* zero width no-break space */
    expect_range(0xFFF9, 0xFFFB);   /* interlinear annotation */
    expect_range(0xE0000, 0xE00FF); /* tags */
}

static void test_format_characters_of_scripts(void **state)
{
    expect_range(0x0600, 0x0605); /* Arabic number signs */
    expect_range(0x06DD, 0x06DD);
    expect_range(0x070F, 0x070F); /* Syriac abbreviation mark */
    expect_range(0x0890, 0x0891);
    expect_range(0x08E2, 0x08E2);
    expect_range(0x110BD, 0x110BD); /* Kaithi number signs */
    expect_range(0x110CD, 0x110CD);
    expect_range(0x13430, 0x1343F); /* Egyptian hieroglyphs */
    expect_range(0x1BCA0, 0x1BCA3); /* shorthand */
    expect_range(0x1D173, 0x1D17A); /* musical beams and slurs */
}

static void test_text_is_let_through(void **state)
{
    static const uint32_t text[] = {' ', '~', 0xA0, 0xE4, 0x5D0, 0x627, 0x3042, 0x1F600, 0x10FFFF};

    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        assert_false(harmful_is(text[i]));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_controls),
    cmocka_unit_test(test_bidirectional_controls),
    cmocka_unit_test(test_separators_of_lines_and_paragraphs),
    cmocka_unit_test(test_what_cannot_be_seen),
    cmocka_unit_test(test_format_characters_of_scripts),
    cmocka_unit_test(test_text_is_let_through),
};
UNIT_MAIN(tests)
