/*
 * Texts of a debuggee into an event: UTF-8, and never half a character. Loop thread, while the
 * target stands still: what is converted stays in buffers that were there before.
 */
#ifndef TRAIL_WINDOWS_EVENT_TEXT_H
#define TRAIL_WINDOWS_EVENT_TEXT_H

#include "debug_text.h"
#include "event.h"

enum {
    DEBUG_STRING_BYTES_MAX = DEBUG_TEXT_BYTES_MAX,      /* of one OutputDebugString */
    DEBUG_STRING_WIDE_MAX = 2 * DEBUG_STRING_BYTES_MAX, /* of one in UTF-16 */
    DEBUG_STRING_TEXT_MAX = 6 * DEBUG_STRING_BYTES_MAX + 1
};

/* One text: as it was read, as UTF-16, as UTF-8. */
struct event_text {
    _Alignas(8) unsigned char raw[DEBUG_STRING_WIDE_MAX];
    wchar_t wide[DEBUG_STRING_BYTES_MAX];
    char utf8[DEBUG_STRING_TEXT_MAX];
};

/*
 * Puts what has been read as UTF-16, perhaps into text->raw or text->wide, into the event's pool as
 * UTF-8, cut at a whole character. Uses text->utf8.
 */
struct event_span event_text_put_wide(struct event_text *text, struct event *event,
                                      const wchar_t *wide, size_t length, bool *exact);
/*
 * From text->raw to text->utf8; the result is the text's length. The system's code page stands for
 * the target's; a character that it does not have makes the text inexact.
 */
size_t event_text_from_ansi(struct event_text *text, size_t length, bool *exact);

#endif
