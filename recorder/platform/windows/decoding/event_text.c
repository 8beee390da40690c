/* Texts into an event: UTF-8, and never half a character. See event_text.h. */
#include "decoding/event_text.h"

#include "services/windows_api.h"
#include "text.h"

#include <string.h>

static bool is_ascii(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] >= 0x80)
            return false;
    return true;
}

size_t event_text_from_ansi(struct event_text *text, size_t length, bool *exact)
{
    const char *raw = (const char *)text->raw;
    bool well_formed, converted = true;
    int wide;

    if (is_ascii(text->raw, length)) {
        memcpy(text->utf8, raw, length);
        *exact = true;
        return length;
    }
    wide = MultiByteToWideChar(CP_ACP, MB_ERR_INVALID_CHARS, raw, (int)length, text->wide,
                               DEBUG_STRING_BYTES_MAX);
    if (wide == 0) {
        converted = false;
        wide = MultiByteToWideChar(CP_ACP, 0, raw, (int)length, text->wide, DEBUG_STRING_BYTES_MAX);
    }
    length = text_from_utf16((const uint16_t *)text->wide, (size_t)wide, text->utf8, &well_formed);
    *exact = converted && well_formed;
    return length;
}

struct event_span event_text_put_wide(struct event_text *text, struct event *event,
                                      const wchar_t *wide, size_t length, bool *exact)
{
    size_t size = text_from_utf16((const uint16_t *)wide, length, text->utf8, exact);

    return event_put_bytes(event, text->utf8,
                           text_cut(text->utf8, size, EVENT_BYTES_MAX - event->bytes_used));
}
