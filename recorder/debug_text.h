/*
 * What a target says of itself, put into an event: debug strings and marks, alike on all systems.
 * Loop thread; nothing is allocated.
 */
#ifndef TRAIL_DEBUG_TEXT_H
#define TRAIL_DEBUG_TEXT_H

#include "event.h"

/* of what a target hands over at once; the rest is cut and marked */
enum { DEBUG_TEXT_BYTES_MAX = 128 * 1024 };

/* A debug string: as it was read, and as UTF-8 (text_from_bytes, text_from_utf16). */
struct debug_text {
    const char *text;
    size_t length;
    bool exact; /* the text says all that the bytes said */
    const void *raw;
    size_t raw_bytes;
    unsigned encoding; /* ENCODING_ of event_kinds.def */
    bool complete;     /* its end was found */
};

/*
 * Makes the event, which has been begun, an OutputDebugString. The raw bytes are kept where the
 * text is not exact.
 */
void debug_text_put(struct event *event, const struct debug_text *text);

/*
 * Makes the event a Mark of that name, without spaces and line ends around it. False, and nothing
 * is changed, if no name is left.
 */
bool debug_text_put_mark(struct event *event, const char *name, size_t length);

/* Sets a text field to UTF-8, cut at a whole character. Returns how many bytes were kept. */
size_t debug_text_set(struct event *event, unsigned field, const char *text, size_t length);

#endif
