/* See path_glob.h. */
#include "path_glob.h"

#include "text.h"

#include <stddef.h>
#include <string.h>

enum { ELEMENT_BYTES_AT_MOST = 4095 }; /* a name as a glob may be three times as long */

/*
 * Copies the element at `text`; returns its length, or -1 if it is too long for a name of any
 * system.
 */
static ptrdiff_t copy_element(const char *text, char *out)
{
    size_t length = strcspn(text, "/");

    if (length > ELEMENT_BYTES_AT_MOST)
        return -1;
    memcpy(out, text, length);
    out[length] = '\0';
    return (ptrdiff_t)length;
}

static bool is_any_folders(const char *glob)
{
    return glob[0] == '*' && glob[1] == '*' && (glob[2] == '/' || glob[2] == '\0');
}

/* Matches one element of each; moves both behind the / after it. */
static bool match_element(const char **glob, const char **path, bool ignore_case)
{
    char element[ELEMENT_BYTES_AT_MOST + 1], name[ELEMENT_BYTES_AT_MOST + 1];
    ptrdiff_t element_length = copy_element(*glob, element),
              name_length = copy_element(*path, name);

    if (element_length < 0 || name_length < 0 || !text_glob(element, name, ignore_case))
        return false;
    *glob += element_length;
    *path += name_length;
    if (**glob != **path) /* one has more elements; ** may be one that is none */
        return **path == '\0' && **glob == '/' && is_any_folders(*glob + 1) &&
               *(*glob += 1) != '\0';
    *glob += **glob == '/';
    *path += **path == '/';
    return true;
}

bool path_glob(const char *glob, const char *path, bool ignore_case)
{
    const char *after = NULL, *after_path = NULL; /* where the last ** may take one folder more */

    for (;;) {
        if (is_any_folders(glob)) {
            after = glob + 2 + (glob[2] == '/');
            if (*after == '\0')
                return true;
            after_path = path;
            glob = after;
        } else if (*glob == '\0' && *path == '\0') {
            return true;
        } else if (*glob == '\0' || *path == '\0' || !match_element(&glob, &path, ignore_case)) {
            if (after == NULL || *(after_path += strcspn(after_path, "/")) == '\0')
                return false;
            glob = after;
            path = ++after_path;
        }
    }
}
