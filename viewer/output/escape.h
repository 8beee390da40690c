/*
 * Text from a target made harmless: for a terminal, and for JSON. Harmful code points (harmful.h)
 * and bytes that are not UTF-8 become visible escapes. Pure functions.
 */
#ifndef TRAIL_ESCAPE_H
#define TRAIL_ESCAPE_H

#include "buffer.h"

/*
 * \n \r \t, \xHH for other bytes, \uHHHH or \UHHHHHHHH for other code points; everything else,
 * backslashes included, as it is.
 */
void escape_for_terminal(struct buffer *out, const char *text, size_t length);

/* A JSON string with its quotes. Bytes that are not UTF-8 become the visible text \xHH. */
void escape_json_string(struct buffer *out, const char *text, size_t length);

/* Copies text that json_is_valid; what could harm a terminal is escaped inside its strings. */
void escape_json_document(struct buffer *out, const char *text, size_t length);

/* How many cells of a terminal the (already harmless) text takes. */
size_t escape_display_width(const char *text, size_t length);

/* How many bytes of the text fit into `width` cells. */
size_t escape_fitting_bytes(const char *text, size_t length, size_t width);

#endif
