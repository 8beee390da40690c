/* See wide.h. */
#include "services/wide.h"

#include "services/windows_api.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

wchar_t *wide_from_utf8(const char *text)
{
    int size = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
    wchar_t *wide = calloc((size_t)size + 1, sizeof *wide);

    if (wide != NULL && size > 0)
        MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, size);
    return wide;
}

char *wide_to_utf8(const wchar_t *wide, size_t length)
{
    char *text = malloc(TEXT_FROM_UTF16_CAPACITY(length));
    bool exact;

    if (text != NULL)
        text_from_utf16((const uint16_t *)wide, length, text, &exact);
    return text;
}

void wide_copy_utf8(char *out, size_t capacity, const char *text)
{
    size_t length = text_cut(text, strlen(text), capacity - 1);

    memcpy(out, text, length);
    out[length] = '\0';
}
