/* See json.h. A recursive-descent reader over [at, end) that validates while it skips. */
#include "json.h"

#include "text.h"

#include <string.h>

enum { DEEPEST = 64 };

struct reader {
    const char *at, *end;
};

static bool skip_value(struct reader *reader, int depth);

static void skip_space(struct reader *reader)
{
    while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) != NULL &&
           *reader->at != '\0')
        reader->at++;
}

static bool take(struct reader *reader, char c)
{
    skip_space(reader);
    if (reader->at == reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool skip_escape(struct reader *reader)
{
    char c = reader->at < reader->end ? *reader->at++ : '\0';

    if (c != 'u')
        return c != '\0' && strchr("\"\\/bfnrt", c) != NULL;
    for (int i = 0; i < 4; i++)
        if (reader->at == reader->end || hex_digit(*reader->at++) < 0)
            return false;
    return true;
}

static bool skip_string(struct reader *reader)
{
    if (!take(reader, '"'))
        return false;
    while (reader->at < reader->end) {
        unsigned char c = (unsigned char)*reader->at++;
        if (c == '"')
            return true;
        if (c < 0x20 || (c == '\\' && !skip_escape(reader)))
            return false;
    }
    return false;
}

static bool skip_digits(struct reader *reader)
{
    const char *start = reader->at;

    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
        reader->at++;
    return reader->at > start;
}

static bool skip_number(struct reader *reader)
{
    const char *first;

    if (reader->at < reader->end && *reader->at == '-')
        reader->at++;
    first = reader->at;
    if (!skip_digits(reader) || (*first == '0' && reader->at - first > 1))
        return false;
    if (reader->at < reader->end && *reader->at == '.') {
        reader->at++;
        if (!skip_digits(reader))
            return false;
    }
    if (reader->at < reader->end && (*reader->at == 'e' || *reader->at == 'E')) {
        reader->at++;
        if (reader->at < reader->end && (*reader->at == '+' || *reader->at == '-'))
            reader->at++;
        return skip_digits(reader);
    }
    return true;
}

static bool skip_word(struct reader *reader, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0)
        return false;
    reader->at += length;
    return true;
}

static bool skip_container(struct reader *reader, int depth, bool is_object)
{
    char close = is_object ? '}' : ']';

    reader->at++;
    if (depth == 0)
        return false;
    if (take(reader, close))
        return true;
    do {
        if (is_object && (!skip_string(reader) || !take(reader, ':')))
            return false;
        if (!skip_value(reader, depth - 1))
            return false;
    } while (take(reader, ','));
    return take(reader, close);
}

static bool skip_value(struct reader *reader, int depth)
{
    skip_space(reader);
    if (reader->at == reader->end)
        return false;
    switch (*reader->at) {
    case '{':
        return skip_container(reader, depth, true);
    case '[':
        return skip_container(reader, depth, false);
    case '"':
        return skip_string(reader);
    case 't':
        return skip_word(reader, "true");
    case 'f':
        return skip_word(reader, "false");
    case 'n':
        return skip_word(reader, "null");
    default:
        return skip_number(reader);
    }
}

bool json_is_container(const char *text, size_t length)
{
    struct reader reader = {text, text + length};

    skip_space(&reader);
    if (reader.at == reader.end || (*reader.at != '{' && *reader.at != '['))
        return false;
    if (!skip_value(&reader, DEEPEST))
        return false;
    skip_space(&reader);
    return reader.at == reader.end;
}

static uint16_t read_unit(const char *digits)
{
    unsigned value = 0;

    for (int i = 0; i < 4; i++)
        value = value << 4 | (unsigned)hex_digit(digits[i]);
    return (uint16_t)value;
}

/* Decodes \uXXXX (and the second half of a surrogate pair); returns what follows it. */
static const char *unescape_unit(struct buffer *out, const char *at, const char *end)
{
    char text[TEXT_FROM_UTF16_CAPACITY(2)];
    uint16_t units[2] = {read_unit(at), 0};
    size_t count = 1;
    bool exact;

    at += 4;
    if (units[0] >= 0xD800 && units[0] <= 0xDBFF && end - at >= 6 && at[0] == '\\' &&
        at[1] == 'u') {
        units[1] = read_unit(at + 2);
        if (units[1] >= 0xDC00 && units[1] <= 0xDFFF) {
            count = 2;
            at += 6;
        }
    }
    buffer_add(out, text, text_from_utf16(units, count, text, &exact));
    return at;
}

/* Adds what is between the quotes of a valid string, decoded. */
static void unescape(struct buffer *out, const char *at, const char *end)
{
    static const char letters[] = "bfnrt", controls[] = "\b\f\n\r\t";

    while (at < end) {
        const char *letter;
        if (*at != '\\') {
            buffer_add_char(out, *at++);
            continue;
        }
        at++;
        if (*at == 'u') {
            at = unescape_unit(out, at + 1, end);
            continue;
        }
        letter = strchr(letters, *at);
        buffer_add_char(out, letter != NULL ? controls[letter - letters] : *at);
        at++;
    }
}

static bool is_bare(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == ' ' || text[i] == '"' || text[i] == '=')
            return false;
    return length > 0;
}

static void add_string_value(struct buffer *out, const char *start, const char *end)
{
    struct buffer value = {0};

    unescape(&value, start, end);
    out->failed |= value.failed;
    if (is_bare(buffer_text(&value), value.length)) {
        buffer_add(out, value.data, value.length);
    } else {
        buffer_add_char(out, '"');
        for (size_t i = 0; i < value.length; i++) {
            if (value.data[i] == '"')
                buffer_add_char(out, '\\');
            buffer_add_char(out, value.data[i]);
        }
        buffer_add_char(out, '"');
    }
    buffer_release(&value);
}

void json_to_pairs(struct buffer *out, const char *text, size_t length)
{
    struct reader reader = {text, text + length};
    const char *separator = "";

    if (!json_is_container(text, length) || !take(&reader, '{')) {
        buffer_add(out, text, length);
        return;
    }
    do {
        const char *key, *key_end, *value;
        skip_space(&reader);
        key = reader.at + 1;
        if (!skip_string(&reader))
            return; /* the object is empty */
        key_end = reader.at - 1;
        take(&reader, ':');
        skip_space(&reader);
        value = reader.at;
        skip_value(&reader, DEEPEST);
        if (*value == 'n' || (*value == '[' && value[1] == ']'))
            continue;
        buffer_add_text(out, separator);
        unescape(out, key, key_end);
        buffer_add_char(out, '=');
        if (*value == '"')
            add_string_value(out, value + 1, reader.at - 1);
        else
            buffer_add(out, value, (size_t)(reader.at - value));
        separator = " ";
    } while (take(&reader, ','));
}
