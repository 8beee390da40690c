/* Texts into an event: UTF-8, and never half a character. See windows_platform.h. */
#include "windows_platform.h"

#include "text.h"

#include <string.h>

static bool is_ascii(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] >= 0x80)
            return false;
    return true;
}

size_t event_text_from_ansi(struct platform *platform, size_t length, bool *exact)
{
    const char *raw = (const char *)platform->raw;
    bool well_formed, converted = true;
    int wide;

    if (is_ascii(platform->raw, length)) {
        memcpy(platform->text, raw, length);
        *exact = true;
        return length;
    }
    wide = MultiByteToWideChar(CP_ACP, MB_ERR_INVALID_CHARS, raw, (int)length, platform->wide,
                               DEBUG_STRING_BYTES_MAX);
    if (wide == 0) {
        converted = false;
        wide = MultiByteToWideChar(CP_ACP, 0, raw, (int)length, platform->wide,
                                   DEBUG_STRING_BYTES_MAX);
    }
    length = text_from_utf16((const uint16_t *)platform->wide, (size_t)wide, platform->text,
                             &well_formed);
    *exact = converted && well_formed;
    return length;
}

struct event_span event_text_put_wide(struct platform *platform, struct event *event,
                                      const wchar_t *wide, size_t length, bool *exact)
{
    size_t size = text_from_utf16((const uint16_t *)wide, length, platform->text, exact);

    return event_put_bytes(event, platform->text,
                           text_cut(platform->text, size, EVENT_BYTES_MAX - event->bytes_used));
}
