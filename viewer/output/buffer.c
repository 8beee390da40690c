/* See buffer.h. */
#include "buffer.h"

#include "text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 64, KEPT_AT_MOST = 1 << 20 };

static bool reserve(struct buffer *buffer, size_t more)
{
    size_t needed = buffer->length + more + 1,
           capacity = buffer->capacity ? buffer->capacity : SMALLEST;
    char *data;

    if (buffer->failed || needed <= more) {
        buffer->failed = true;
        return false;
    }
    if (needed <= buffer->capacity)
        return true;
    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    if ((data = realloc(buffer->data, capacity)) == NULL) {
        buffer->failed = true;
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

void buffer_add(struct buffer *buffer, const char *text, size_t length)
{
    if (!reserve(buffer, length))
        return;
    if (length > 0)
        memcpy(buffer->data + buffer->length, text, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_add_folded(struct buffer *buffer, const char *text)
{
    if (reserve(buffer, TEXT_FOLDED_CAPACITY(strlen(text))))
        buffer->length += text_fold_into(text, buffer->data + buffer->length);
}

void buffer_add_char(struct buffer *buffer, char c)
{
    buffer_add(buffer, &c, 1);
}

void buffer_add_number(struct buffer *buffer, int64_t number)
{
    char digits[24], *at = digits + sizeof digits;
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    do {
        *--at = (char)('0' + size % 10);
    } while ((size /= 10) > 0);
    if (number < 0)
        *--at = '-';
    buffer_add(buffer, at, (size_t)(digits + sizeof digits - at));
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    char text[128];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    buffer_add_text(buffer, text);
}

const char *buffer_text(const struct buffer *buffer)
{
    return buffer->length > 0 ? buffer->data : "";
}

void buffer_clear(struct buffer *buffer)
{
    if (buffer->capacity > KEPT_AT_MOST) {
        free(buffer->data);
        buffer->data = NULL;
        buffer->capacity = 0;
    }
    buffer->length = 0;
}

void buffer_release(struct buffer *buffer)
{
    free(buffer->data);
    memset(buffer, 0, sizeof *buffer);
}
