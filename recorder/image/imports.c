/* See imports.h. A line is: a letter for the kind, the name, and after a tab the version. */
#include "image/imports.h"

#include "event_kinds.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

enum { NAME_MAX_BYTES = 1024 };

static const char more_line[] = {IMPORTS_FIRST_LETTER + IMPORT_MORE, '\n', '\0'};

static void append_cleaned(char *line, size_t capacity, const char *name)
{
    char text[TEXT_FROM_BYTES_CAPACITY(NAME_MAX_BYTES)];
    size_t used = strlen(line), length = strlen(name);
    bool exact;

    length = text_from_bytes(name, length < NAME_MAX_BYTES ? length : NAME_MAX_BYTES, text, &exact);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ')
            text[i] = '?';
    snprintf(line + used, capacity - used, "%s", text);
}

static bool has_line(const char *list, const char *line)
{
    size_t length = strlen(line);

    for (const char *at = list; *at != '\0'; at = strchr(at, '\n') + 1)
        if (strncmp(at, line, length) == 0)
            return true;
    return false;
}

void imports_add(char *list, size_t capacity, unsigned kind, const char *name, const char *version)
{
    char line[2 * TEXT_FROM_BYTES_CAPACITY(NAME_MAX_BYTES) + 4] = {
        (char)(IMPORTS_FIRST_LETTER + kind)};
    size_t used = strlen(list);

    append_cleaned(line, sizeof line - 1, name);
    if (version != NULL) {
        strcat(line, "\t");
        append_cleaned(line, sizeof line - 1, version);
    }
    strcat(line, "\n");
    if (has_line(list, line) || has_line(list, more_line))
        return;
    if (strlen(line) + sizeof more_line > capacity - used)
        strcpy(line, more_line);
    memcpy(list + used, line, strlen(line) + 1);
}

bool imports_next(const char **at, struct import *import)
{
    const char *line = *at, *end = strchr(line, '\n'), *tab;

    if (end == NULL)
        return false;
    tab = memchr(line, '\t', (size_t)(end - line));
    *import = (struct import){
        .kind = (unsigned)(line[0] - IMPORTS_FIRST_LETTER),
        .name = line + 1,
        .name_length = (size_t)((tab != NULL ? tab : end) - line - 1),
        .version = tab != NULL ? tab + 1 : end,
        .version_length = tab != NULL ? (size_t)(end - tab - 1) : 0,
    };
    *at = end + 1;
    return true;
}
