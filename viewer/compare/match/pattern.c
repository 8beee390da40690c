/* See pattern.h. */
#include "pattern.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static size_t hexadecimal(const char *text)
{
    size_t length = 0;

    while (isxdigit((unsigned char)text[length]))
        length++;
    return length;
}

/* Whether a run of hexadecimal digits has a decimal one; looks no further than the run. */
static bool has_decimal(const char *text, size_t length)
{
    while (length > 0 && !isdigit((unsigned char)*text))
        text++, length--;
    return length > 0;
}

/* What a run was looked at for it never is again: the time is that of the text's length. */
void pattern_add(struct buffer *out, const char *text)
{
    while (*text != '\0') {
        size_t digits = strspn(text, "0123456789"), hex = hexadecimal(text);
        if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X') && hexadecimal(text + 2) > 0) {
            buffer_add_text(out, "{n}");
            text += 2 + hexadecimal(text + 2);
        } else if (hex >= 8 && digits < hex && has_decimal(text, hex)) {
            buffer_add_text(out, "{n}");
            text += hex;
        } else if (hex >= 8 && digits == 0) { /* letters only, to the end of the run */
            buffer_add(out, text, hex);
            text += hex;
        } else if (digits >= 2) {
            buffer_add_text(out, "{n}");
            text += digits;
        } else {
            buffer_add_char(out, *text++);
        }
    }
}
