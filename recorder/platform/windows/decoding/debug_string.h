/* OutputDebugString: from the debuggee's bytes to UTF-8. Loop thread, while the target stands
 * still. */
#ifndef TRAIL_WINDOWS_DEBUG_STRING_H
#define TRAIL_WINDOWS_DEBUG_STRING_H

#include "decoding/event_text.h"
#include "services/windows_api.h"

/*
 * Reads and decodes the text of an OutputDebugString, whose other fields stand in info. Makes it a
 * Mark if it is one.
 */
void debug_string_decode(struct event_text *text, HANDLE process,
                         const OUTPUT_DEBUG_STRING_INFO *info, struct event *event);

#endif
