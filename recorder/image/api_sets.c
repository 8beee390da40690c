/*
 * See api_sets.h. A schema: a header, entries by name, each with values by importer, the first of
 * which is for all others. Offsets count from its beginning, lengths are bytes of UTF-16. What is
 * there and where has changed from Windows to Windows (phnt's and others' headers agree on it).
 */
#include "image/api_sets.h"

#include "event_kinds.h"
#include "image/imports.h"
#include "image/pe_image.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

enum {
    HEADER_BYTES = 20, /* as far as any of them is read */
    ENTRIES_MAX = 65536,
    NAME_BYTES = 1100, /* of an import, escaped */
    PREFIX_LENGTH = 4  /* "api-", "ext-" */
};

/* A length stands behind each offset. */
static const struct layout {
    uint32_t version;
    bool has_whole_names; /* without their prefix; else what identifies a set, with it */
    unsigned count_at, entries_at, entry_bytes, name_at, name_length_at, values_at;
    unsigned
        head_bytes; /* before the values, the last four are their count; 0: it is in the entry */
    unsigned value_bytes, value_name_at, host_at;
} layouts[] = {
    {2, true, 4, 8, 12, 0, 4, 8, 4, 16, 0, 8},     /* Windows 7 and 8 */
    {4, true, 12, 16, 24, 4, 8, 20, 8, 20, 4, 12}, /* 8.1 */
    {6, false, 12, 0, 24, 4, 12, 16, 0, 20, 4, 12} /* 10: the header says where entries are */
};
enum { ENTRIES_OFFSET_AT = 16 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static const unsigned char *bytes_at(const struct api_sets *sets, uint64_t offset, uint64_t size)
{
    return offset <= sets->size && size <= sets->size - offset
               ? (const unsigned char *)sets->schema + offset
               : NULL;
}

/* Names of API sets and modules are ASCII. */
static bool is_text(const struct api_sets *sets, uint32_t offset, uint32_t bytes, const char *text,
                    size_t length)
{
    const unsigned char *units = bytes != 2 * length ? NULL : bytes_at(sets, offset, bytes);

    for (size_t i = 0; units != NULL && i < length; i++)
        if (units[2 * i + 1] != 0 || lower((char)units[2 * i]) != lower(text[i]))
            return false;
    return units != NULL;
}

/* Where the number begins by which versions of an API set differ: they stand for each other. */
static size_t without_number(const char *name, size_t length)
{
    while (length > 0 && name[length - 1] != '-')
        length--;
    return length > 0 ? length - 1 : 0;
}

/* What of a name stands in a schema; false if it is no API set. */
static bool find_key(const struct layout *layout, const char *name, const char **key,
                     size_t *length)
{
    if (!text_glob("api-*", name, true) && !text_glob("ext-*", name, true))
        return false;
    *key = name;
    *length = strlen(name) - (text_glob("*.dll", name, true) ? 4 : 0);
    if (layout->has_whole_names) {
        *key += PREFIX_LENGTH;
        *length -= PREFIX_LENGTH;
    } else {
        *length = without_number(name, *length);
    }
    return *length > 0;
}

static const struct layout *find_layout(const struct api_sets *sets)
{
    const unsigned char *header = bytes_at(sets, 0, HEADER_BYTES);

    for (size_t i = 0; header != NULL && i < sizeof layouts / sizeof *layouts; i++)
        if (u32_at(header) == layouts[i].version)
            return &layouts[i];
    return NULL;
}

static const unsigned char *find_entry(const struct api_sets *sets, const struct layout *layout,
                                       const char *name)
{
    const unsigned char *header = bytes_at(sets, 0, HEADER_BYTES), *entry;
    const char *key;
    uint32_t count = u32_at(header + layout->count_at);
    uint64_t at = layout->entries_at != 0 ? layout->entries_at : u32_at(header + ENTRIES_OFFSET_AT);
    size_t length;

    if (!find_key(layout, name, &key, &length))
        return NULL;
    for (uint32_t i = 0; i < count && i < ENTRIES_MAX; i++, at += layout->entry_bytes) {
        entry = bytes_at(sets, at, layout->entry_bytes);
        if (entry == NULL)
            return NULL;
        if (is_text(sets, u32_at(entry + layout->name_at), u32_at(entry + layout->name_length_at),
                    key, length))
            return entry;
    }
    return NULL;
}

/* The values of an entry, and how many there are. */
static const unsigned char *find_values(const struct api_sets *sets, const struct layout *layout,
                                        const unsigned char *entry, uint32_t *count)
{
    uint64_t at = u32_at(entry + layout->values_at);
    const unsigned char *head = bytes_at(sets, at, layout->head_bytes);

    if (head == NULL)
        return NULL;
    *count = u32_at(layout->head_bytes > 0 ? head + layout->head_bytes - sizeof *count
                                           : entry + layout->values_at + sizeof *count);
    return *count > ENTRIES_MAX
               ? NULL
               : bytes_at(sets, at + layout->head_bytes, (uint64_t)*count * layout->value_bytes);
}

static const unsigned char *find_value(const struct api_sets *sets, const struct layout *layout,
                                       const unsigned char *entry, const char *importer)
{
    uint32_t count;
    const unsigned char *values = find_values(sets, layout, entry, &count);

    if (values == NULL)
        return NULL;
    for (uint32_t i = 1; i < count; i++) {
        const unsigned char *value = values + (size_t)i * layout->value_bytes,
                            *name = value + layout->value_name_at;
        if (is_text(sets, u32_at(name), u32_at(name + sizeof count), importer, strlen(importer)))
            return value;
    }
    return count > 0 ? values : NULL;
}

bool api_sets_find(const struct api_sets *sets, const char *name, const char *importer, char *host,
                   size_t capacity)
{
    const struct layout *layout = find_layout(sets);
    const unsigned char *entry, *value, *units;
    uint32_t length;

    if (layout == NULL || (entry = find_entry(sets, layout, name)) == NULL ||
        (value = find_value(sets, layout, entry, importer)) == NULL)
        return false;
    length = u32_at(value + layout->host_at + sizeof length) / 2;
    units = bytes_at(sets, u32_at(value + layout->host_at), (uint64_t)length * 2);
    if (units == NULL || length == 0)
        return false;
    length = length < capacity ? length : (uint32_t)capacity - 1;
    for (uint32_t i = 0; i < length; i++)
        host[i] = units[2 * i + 1] == 0 ? (char)units[2 * i] : '?';
    host[length] = '\0';
    return true;
}

static void copy_text(char *out, const char *text, size_t length)
{
    snprintf(out, NAME_BYTES, "%.*s", (int)length, text);
}

void api_sets_resolve(const struct api_sets *sets, struct module_identity *identity)
{
    char resolved[sizeof identity->imports] = "", name[NAME_BYTES], host[NAME_BYTES];
    const char *at = identity->imports;
    struct import import;

    if (sets->schema == NULL)
        return;
    while (imports_next(&at, &import)) {
        bool has_host;
        copy_text(name, import.name, import.name_length);
        copy_text(host, import.version, import.version_length);
        has_host = import.version_length > 0 ||
                   api_sets_find(sets, name, text_base_name(identity->path), host, sizeof host);
        imports_add(resolved, sizeof resolved, import.kind, name, has_host ? host : NULL);
    }
    strcpy(identity->imports, resolved);
}
