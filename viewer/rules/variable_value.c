/* See variable_value.h. */
#include "variable_value.h"

#include "compare/model/place.h"

#include <string.h>

static bool is_folder(const char *text, size_t length, bool is_windows)
{
    return is_windows ? length > 2 && text[1] == ':' : length > 0 && text[0] == '/';
}

static void add_part(struct buffer *out, const char *part, size_t length,
                     const struct place_roots *roots, bool is_windows)
{
    struct buffer file = {0};

    while (length > 1 && (part[length - 1] == '/' || (is_windows && part[length - 1] == '\\')))
        length--;
    if (length == 1 || !is_folder(part, length, is_windows)) {
        buffer_add(out, part, length);
        return;
    }
    buffer_add(&file, part, length);
    buffer_add_text(&file, is_windows ? "\\x" : "/x");
    place_add(out, buffer_text(&file), roots, is_windows);
    out->failed |= file.failed;
    buffer_release(&file);
}

void variable_value_add(struct buffer *out, const struct recordings *recordings,
                        const struct recording *run, const struct recorded_variable *variable)
{
    const char *value = recordings_text(recordings, variable->value),
               *separator = run->folds_case ? ";" : ":";
    struct place_roots roots = {.app = recordings_text(recordings, run->app)};

    if (*value == '\0')
        buffer_add_text(out, RULES_NOTHING);
    if (!variable->steers) {
        buffer_add_text(out, value);
        return;
    }
    for (size_t i = 0; i < PLACE_TEMPS; i++)
        roots.temps[i] = recordings_text(recordings, run->temps[i]);
    while (*value != '\0') {
        size_t length = strcspn(value, separator);
        add_part(out, value, length, &roots, run->folds_case);
        value += length;
        if (*value != '\0')
            buffer_add_char(out, *value++);
    }
}
