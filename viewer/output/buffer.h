/*
 * A growing piece of text. Memory that runs out is remembered in `failed` instead of being reported
 * at each call; whoever writes the text out looks at it once. A buffer belongs to the thread that
 * uses it.
 */
#ifndef TRAIL_BUFFER_H
#define TRAIL_BUFFER_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
    char *data; /* NUL-terminated once anything was added; NULL before */
    size_t length, capacity;
    bool failed;
};

void buffer_add(struct buffer *buffer, const char *text, size_t length);
void buffer_add_text(struct buffer *buffer, const char *text);
/* in small letters */
void buffer_add_folded(struct buffer *buffer, const char *text);
void buffer_add_char(struct buffer *buffer, char c);
void buffer_add_number(struct buffer *buffer, int64_t number);
/* at most 127 bytes */
void buffer_format(struct buffer *buffer, const char *format, ...) TRAIL_PRINTF(2, 3);

/* The text, "" if there is none. Valid until the buffer changes. */
const char *buffer_text(const struct buffer *buffer);

/* Empties the buffer and keeps its memory, unless that has become large. */
void buffer_clear(struct buffer *buffer);
void buffer_release(struct buffer *buffer);

#endif
