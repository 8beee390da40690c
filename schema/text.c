/* See text.h. */
#include "text.h"

#include "array.h"

#include <stdio.h>
#include <string.h>

static char *put_escape(char *out, char letter, unsigned value, int digits)
{
    static const char hex[] = "0123456789ABCDEF";

    *out++ = '\\';
    *out++ = letter;
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
        *out++ = hex[value >> shift & 15];
    return out;
}

static char *put_code_point(char *out, uint32_t code_point)
{
    if (code_point < 0x80) {
        *out++ = (char)code_point;
    } else if (code_point < 0x800) {
        *out++ = (char)(0xC0 | code_point >> 6);
        *out++ = (char)(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        *out++ = (char)(0xE0 | code_point >> 12);
        *out++ = (char)(0x80 | (code_point >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code_point & 0x3F));
    } else {
        *out++ = (char)(0xF0 | code_point >> 18);
        *out++ = (char)(0x80 | (code_point >> 12 & 0x3F));
        *out++ = (char)(0x80 | (code_point >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code_point & 0x3F));
    }
    return out;
}

size_t text_decode(const char *bytes, size_t length, uint32_t *code_point)
{
    const unsigned char *in = (const unsigned char *)bytes;
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t size;
    uint32_t value;

    if (length == 0)
        return 0;
    if (in[0] < 0x80) {
        *code_point = in[0];
        return 1;
    }
    size = in[0] >= 0xF0 ? 4 : in[0] >= 0xE0 ? 3 : 2;
    if (in[0] < 0xC2 || in[0] > 0xF4 || size > length)
        return 0;
    value = in[0] & (0x7Fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((in[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (in[i] & 0x3F);
    }
    if (value < smallest[size] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *code_point = value;
    return size;
}

size_t text_from_bytes(const void *bytes, size_t length, char *out, bool *exact)
{
    const char *in = bytes;
    char *start = out;
    uint32_t code_point;

    *exact = true;
    for (size_t i = 0; i < length;) {
        size_t size = text_decode(in + i, length - i, &code_point);
        if (size == 0) {
            out = put_escape(out, 'x', (unsigned char)in[i++], 2);
            *exact = false;
            continue;
        }
        memcpy(out, in + i, size);
        out += size;
        i += size;
    }
    *out = '\0';
    return (size_t)(out - start);
}

size_t text_from_utf16(const uint16_t *units, size_t length, char *out, bool *exact)
{
    char *start = out;

    *exact = true;
    for (size_t i = 0; i < length; i++) {
        uint32_t unit = units[i];
        if (unit >= 0xD800 && unit <= 0xDBFF && i + 1 < length && units[i + 1] >= 0xDC00 &&
            units[i + 1] <= 0xDFFF) {
            out = put_code_point(out, 0x10000 + ((unit - 0xD800) << 10) + (units[++i] - 0xDC00u));
        } else if (unit >= 0xD800 && unit <= 0xDFFF) {
            out = put_escape(out, 'u', unit, 4);
            *exact = false;
        } else {
            out = put_code_point(out, unit);
        }
    }
    *out = '\0';
    return (size_t)(out - start);
}

/* Capitals from first to last, `step` apart, and how far it is from each to its small letter. */
struct capitals {
    uint16_t first, last;
    uint8_t step;
    int32_t distance;
};

static const struct capitals all_capitals[] = {
#include "letter_case.def"
};

static int compare_last(const void *item, const void *key)
{
    uint32_t last = ((const struct capitals *)item)->last, wanted = *(const uint32_t *)key;

    return (last > wanted) - (last < wanted);
}

uint32_t text_fold(uint32_t code_point)
{
    const size_t count = sizeof all_capitals / sizeof all_capitals[0];
    const struct capitals *capitals = all_capitals;

    if (code_point < 0x80)
        return code_point >= 'A' && code_point <= 'Z' ? code_point + 32 : code_point;
    capitals += array_lower_bound(capitals, count, sizeof *capitals, &code_point, compare_last);
    return capitals < all_capitals + count && code_point >= capitals->first &&
                   (code_point - capitals->first) % capitals->step == 0
               ? (uint32_t)((int32_t)code_point + capitals->distance)
               : code_point;
}

/* The next character and its size; a byte that is part of none is a character for itself. */
static size_t next_character(const char *text, uint32_t *character)
{
    size_t length = 1, size;

    *character = (unsigned char)*text;
    if (*character < 0x80)
        return 1;
    while (length < 4 && text[length] != '\0')
        length++;
    if ((size = text_decode(text, length, character)) != 0)
        return size;
    *character = 0x110000 + (unsigned char)*text;
    return 1;
}

size_t text_fold_into(const char *text, char *out)
{
    const char *start = out;
    uint32_t character;

    while (*text != '\0') {
        size_t size = next_character(text, &character);
        if (character > 0x10FFFF)
            *out++ = *text;
        else
            out = put_code_point(out, text_fold(character));
        text += size;
    }
    *out = '\0';
    return (size_t)(out - start);
}

int text_compare_ignoring_case(const char *a, const char *b)
{
    uint32_t left, right;

    do {
        a += next_character(a, &left);
        b += next_character(b, &right);
        left = text_fold(left);
        right = text_fold(right);
    } while (left == right && left != '\0');
    return (left > right) - (left < right);
}

bool text_equal_ignoring_case(const char *a, const char *b)
{
    return text_compare_ignoring_case(a, b) == 0;
}

/*
 * Matches c against the set after '['. Returns what follows the set, or NULL if it is not closed.
 */
static const char *match_set(const char *set, uint32_t c, bool ignore_case, bool *matches)
{
    bool negated = *set == '!' || *set == '^';
    const char *at = set + negated;

    *matches = false;
    do {
        uint32_t low, high;
        size_t size = next_character(at, &low);
        if (low == '\0')
            return NULL;
        high = low;
        at += size;
        if (at[0] == '-' && at[1] != ']' && at[1] != '\0')
            at += 1 + next_character(at + 1, &high);
        if ((c >= low && c <= high) ||
            (ignore_case && text_fold(c) >= text_fold(low) && text_fold(c) <= text_fold(high)))
            *matches = true;
    } while (*at != ']');
    *matches ^= negated;
    return at + 1;
}

/* Matches one glob element other than a star against one character. */
static bool match_one(const char **glob, const char **name, bool ignore_case)
{
    uint32_t wanted, c;
    const char *after;
    bool matches;
    size_t size = next_character(*name, &c);

    if (c == '\0')
        return false;
    *name += size;
    if (**glob == '[' && (after = match_set(*glob + 1, c, ignore_case, &matches)) != NULL) {
        *glob = after;
        return matches;
    }
    *glob += next_character(*glob, &wanted);
    return wanted == '?' || wanted == c || (ignore_case && text_fold(wanted) == text_fold(c));
}

bool text_glob(const char *glob, const char *name, bool ignore_case)
{
    const char *star = NULL, *star_name = NULL;
    uint32_t skipped;

    for (;;) {
        if (*glob == '*') {
            star = ++glob;
            star_name = name;
        } else if (*glob == '\0' && *name == '\0') {
            return true;
        } else if (*glob == '\0' || !match_one(&glob, &name, ignore_case)) {
            if (star == NULL || *star_name == '\0')
                return false;
            glob = star;
            name = star_name += next_character(star_name, &skipped);
        }
    }
}

static bool is_windows_path(const char *path)
{
    return (path[0] != '\0' && path[1] == ':') || (path[0] == '\\' && path[1] == '\\') ||
           strchr(path, '/') == NULL;
}

bool text_ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);

    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

const char *text_base_name(const char *path)
{
    bool windows = is_windows_path(path);
    const char *base = path;

    for (const char *at = path; *at != '\0'; at++)
        if ((*at == '/' || (windows && *at == '\\')) && at[1] != '\0')
            base = at + 1;
    return base;
}

size_t text_folder_bytes(const char *path, size_t length)
{
    while (length > 0 && path[length - 1] != '/' && path[length - 1] != '\\')
        length--;
    return length;
}

size_t text_cut(const char *text, size_t length, size_t limit)
{
    if (length <= limit)
        return length;
    while (limit > 0 && ((unsigned char)text[limit] & 0xC0) == 0x80)
        limit--;
    return limit;
}

const char *text_duration(char *out, int64_t ns)
{
    static const char *const units[] = {"us", "ms", "s"};
    double value = (double)ns / 1e3, size;
    size_t unit = 0;

    if (ns > -1000 && ns < 1000) {
        snprintf(out, TEXT_DURATION_CAPACITY, "%d ns", (int)ns);
        return out;
    }
    for (; unit < 2 && (value >= 999.5 || value <= -999.5); unit++)
        value /= 1e3;
    size = value < 0 ? -value : value;
    snprintf(out, TEXT_DURATION_CAPACITY, "%.*f %s",
             size < 9.995   ? 2
             : size < 99.95 ? 1
                            : 0,
             value, units[unit]);
    return out;
}

uint32_t text_hash(const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ at[i]) * 16777619u;
    return hash;
}

uint64_t text_hash_64(uint64_t hash, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}
