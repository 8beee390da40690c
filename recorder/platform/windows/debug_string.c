/* OutputDebugString: from the debuggee's bytes to UTF-8. Runs while the target stands still, in buffers of the platform. */
#include "windows_platform.h"

#include "text.h"

#include <string.h>

/* A debug string "trail:mark NAME" is a Mark. Returns its name's offset in the text and shortens *length to the name's end; 0 if none. */
static size_t find_mark(const char *text, size_t *length)
{
    static const char prefix[] = "trail:mark ";
    size_t start = sizeof prefix - 1, end = *length;

    if (end <= start || memcmp(text, prefix, start) != 0)
        return 0;
    while (start < end && text[start] == ' ')
        start++;
    while (end > start && (text[end - 1] == '\n' || text[end - 1] == '\r' || text[end - 1] == ' '))
        end--;
    *length = end - start;
    return end > start ? start : 0;
}

void debug_string_decode(struct platform *platform, HANDLE process, const OUTPUT_DEBUG_STRING_INFO *info, struct event *event)
{
    bool wide = info->fUnicode != 0, complete, exact;
    /* nDebugStringLength has 16 bits, and is wrong for long strings: good only to get a short one with one read. */
    size_t expected = (size_t)info->nDebugStringLength * (wide ? 2 : 1), length, name_length, mark;
    size_t raw_bytes = target_memory_read_string(process, (uintptr_t)info->lpDebugStringData, wide ? 2 : 1, expected,
                                                 platform->raw, DEBUG_STRING_BYTES_MAX, &complete);

    if (wide)
        length = text_from_utf16((const uint16_t *)(const void *)platform->raw, raw_bytes / 2, platform->text, &exact);
    else
        length = event_text_from_ansi(platform, raw_bytes, &exact);
    name_length = length;
    mark = find_mark(platform->text, &name_length);
    if (mark > 0) {
        event->kind = EVENT_MARK;
        event_text_set(event, FIELD(MARK, name), platform->text + mark, name_length);
        return;
    }
    if (!exact) /* before the text, which may then be cut: the bytes must be whole */
        event_set_bytes(event, FIELD(OUTPUT_DEBUG_STRING, raw), platform->raw, raw_bytes);
    if (event_text_set(event, FIELD(OUTPUT_DEBUG_STRING, text), platform->text, length) < length)
        complete = false;
    event_set(event, FIELD(OUTPUT_DEBUG_STRING, encoding), wide ? ENCODING_UTF16 : ENCODING_ANSI);
    event_set(event, FIELD(OUTPUT_DEBUG_STRING, raw_bytes), raw_bytes);
    event_set(event, FIELD(OUTPUT_DEBUG_STRING, truncated), !complete);
}
