/* OutputDebugString: from the debuggee's bytes to UTF-8. Runs while the target stands still, in buffers of the platform. */
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

/* The system's code page stands for the target's; a character that it does not have makes the text inexact. Returns the text's length. */
static size_t text_from_ansi(struct platform *platform, size_t length, bool *exact)
{
    const char *raw = (const char *)platform->raw;
    bool well_formed, converted = true;
    int wide;

    if (is_ascii(platform->raw, length)) {
        memcpy(platform->text, raw, length);
        *exact = true;
        return length;
    }
    wide = MultiByteToWideChar(CP_ACP, MB_ERR_INVALID_CHARS, raw, (int)length, platform->wide, DEBUG_STRING_BYTES_MAX);
    if (wide == 0) {
        converted = false;
        wide = MultiByteToWideChar(CP_ACP, 0, raw, (int)length, platform->wide, DEBUG_STRING_BYTES_MAX);
    }
    length = text_from_utf16((const uint16_t *)platform->wide, (size_t)wide, platform->text, &well_formed);
    *exact = converted && well_formed;
    return length;
}

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
        length = text_from_ansi(platform, raw_bytes, &exact);
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
