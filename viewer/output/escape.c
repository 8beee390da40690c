/* See escape.h. */
#include "escape.h"

#include "harmful.h"
#include "text.h"

void escape_for_terminal(struct buffer *out, const char *text, size_t length)
{
    char escape[HARMFUL_ESCAPE_CAPACITY];
    size_t done = 0, size;

    for (size_t at = 0; at < length; at += size) {
        if (!harmful_escape(text + at, length - at, &size, escape))
            continue;
        buffer_add(out, text + done, at - done);
        buffer_add_text(out, escape);
        done = at + size;
    }
    buffer_add(out, text + done, length - done);
}

/* How many bytes from `at` on are plain in JSON. */
static size_t plain_bytes(const char *text, size_t length, size_t at, bool is_document)
{
    size_t start = at;

    while (at < length && text[at] >= ' ' && text[at] < 0x7F &&
           (is_document || (text[at] != '"' && text[at] != '\\')))
        at++;
    return at - start;
}

/*
 * Common to strings and documents: in a document quotes and backslashes are already as JSON wants
 * them.
 */
static void escape_for_json(struct buffer *out, const char *text, size_t length, bool is_document)
{
    size_t done = 0;

    for (size_t at = 0; at < length;) {
        uint32_t c = 0;
        size_t size;
        bool is_special;
        if ((at += plain_bytes(text, length, at, is_document)) == length)
            break;
        size = text_decode(text + at, length - at, &c);
        is_special = c == '"' || c == '\\' || harmful_is(c);
        if (is_document)
            is_special = c >= 0x7F && harmful_is(c); /* white space between values may stay */
        if (size > 0 && !is_special) {
            at += size;
            continue;
        }
        buffer_add(out, text + done, at - done);
        if (size == 0)
            buffer_format(out, "\\\\x%02X", (unsigned char)text[at]);
        else if (c == '"' || c == '\\')
            buffer_format(out, "\\%c", (int)c);
        else if (c == '\n' || c == '\r' || c == '\t')
            buffer_format(out, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
        else if (c > 0xFFFF)
            buffer_format(out, "\\u%04x\\u%04x", 0xD7C0 + (unsigned)(c >> 10),
                          0xDC00 + (unsigned)(c & 0x3FF));
        else
            buffer_format(out, "\\u%04x", (unsigned)c);
        at += size ? size : 1;
        done = at;
    }
    buffer_add(out, text + done, length - done);
}

void escape_json_string(struct buffer *out, const char *text, size_t length)
{
    buffer_add_char(out, '"');
    escape_for_json(out, text, length, false);
    buffer_add_char(out, '"');
}

void escape_json_document(struct buffer *out, const char *text, size_t length)
{
    escape_for_json(out, text, length, true);
}

/*
 * After Unicode's EastAsianWidth and the common combining blocks; a terminal may differ, which
 * costs only alignment.
 */
static size_t cells_of(uint32_t c)
{
    if ((c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200D) ||
        (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF)
        return 0;
    if ((c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
        (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
        (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
        (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) ||
        (c >= 0x20000 && c <= 0x3FFFD))
        return 2;
    return 1;
}

size_t escape_display_width(const char *text, size_t length)
{
    size_t width = 0;

    for (size_t at = 0; at < length;) {
        uint32_t c = ' ';
        size_t size = text_decode(text + at, length - at, &c);
        width += cells_of(c);
        at += size ? size : 1;
    }
    return width;
}

size_t escape_fitting_bytes(const char *text, size_t length, size_t width)
{
    size_t at = 0;

    while (at < length) {
        uint32_t c = ' ';
        size_t size = text_decode(text + at, length - at, &c);
        if (cells_of(c) > width)
            break;
        width -= cells_of(c);
        at += size ? size : 1;
    }
    return at;
}
