/* See error.h. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct trail_error *error, enum trail_error_code code, long os_code,
              const char *format, ...)
{
    va_list arguments;

    if (error == NULL)
        return -1;
    error->code = code;
    error->os_code = os_code;
    va_start(arguments, format);
    vsnprintf(error->sentence, sizeof error->sentence, format, arguments);
    va_end(arguments);
    return -1;
}

int error_context(struct trail_error *error, const char *format, ...)
{
    char sentence[sizeof error->sentence];
    va_list arguments;
    size_t length;

    if (error == NULL)
        return -1;
    memcpy(sentence, error->sentence, sizeof sentence);
    va_start(arguments, format);
    vsnprintf(error->sentence, sizeof error->sentence, format, arguments);
    va_end(arguments);
    length = strlen(error->sentence);
    snprintf(error->sentence + length, sizeof error->sentence - length, ": %s", sentence);
    return -1;
}
