/* See address.h. */
#include "address.h"

#include <stdio.h>
#include <string.h>

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

static size_t scheme_length(const char *text)
{
    return strncmp(text, "http://", 7) == 0 ? 7 : strncmp(text, "https://", 8) == 0 ? 8 : 0;
}

bool address_is_one(const char *text)
{
    return scheme_length(text) > 0;
}

int address_parse(const char *text, struct address *address, struct trail_error *error)
{
    size_t scheme = scheme_length(text);
    const char *host = text + scheme, *database = strchr(host, '/');
    size_t length = database != NULL ? strspn(database + 1, NAME_CHARACTERS) : 0;

    if (strchr(text, '@') != NULL)
        return error_set(error, TRAIL_FAILED, 0,
                         "user and password are not given in the URL, where others can read them, "
                         "but by CLICKHOUSE_USER and CLICKHOUSE_PASSWORD, or in ~/.netrc");
    if (scheme == 0 || database == host ||
        strspn(host, NAME_CHARACTERS "-.:[]") != strcspn(host, "/") || length == 0 ||
        strcmp(database + 1 + length, database[1 + length] == '/' ? "/" : "") != 0 ||
        strlen(text) >= ADDRESS_CAPACITY)
        return error_set(error, TRAIL_FAILED, 0,
                         "a server and its database are named as in http://HOST:8123/DATABASE");
    snprintf(address->server, sizeof address->server, "%.*s", (int)(database - text), text);
    snprintf(address->database, sizeof address->database, "%.*s", (int)length, database + 1);
    return 0;
}
