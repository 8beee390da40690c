/* See xml.h. */
#include "xml.h"

#include "text.h"

#include <string.h>

void xml_add(struct buffer *out, const char *text)
{
    static const char *const entities[128] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\n'] = "&#10;"};
    size_t length = strlen(text), size;
    uint32_t c = 0;

    for (size_t at = 0; at < length; at += size) {
        size = text_decode(text + at, length - at, &c);
        /* what XML 1.0 has no characters for */
        if (size == 0 || (c < ' ' && c != '\n') || (c & 0xFFFE) == 0xFFFE) {
            buffer_format(out, "\\x%02X", (unsigned char)text[at]);
            size = size > 0 ? size : 1;
        } else if (c < 128 && entities[c] != NULL) {
            buffer_add_text(out, entities[c]);
        } else {
            buffer_add(out, text + at, size);
        }
    }
}
