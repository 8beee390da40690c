/* See module_key.h. */
#include "module_key.h"

#include "shapes.h"
#include "text.h"

#include <string.h>

enum { HASH_DIGITS_AT_LEAST = 8 };

void module_key_add_folded(struct buffer *out, const char *name, bool folds_case)
{
    if (folds_case)
        buffer_add_folded(out, name);
    else
        buffer_add_text(out, name);
}

/* Where the version after ".so" begins in "libfoo.so.1.2", or the length. */
static size_t without_so_version(const char *name, size_t length)
{
    size_t at = length;

    while (at > 0 && (shape_is_digit(name[at - 1]) || name[at - 1] == '.'))
        at--;
    return at >= 3 && at < length && name[at] == '.' && memcmp(name + at - 3, ".so", 3) == 0
               ? at
               : length;
}

/*
 * The length of the stem: up to the last dot of ".so", ".dll", ".exe" and the like, which have no
 * digits.
 */
static size_t stem_length(const char *name, size_t length)
{
    for (size_t i = length; i-- > 1;) {
        if (name[i] == '.')
            return i + 1 < length ? i : length;
        if (shape_is_digit(name[i]) || length - i > 8)
            break;
    }
    return length;
}

/*
 * "_json.cpython-311-x86_64-linux-gnu", "_json.abi3", "_json.cp311-win_amd64": what Python puts
 * behind a module's name.
 */
static size_t without_python_tag(const char *stem, size_t length)
{
    static const char *const tags[] = {".cpython-", ".abi3", ".cp3", ".pypy3"};

    for (size_t i = length; i-- > 1;)
        for (size_t k = 0; stem[i] == '.' && k < sizeof tags / sizeof tags[0]; k++)
            if (strlen(tags[k]) <= length - i && memcmp(stem + i, tags[k], strlen(tags[k])) == 0)
                return i;
    return length;
}

static size_t without_hash(const char *stem, size_t length)
{
    size_t at = length, digits = 0;

    for (; at > 0 && shape_is_hex(stem[at - 1]); at--)
        digits += shape_is_digit(stem[at - 1]);
    return at > 1 && strchr("-_.", stem[at - 1]) != NULL && length - at >= HASH_DIGITS_AT_LEAST &&
                   digits > 0
               ? at - 1
               : length;
}

/*
 * Takes "-1.2", "_1.2", "_1_2", "-1", and the "3.11" of python3.11 away; a lone number needs a
 * hyphen before it.
 */
static size_t without_version(const char *stem, size_t length)
{
    size_t at = length, parts = 1;
    bool has_v;

    if (length == 0 || !shape_is_digit(stem[length - 1]))
        return length;
    while (at > 0 && (shape_is_digit(stem[at - 1]) ||
                      ((stem[at - 1] == '.' || stem[at - 1] == '_') && at > 1 &&
                       shape_is_digit(stem[at - 2]) && shape_is_digit(stem[at])))) {
        parts += !shape_is_digit(stem[at - 1]);
        at--;
    }
    has_v = at > 1 && stem[at - 1] == 'v' && strchr("-_.", stem[at - 2]) != NULL;
    at -= has_v;
    if (at < 2 || (stem[at - 1] == '-' && at >= 4 && memcmp(stem + at - 4, "x86", 3) == 0))
        return length;
    if (stem[at - 1] == '-' ||
        ((parts > 1 || has_v) && (stem[at - 1] == '_' || stem[at - 1] == '.')))
        return at - 1;
    return parts > 1 && memchr(stem + at, '.', length - at) != NULL ? at : length;
}

void module_key_add(struct buffer *out, const char *name, bool folds_case)
{
    struct buffer folded = {0}, named = {0};
    const char *text;
    size_t length, stem, kept, before;

    module_key_add_folded(&folded, name, folds_case);
    shape_add_without_uuids(&named, folded.data, folded.length);
    text = buffer_text(&named);
    length = without_so_version(text, named.length);
    stem = stem_length(text, length);
    kept = without_python_tag(text, stem);
    do { /* a hash stands before or behind a version */
        before = kept;
        kept = without_version(text, without_hash(text, kept));
    } while (kept < before);
    shape_add_varying(out, text, kept);
    buffer_add(out, text + stem, length - stem);
    out->failed |= folded.failed || named.failed;
    buffer_release(&folded);
    buffer_release(&named);
}
