/*
 * UTF-8 inside, UTF-16 outside: conversions that allocate, for where the target does not stand
 * still. Any thread.
 */
#ifndef TRAIL_WINDOWS_WIDE_H
#define TRAIL_WINDOWS_WIDE_H

#include <stddef.h>

/* NULL if out of memory. Free with free(). */
wchar_t *wide_from_utf8(const char *text);
char *wide_to_utf8(const wchar_t *wide, size_t length);

/* Copies UTF-8 into a buffer, cut at a whole character, and ends it with a NUL. */
void wide_copy_utf8(char *out, size_t capacity, const char *text);

#endif
