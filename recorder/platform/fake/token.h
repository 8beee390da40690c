/*
 * The words of a script's line (script.h): `word` or `word=value`, with quotes and escapes
 * resolved, and the numbers in them. Whatever is wrong is said with the line and the column. A
 * reader belongs to the thread that uses it.
 */
#ifndef TRAIL_FAKE_TOKEN_H
#define TRAIL_FAKE_TOKEN_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

enum { TOKEN_WORD_MAX = 63 };

struct token_reader {
    const char *name;            /* of the script, for messages */
    const char *line, *at, *end; /* the line, the place in it, its end */
    unsigned line_number;
    char *buffer; /* for a value: as long as the script and a NUL, since a value never grows */
    struct trail_error *error;
};

struct token {
    char word[TOKEN_WORD_MAX + 1];
    const char *start;       /* in the line; NULL at its end */
    const char *value_start; /* in the line; NULL if there is no value */
    /* in the reader's buffer until the next token, NUL-terminated; may hold NULs itself */
    char *value;
    size_t value_length;
};

/* Says what was expected at a place of the line, as TRAIL_NOT_EXECUTABLE. Always returns -1. */
int token_complain(struct token_reader *reader, const char *at, const char *format, ...)
    TRAIL_PRINTF(3, 4);

/*
 * Reads the next token of the line. Returns 1, 0 at the end of the line (or a comment), or -1
 * having complained.
 */
int token_read(struct token_reader *reader, struct token *token);

/*
 * A number at *at, in decimal or 0x hex, not above `most`; moves *at behind it. The second one
 * takes a minus too. Return 0 or -1.
 */
int token_scan_number(const char **at, uint64_t most, uint64_t *number);
int token_scan_signed(const char **at, uint64_t *number);

/* The value of a hexadecimal digit, or -1. */
int token_hex_digit(char c);

#endif
