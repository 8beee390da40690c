/* See place.h. */
#include "place.h"

#include <string.h>

enum { LONG_NUMBER = 4, LONG_HASH = 16, UUID_LENGTH = 36 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void place_add_folder(struct buffer *out, const char *path, bool is_windows)
{
    size_t start, last;

    if (is_windows && (strncmp(path, "\\\\?\\", 4) == 0 || strncmp(path, "\\??\\", 4) == 0))
        path += 4;
    start = last = out->length;
    if (is_windows)
        buffer_add_folded(out, path);
    else
        buffer_add_text(out, path);
    for (size_t i = start; i < out->length; i++) {
        char *c = &out->data[i];
        if (is_windows && *c == '\\')
            *c = '/';
        if (*c == '/')
            last = i;
    }
    if (out->failed)
        return;
    out->length = last == start && last < out->length && out->data[start] == '/' ? start + 1 : last;
    if (out->data != NULL)
        out->data[out->length] = '\0';
}

/*
 * How much of the folder a pattern takes: * is one whole name, and the end must be the end of a
 * name. 0 if it does not match.
 */
static size_t match_prefix(const char *pattern, const char *folder)
{
    const char *at = folder;

    for (; *pattern != '\0'; pattern++) {
        if (*pattern == '*') {
            if (*at == '\0' || *at == '/')
                return 0;
            while (*at != '\0' && *at != '/')
                at++;
        } else if (*pattern == '?' ? !is_letter(*at) : *at != *pattern) {
            return 0;
        } else {
            at++;
        }
    }
    return *at == '\0' || *at == '/' ? (size_t)(at - folder) : 0;
}

struct prefix {
    const char *pattern, *placeholder;
};

/* The first that matches counts. */
static const struct prefix windows_systems[] = {
    {"?:/windows/system32", "{system}"},  {"?:/windows/syswow64", "{system}"},
    {"?:/windows/sysnative", "{system}"}, {"?:/windows/winsxs/*", "{system}/winsxs"},
    {"?:/usr/lib/*/wine/*", "{system}"},  {"?:/usr/lib/wine/*", "{system}"}, /* Wine's own */
};
static const struct prefix windows_others[] = {
    {"?:/users/*/appdata/local/temp", "{temp}"},
    {"?:/windows/temp", "{temp}"},
    {"?:/temp", "{temp}"},
    {"?:/users/*", "{home}"},
};
static const struct prefix unix_systems[] = {
    {"/usr/lib/x86_64-linux-gnu", "{system}"},
    {"/lib/x86_64-linux-gnu", "{system}"},
    {"/usr/lib/aarch64-linux-gnu", "{system}"},
    {"/lib/aarch64-linux-gnu", "{system}"},
    {"/usr/lib/i386-linux-gnu", "{system}"},
    {"/lib/i386-linux-gnu", "{system}"},
    {"/usr/lib64", "{system}"},
    {"/lib64", "{system}"},
    {"/usr/lib32", "{system}"},
    {"/lib32", "{system}"},
    {"/usr/lib", "{system}"},
    {"/lib", "{system}"},
};
static const struct prefix unix_others[] = {
    {"/var/tmp", "{temp}"},
    {"/tmp", "{temp}"},
    {"/home/*", "{home}"},
    {"/root", "{home}"},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static size_t replace_prefix(struct buffer *out, const char *folder, const struct prefix *prefixes,
                             size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = match_prefix(prefixes[i].pattern, folder);
        if (length > 0) {
            buffer_add_text(out, prefixes[i].placeholder);
            return length;
        }
    }
    return 0;
}

static size_t replace_app(struct buffer *out, const char *folder, const char *app)
{
    size_t length = strlen(app);

    if (length < 2 || strncmp(folder, app, length) != 0 ||
        (folder[length] != '\0' && folder[length] != '/'))
        return 0;
    buffer_add_text(out, "{app}");
    return length;
}

/* "/tmp/tmpx3k_9a", "/tmp/build.Xa3k9Q": what mkdtemp makes of a template. */
static bool is_random_name(const char *name, size_t length)
{
    const char *dot = memchr(name, '.', length);
    const char *tail = dot != NULL ? dot + 1 : name + 3;
    size_t tail_length = (size_t)(name + length - tail), others = 0;

    if (dot == NULL && (length < 9 || memcmp(name, "tmp", 3) != 0))
        return false;
    for (size_t i = 0; i < tail_length; i++) {
        if (!is_letter(tail[i]) && !is_digit(tail[i]) && tail[i] != '_')
            return false;
        others += is_digit(tail[i]) || (tail[i] >= 'A' && tail[i] <= 'Z');
    }
    return dot == NULL || (tail_length >= 6 && tail_length <= 12 && others > 0);
}

static bool is_uuid(const char *text, size_t length)
{
    if (length < UUID_LENGTH)
        return false;
    for (size_t i = 0; i < UUID_LENGTH; i++)
        if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-' : !is_hex(text[i]))
            return false;
    return true;
}

/*
 * How much of the text is a number that varies: digits with dots, many digits, a hash; or any
 * digits, if they must be it. 0 if it is none.
 */
static size_t varying_number(const char *text, size_t length, bool is_whole, bool is_any)
{
    size_t hex = 0, digits = 0, hex_digits = 0, dots = 0;

    while (hex < length && is_hex(text[hex]))
        hex_digits += is_digit(text[hex++]);
    if (hex >= LONG_HASH && hex_digits > 0)
        return hex;
    while (digits < length &&
           (is_digit(text[digits]) || (text[digits] == '.' && digits > 0 && digits + 1 < length &&
                                       is_digit(text[digits + 1])))) {
        dots += text[digits] == '.';
        digits++;
    }
    return dots > 0 || digits >= LONG_NUMBER || (is_whole && digits > 0 && digits == length) ||
                   is_any
               ? digits
               : 0;
}

static void add_name(struct buffer *out, const char *name, size_t length, bool below_temp)
{
    /* Nix and Guix: 32 characters of base 32, a hyphen, name and version */
    bool in_store = length > 33 && name[32] == '-';

    if (below_temp && is_random_name(name, length)) {
        buffer_add_text(out, "{n}");
        return;
    }
    if (in_store && strspn(name, "0123456789abcdfghijklmnpqrsvwxyz") == 32) {
        buffer_add_text(out, "{n}");
        name += 32;
        length -= 32;
    }
    for (size_t i = 0, skip; i < length; i += skip) {
        bool is_start = i == 0 || !is_hex(name[i - 1]);
        if (is_uuid(name + i, length - i)) {
            buffer_add_text(out, "{uuid}");
            skip = UUID_LENGTH;
        } else if ((skip = is_start || is_digit(name[i])
                               ? varying_number(name + i, length - i, i == 0, below_temp)
                               : 0) > 0) {
            buffer_add_text(out, "{n}");
        } else {
            skip = 1;
            /* the rest of a short number is none of its own */
            while (is_digit(name[i]) && i + skip < length && is_digit(name[i + skip]))
                skip++;
            buffer_add(out, name + i, skip);
        }
    }
}

void place_add(struct buffer *out, const char *path, const char *app, bool is_windows)
{
    struct buffer folder = {0};
    size_t start = out->length, taken;
    const char *at;
    bool below_temp;

    place_add_folder(&folder, path, is_windows);
    at = buffer_text(&folder);
    taken = is_windows ? replace_prefix(out, at, windows_systems, COUNT(windows_systems))
                       : replace_prefix(out, at, unix_systems, COUNT(unix_systems));
    if (taken == 0)
        taken = replace_app(out, at, app);
    if (taken == 0)
        taken = is_windows ? replace_prefix(out, at, windows_others, COUNT(windows_others))
                           : replace_prefix(out, at, unix_others, COUNT(unix_others));
    at += taken;
    below_temp =
        taken > 0 && out->length - start == 6 && memcmp(out->data + start, "{temp}", 6) == 0;
    while (*at != '\0') {
        size_t length = strcspn(at, "/");
        add_name(out, at, length, below_temp);
        below_temp &= length == 0;
        at += length;
        if (*at == '/') {
            buffer_add_char(out, '/');
            at++;
        }
    }
    out->failed |= folder.failed;
    buffer_release(&folder);
}
