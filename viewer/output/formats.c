/* See formats.h. */
#include "formats.h"

#include "nearest.h"

#include <string.h>

#define FORMAT(name) extern const struct format format_##name;
#include "formats/formats.def"
#undef FORMAT

const struct format *const formats[] = {
#define FORMAT(name) &format_##name,
#include "formats/formats.def"
#undef FORMAT
    NULL};

enum { FORMATS = sizeof formats / sizeof formats[0] - 1 };

const struct format *formats_find(const char *name)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

const char *formats_names(void)
{
    static char names[160];

    names[0] = '\0';
    for (size_t i = 0; i < FORMATS; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i > 0 ? ", " : "",
                 formats[i]->name);
    return names;
}

const char *formats_nearest(const char *name)
{
    const char *names[FORMATS];

    for (size_t i = 0; i < FORMATS; i++)
        names[i] = formats[i]->name;
    return nearest_name(name, names, FORMATS, sizeof names[0]);
}
