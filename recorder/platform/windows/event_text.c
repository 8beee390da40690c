/* Texts into an event: UTF-8, and never half a character. See windows_platform.h. */
#include "windows_platform.h"

#include "text.h"

size_t event_text_set(struct event *event, unsigned field, const char *text, size_t length)
{
    return event_set_bytes(event, field, text, wide_cut_utf8(text, length, EVENT_BYTES_MAX - event->bytes_used));
}

struct event_span event_text_put_wide(struct platform *platform, struct event *event, const wchar_t *wide, size_t length, bool *exact)
{
    size_t size = text_from_utf16((const uint16_t *)wide, length, platform->text, exact);

    return event_put_bytes(event, platform->text, wide_cut_utf8(platform->text, size, EVENT_BYTES_MAX - event->bytes_used));
}
