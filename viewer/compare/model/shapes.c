/* See shapes.h. */
#include "shapes.h"

#include <string.h>

enum {
    UUID_LENGTH = 36,
    MKDTEMP = 6,
    MKTEMP = 10, /* the program */
    PYTHON = 8,
    RANDOM_AT_LEAST = 4,
    HASH_DIGITS_AT_LEAST = 8,
    NUMBER_DIGITS_AT_LEAST = 6
};

static bool is_alphanumeric(char c)
{
    return shape_is_digit(c) || shape_is_letter(c);
}

size_t shape_uuid(const char *text, size_t length)
{
    if (length < UUID_LENGTH)
        return 0;
    for (size_t i = 0; i < UUID_LENGTH; i++)
        if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-' : !shape_is_hex(text[i]))
            return 0;
    return UUID_LENGTH;
}

size_t shape_hash(const char *text, size_t length, size_t at_least)
{
    size_t at = 0, digits = 0;

    for (; at < length && shape_is_hex(text[at]); at++)
        digits += shape_is_digit(text[at]);
    return at >= at_least && digits > 0 && digits < at &&
                   (at == length || !is_alphanumeric(text[at]))
               ? at
               : 0;
}

/* Letters, digits and _ only; `others`: how many are digits, _, or capitals behind the first. */
static bool is_word(const char *text, size_t length, size_t *others)
{
    *others = 0;
    for (size_t i = 0; i < length; i++) {
        if (!is_alphanumeric(text[i]) && text[i] != '_')
            return false;
        *others += !shape_is_letter(text[i]) || (i > 0 && text[i] >= 'A' && text[i] <= 'Z');
    }
    return true;
}

static const struct {
    const char *start, *end;
    size_t least, most; /* characters between the two */
} tools[] = {
    {"_MEI", "", 3, 12},
    {"_mei", "", 3, 12},
    {"ns", ".tmp", 2, 6},
    {"is-", ".tmp", 5, 5},
};

size_t shape_made_name(const char *name, size_t length, size_t *start)
{
    size_t others;

    for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++) {
        size_t before = strlen(tools[i].start), after = strlen(tools[i].end);
        if (length < before + tools[i].least + after || length > before + tools[i].most + after ||
            memcmp(name, tools[i].start, before) != 0 ||
            memcmp(name + length - after, tools[i].end, after) != 0 ||
            !is_word(name + before, length - before - after, &others))
            continue;
        *start = before;
        return length - before - after;
    }
    *start = 3;
    if (length == 3 + PYTHON && memcmp(name, "tmp", 3) == 0 && is_word(name + 3, PYTHON, &others) &&
        others > 0)
        return PYTHON;
    for (size_t random = MKDTEMP; random <= MKTEMP; random += MKTEMP - MKDTEMP) {
        *start = length - random;
        if (length > random + 1 && name[*start - 1] == '.' &&
            is_word(name + *start, random, &others) && others > 0)
            return random;
    }
    return 0;
}

static bool is_vowel(char c)
{
    return strchr("aeiouyAEIOUY", c) != NULL;
}

bool shape_is_random(const char *text, size_t length)
{
    size_t digits = 0, changes = 0, consonants = 0, longest = 0;

    for (size_t i = 0; i < length; i++) {
        bool is_digit = shape_is_digit(text[i]), is_capital = text[i] >= 'A' && text[i] <= 'Z';
        if (!is_digit && !shape_is_letter(text[i]) && text[i] != '_' && text[i] != '-')
            return false;
        digits += is_digit;
        if (i > 0 && shape_is_letter(text[i]))
            changes += shape_is_digit(text[i - 1]) ||
                       (is_capital && text[i - 1] >= 'a' && text[i - 1] <= 'z');
        consonants = shape_is_letter(text[i]) && !is_vowel(text[i]) ? consonants + 1 : 0;
        longest = consonants > longest ? consonants : longest;
    }
    /* a word, and a number behind it, are what a person writes */
    return length >= RANDOM_AT_LEAST && (changes > 0 || longest >= 5 || 2 * digits > length);
}

void shape_add_varying(struct buffer *out, const char *text, size_t length)
{
    size_t start, taken = shape_made_name(text, length, &start);

    if (taken > 0) {
        buffer_add(out, text, start);
        buffer_add_text(out, "{n}");
        buffer_add(out, text + start + taken, length - start - taken);
        return;
    }
    for (size_t i = 0; i < length; i += taken) {
        bool is_start = i == 0 || !is_alphanumeric(text[i - 1]);
        size_t digits = 0;
        while (i + digits < length && shape_is_digit(text[i + digits]))
            digits++;
        taken = is_start ? shape_hash(text + i, length - i, HASH_DIGITS_AT_LEAST) : 0;
        if (taken == 0 && digits >= NUMBER_DIGITS_AT_LEAST)
            taken = digits;
        if (taken > 0) {
            buffer_add_text(out, "{n}");
            continue;
        }
        taken = digits > 0 ? digits : 1;
        buffer_add(out, text + i, taken);
    }
}

void shape_add_without_uuids(struct buffer *out, const char *text, size_t length)
{
    for (size_t i = 0, taken; i < length; i += taken) {
        if ((taken = shape_uuid(text + i, length - i)) > 0)
            buffer_add_text(out, "{uuid}");
        else
            buffer_add(out, text + i, taken = 1);
    }
}
