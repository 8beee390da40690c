/*
 * OutputDebugString: from the debuggee's bytes to UTF-8. Runs while the target stands still, in
 * buffers of the platform.
 */
#include "decoding/debug_string.h"

#include "decoding/target_memory.h"
#include "text.h"

#include <string.h>

static const char mark_prefix[] = "trail:mark ";

/* A debug string "trail:mark NAME" is a Mark. */
static bool put_mark(struct event *event, const char *text, size_t length)
{
    size_t start = sizeof mark_prefix - 1;

    return length > start && memcmp(text, mark_prefix, start) == 0 &&
           debug_text_put_mark(event, text + start, length - start);
}

void debug_string_decode(struct event_text *buffers, HANDLE process,
                         const OUTPUT_DEBUG_STRING_INFO *info, struct event *event)
{
    bool wide = info->fUnicode != 0;
    /*
     * nDebugStringLength has 16 bits, and is wrong for long strings: good only to get a short one
     * with one read.
     */
    size_t expected = (size_t)info->nDebugStringLength * (wide ? 2 : 1);
    struct debug_text text = {.text = buffers->utf8,
                              .raw = buffers->raw,
                              .encoding = wide ? ENCODING_UTF16 : ENCODING_ANSI};

    text.raw_bytes = target_memory_read_string(
        process, (uintptr_t)info->lpDebugStringData, wide ? 2 : 1, expected, buffers->raw,
        wide ? DEBUG_STRING_WIDE_MAX : DEBUG_STRING_BYTES_MAX, &text.complete);
    if (wide)
        text.length = text_from_utf16((const uint16_t *)(const void *)buffers->raw,
                                      text.raw_bytes / 2, buffers->utf8, &text.exact);
    else
        text.length = event_text_from_ansi(buffers, text.raw_bytes, &text.exact);
    if (!put_mark(event, buffers->utf8, text.length))
        debug_text_put(event, &text);
}
