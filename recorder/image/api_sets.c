/*
 * See api_sets.h. A schema: a header, entries by name, each with values by importer, the first of
 * which is for all others. Offsets count from its beginning, lengths are bytes of UTF-16.
 */
#include "image/api_sets.h"

#include "event_kinds.h"
#include "image/imports.h"
#include "image/pe_image.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

enum {
    VERSION = 6,
    HEADER_BYTES = 28,
    COUNT_AT = 12,
    ENTRIES_AT = 16,
    ENTRY_BYTES = 24,
    VALUE_BYTES = 20,
    NAME_AT = 4, /* in an entry and in a value */
    NAME_LENGTH_AT = 8,
    HASHED_LENGTH_AT = 12, /* of an entry's name, what identifies it: without its last number */
    VALUES_AT = 16,
    VALUE_COUNT_AT = 20,
    HOST_AT = 12, /* in a value */
    HOST_LENGTH_AT = 16,
    ENTRIES_MAX = 65536,
    NAME_BYTES = 1100 /* of an import, escaped */
};

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

/* How much of a name identifies an API set; 0 if it is none. */
static size_t identifying_length(const char *name)
{
    size_t length = strlen(name);

    if (!text_glob("api-*", name, true) && !text_glob("ext-*", name, true))
        return 0;
    if (text_glob("*.dll", name, true))
        length -= 4;
    while (length > 0 && name[length - 1] != '-')
        length--;
    return length > 0 ? length - 1 : 0;
}

static const unsigned char *find_entry(const struct api_sets *sets, const char *name)
{
    const unsigned char *header = bytes_at(sets, 0, HEADER_BYTES);
    size_t length = identifying_length(name);
    uint32_t count;

    if (length == 0 || header == NULL || u32_at(header) != VERSION)
        return NULL;
    count = u32_at(header + COUNT_AT) < ENTRIES_MAX ? u32_at(header + COUNT_AT) : ENTRIES_MAX;
    for (uint32_t i = 0; i < count; i++) {
        const unsigned char *entry =
            bytes_at(sets, u32_at(header + ENTRIES_AT) + (uint64_t)i * ENTRY_BYTES, ENTRY_BYTES);
        if (entry == NULL)
            return NULL;
        if (is_text(sets, u32_at(entry + NAME_AT), u32_at(entry + HASHED_LENGTH_AT), name, length))
            return entry;
    }
    return NULL;
}

static const unsigned char *find_value(const struct api_sets *sets, const unsigned char *entry,
                                       const char *importer)
{
    uint32_t count = u32_at(entry + VALUE_COUNT_AT);
    const unsigned char *values;

    if (count > ENTRIES_MAX ||
        (values = bytes_at(sets, u32_at(entry + VALUES_AT), (uint64_t)count * VALUE_BYTES)) == NULL)
        return NULL;
    for (uint32_t i = 1; i < count; i++) {
        const unsigned char *value = values + (size_t)i * VALUE_BYTES;
        if (is_text(sets, u32_at(value + NAME_AT), u32_at(value + NAME_LENGTH_AT), importer,
                    strlen(importer)))
            return value;
    }
    return count > 0 ? values : NULL;
}

bool api_sets_find(const struct api_sets *sets, const char *name, const char *importer, char *host,
                   size_t capacity)
{
    const unsigned char *entry = find_entry(sets, name), *value, *units;
    uint32_t length;

    if (entry == NULL || (value = find_value(sets, entry, importer)) == NULL)
        return false;
    length = u32_at(value + HOST_LENGTH_AT) / 2;
    units = bytes_at(sets, u32_at(value + HOST_AT), (uint64_t)length * 2);
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
