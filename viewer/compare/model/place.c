/* See place.h. */
#include "place.h"

#include "shapes.h"

#include <string.h>

enum { LONG_NUMBER = 4, LONG_HASH = 16 };

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
        } else if (*pattern == '?' ? !shape_is_letter(*at) : *at != *pattern) {
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
static const struct prefix windows_temps[] = {
    {"?:/users/*/appdata/local/temp", "{temp}"},
    {"?:/windows/temp", "{temp}"},
    {"?:/windows/systemtemp", "{temp}"},
    {"?:/documents and settings/*/local settings/temp", "{temp}"},
    {"?:/users/*/temp", "{temp}"},
    {"?:/temp", "{temp}"},
    {"?:/tmp", "{temp}"}, /* where Wine has the system's */
    {"?:/var/tmp", "{temp}"},
    {"/tmp", "{temp}"},
    {"/var/tmp", "{temp}"},
};
static const struct prefix windows_homes[] = {
    {"?:/users/*", "{home}"},
    {"?:/documents and settings/*", "{home}"},
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
static const struct prefix unix_temps[] = {
    {"/var/tmp", "{temp}"},
    {"/tmp", "{temp}"},
};
static const struct prefix unix_homes[] = {
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

static size_t replace_root(struct buffer *out, const char *folder, const char *root,
                           const char *placeholder)
{
    size_t length = root != NULL ? strlen(root) : 0;

    if (length < 2 || strncmp(folder, root, length) != 0 ||
        (folder[length] != '\0' && folder[length] != '/'))
        return 0;
    buffer_add_text(out, placeholder);
    return length;
}

/*
 * How much of the text is a number that varies: digits with dots, many digits, a hash. 0 if it is
 * none.
 */
static size_t varying_number(const char *text, size_t length, bool is_whole)
{
    size_t hex = 0, digits = 0, hex_digits = 0, dots = 0;

    while (hex < length && shape_is_hex(text[hex]))
        hex_digits += shape_is_digit(text[hex++]);
    if (hex >= LONG_HASH && hex_digits > 0)
        return hex;
    while (digits < length && (shape_is_digit(text[digits]) ||
                               (text[digits] == '.' && digits > 0 && digits + 1 < length &&
                                shape_is_digit(text[digits + 1])))) {
        dots += text[digits] == '.';
        digits++;
    }
    return dots > 0 || digits >= LONG_NUMBER || (is_whole && digits > 0 && digits == length)
               ? digits
               : 0;
}

static void add_name(struct buffer *out, const char *name, size_t length)
{
    /* Nix and Guix: 32 characters of base 32, a hyphen, name and version */
    bool in_store = length > 33 && name[32] == '-';
    size_t start, made = shape_made_name(name, length, &start);

    if (made > 0) {
        buffer_add(out, name, start);
        buffer_add_text(out, "{n}");
        buffer_add(out, name + start + made, length - start - made);
        return;
    }
    if (in_store && strspn(name, "0123456789abcdfghijklmnpqrsvwxyz") == 32) {
        buffer_add_text(out, "{n}");
        name += 32;
        length -= 32;
    }
    for (size_t i = 0, skip; i < length; i += skip) {
        bool is_start = i == 0 || !shape_is_hex(name[i - 1]);
        if ((skip = shape_uuid(name + i, length - i)) > 0) {
            buffer_add_text(out, "{uuid}");
        } else if ((skip = is_start || shape_is_digit(name[i])
                               ? varying_number(name + i, length - i, i == 0)
                               : 0) > 0) {
            buffer_add_text(out, "{n}");
        } else {
            skip = 1;
            /* the rest of a short number is none of its own */
            while (shape_is_digit(name[i]) && i + skip < length && shape_is_digit(name[i + skip]))
                skip++;
            buffer_add(out, name + i, skip);
        }
    }
}

static size_t replace_temp(struct buffer *out, const char *folder, const struct place_roots *roots,
                           bool is_windows)
{
    size_t taken = 0;

    for (size_t i = 0; i < PLACE_TEMPS && taken == 0; i++)
        taken = replace_root(out, folder, roots->temps[i], "{temp}");
    if (taken > 0)
        return taken;
    return is_windows ? replace_prefix(out, folder, windows_temps, COUNT(windows_temps))
                      : replace_prefix(out, folder, unix_temps, COUNT(unix_temps));
}

/* Whether the program lies in a temporary folder, and in none below that. */
static bool is_temp(const char *folder, const struct place_roots *roots, bool is_windows)
{
    struct buffer unused = {0};
    size_t taken =
        folder != NULL && *folder != '\0' ? replace_temp(&unused, folder, roots, is_windows) : 0;

    buffer_release(&unused);
    return taken > 0 && folder[taken] == '\0';
}

/* Adds the root that the folder lies below; returns how much of it that is. */
static size_t add_root(struct buffer *out, const char *folder, const struct place_roots *roots,
                       bool is_windows, bool *below_temp)
{
    size_t taken = is_windows ? replace_prefix(out, folder, windows_systems, COUNT(windows_systems))
                              : replace_prefix(out, folder, unix_systems, COUNT(unix_systems));

    *below_temp = false;
    if (taken == 0 && (taken = replace_root(out, folder, roots->app, "{app}")) > 0)
        *below_temp = is_temp(roots->app, roots, is_windows);
    if (taken == 0)
        *below_temp = (taken = replace_temp(out, folder, roots, is_windows)) > 0;
    if (taken == 0)
        taken = is_windows ? replace_prefix(out, folder, windows_homes, COUNT(windows_homes))
                           : replace_prefix(out, folder, unix_homes, COUNT(unix_homes));
    return taken;
}

void place_add(struct buffer *out, const char *path, const struct place_roots *roots,
               bool is_windows)
{
    struct buffer folder = {0};
    const char *at;
    bool below_temp;

    place_add_folder(&folder, path, is_windows);
    at = buffer_text(&folder);
    at += add_root(out, at, roots, is_windows, &below_temp);
    while (*at != '\0') {
        size_t length = strcspn(at, "/");
        if (below_temp && length > 0)
            buffer_add_text(out, "{n}");
        else
            add_name(out, at, length);
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
