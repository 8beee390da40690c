/* See find_program.h. */
#include "debugging/find_program.h"

#include "services/windows_api.h"

#include <stdbool.h>
#include <stdlib.h>

static bool is_file(const wchar_t *path)
{
    DWORD attributes = GetFileAttributesW(path);

    return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0;
}

static wchar_t *full_path(const wchar_t *path)
{
    DWORD size = GetFullPathNameW(path, 0, NULL, NULL);
    wchar_t *full = calloc((size_t)size + 1, sizeof *full);

    if (full != NULL && GetFullPathNameW(path, size, full, NULL) < size)
        return full;
    free(full);
    return NULL;
}

/* In one folder, a path so far that ends with a separator; "" is none. NULL if it is not there. */
static wchar_t *find_in(const wchar_t *folder, size_t length, const wchar_t *name)
{
    static const wchar_t *const extensions[] = {L"", L".com", L".exe", L".bat", L".cmd"};
    bool has_extension = wcschr(name, L'.') != NULL;
    wchar_t *path = calloc(length + wcslen(name) + 8, sizeof *path), *found = NULL;

    if (path == NULL)
        return NULL;
    for (size_t i = has_extension ? 0 : 1; i < 5 && found == NULL; i++) {
        wmemcpy(path, folder, length);
        wcscpy(path + length, name);
        wcscat(path, extensions[i]);
        if (is_file(path))
            found = full_path(path);
    }
    free(path);
    return found;
}

/* One folder of PATH, which may stand in quotes; moves behind it. */
static wchar_t *find_in_next(const wchar_t **list, wchar_t *folder, const wchar_t *name)
{
    size_t length = 0;
    bool quoted = false;

    for (; **list != L'\0' && (quoted || **list != L';'); ++*list) {
        if (**list == L'"')
            quoted = !quoted;
        else
            folder[length++] = **list;
    }
    *list += **list == L';';
    if (length == 0)
        return NULL;
    folder[length++] = L'\\';
    return find_in(folder, length, name);
}

static wchar_t *find_in_path(const wchar_t *name)
{
    DWORD size = GetEnvironmentVariableW(L"PATH", NULL, 0);
    wchar_t *list = calloc((size_t)size + 1, sizeof *list),
            *folder = calloc((size_t)size + 2, sizeof *folder), *found = NULL;

    if (list != NULL && folder != NULL && GetEnvironmentVariableW(L"PATH", list, size) < size)
        for (const wchar_t *at = list; *at != L'\0' && found == NULL;)
            found = find_in_next(&at, folder, name);
    free(list);
    free(folder);
    return found;
}

wchar_t *find_program(const wchar_t *name)
{
    const wchar_t *base = name + wcslen(name);
    wchar_t *found = NULL;

    while (base > name && wcschr(L"\\/:", base[-1]) == NULL)
        base--;
    if (*base == L'\0')
        return NULL;
    if (base > name || NeedCurrentDirectoryForExePathW(name))
        found = find_in(name, (size_t)(base - name), base);
    if (found == NULL && base == name)
        found = find_in_path(name);
    else if (found == NULL && is_file(name))
        found = full_path(name); /* without any extension */
    return found;
}
