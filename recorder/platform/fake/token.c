/* See token.h. */
#include "token.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

int token_complain(struct token_reader *reader, const char *at, const char *format, ...)
{
    char sentence[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return error_set(reader->error, TRAIL_NOT_EXECUTABLE, 0, "%.200s:%u:%u: %s", reader->name,
                     reader->line_number, (unsigned)(at - reader->line) + 1, sentence);
}

int token_hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c);

    return found == NULL ? -1 : (int)(found - digits);
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Resolves one escape after its backslash into *out. */
static int read_escape(struct token_reader *reader, char *out)
{
    static const char letters[] = "nt\"\\", meanings[] = "\n\t\"\\";
    const char *at = reader->at, *found;

    if (at == reader->end)
        return token_complain(
            reader, at, "expected an escape (\\n \\t \\xHH \\\" \\\\) at the end of the line");
    if (*at == 'x' && reader->end - at >= 3 && token_hex_digit(at[1]) >= 0 &&
        token_hex_digit(at[2]) >= 0) {
        *out = (char)(token_hex_digit(at[1]) << 4 | token_hex_digit(at[2]));
        reader->at += 3;
        return 0;
    }
    if (*at == '\0' || (found = strchr(letters, *at)) == NULL)
        return token_complain(reader, at - 1, "expected an escape (\\n \\t \\xHH \\\" \\\\)");
    *out = meanings[found - letters];
    reader->at++;
    return 0;
}

static int read_quoted(struct token_reader *reader, struct token *token)
{
    const char *opening = reader->at++;
    char *out = reader->buffer;

    while (reader->at < reader->end && *reader->at != '"') {
        char c = *reader->at++;
        if (c == '\\' && read_escape(reader, &c) != 0)
            return -1;
        *out++ = c;
    }
    if (reader->at == reader->end)
        return token_complain(reader, opening, "expected a closing quote");
    reader->at++;
    if (reader->at < reader->end && !is_blank(*reader->at))
        return token_complain(reader, reader->at, "expected a space after the closing quote");
    token->value_length = (size_t)(out - reader->buffer);
    return 0;
}

static int read_value(struct token_reader *reader, struct token *token)
{
    token->value_start = reader->at;
    token->value = reader->buffer;
    if (reader->at < reader->end && *reader->at == '"') {
        if (read_quoted(reader, token) != 0)
            return -1;
    } else {
        while (reader->at < reader->end && !is_blank(*reader->at))
            reader->at++;
        token->value_length = (size_t)(reader->at - token->value_start);
        memcpy(token->value, token->value_start, token->value_length);
    }
    token->value[token->value_length] = '\0';
    return 0;
}

int token_read(struct token_reader *reader, struct token *token)
{
    size_t length;

    memset(token, 0, sizeof *token);
    while (reader->at < reader->end && is_blank(*reader->at))
        reader->at++;
    if (reader->at == reader->end || *reader->at == '#')
        return 0;
    token->start = reader->at;
    while (reader->at < reader->end && is_word_char(*reader->at))
        reader->at++;
    length = (size_t)(reader->at - token->start);
    if (length == 0)
        return token_complain(reader, token->start, "expected a word");
    if (length > TOKEN_WORD_MAX)
        return token_complain(reader, token->start, "expected a word of at most %d letters",
                              TOKEN_WORD_MAX);
    memcpy(token->word, token->start, length);
    if (reader->at == reader->end || is_blank(*reader->at))
        return 1;
    if (*reader->at != '=')
        return token_complain(reader, reader->at, "expected '=' or a space after '%s'",
                              token->word);
    reader->at++;
    return read_value(reader, token) == 0 ? 1 : -1;
}

int token_scan_number(const char **at, uint64_t most, uint64_t *number)
{
    const char *digits = *at;
    unsigned base = 10;

    if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X')) {
        base = 16;
        digits += 2;
    }
    *at = digits;
    *number = 0;
    for (; token_hex_digit(**at) >= 0 && (unsigned)token_hex_digit(**at) < base; ++*at) {
        unsigned digit = (unsigned)token_hex_digit(**at);
        if (digit > most || *number > (most - digit) / base)
            return -1;
        *number = *number * base + digit;
    }
    return *at > digits ? 0 : -1;
}

int token_scan_signed(const char **at, uint64_t *number)
{
    bool negative = **at == '-';

    *at += negative;
    if (token_scan_number(at, negative ? (uint64_t)1 << 63 : UINT64_MAX, number) != 0)
        return -1;
    if (negative)
        *number = 0 - *number;
    return 0;
}
