/*
 * The environment of a launched program: ours with changes. Variables keep their places and a new
 * one goes where its name sorts, as Windows keeps a block (sorted, case does not matter); the
 * hidden "=C:=..." entries that hold drives' directories stay.
 */
#include "services/environment.h"

#include "os.h"
#include "services/wide.h"
#include "services/windows_api.h"
#include "text.h"

#include <stdlib.h>
#include <wchar.h>

struct environment {
    wchar_t *block; /* NUL-terminated entries, then an empty one */
    size_t length;  /* units without the last NUL */
};

/* Units of an entry's name. A name may start with '=' but not end there. */
static size_t name_length(const wchar_t *entry)
{
    size_t length = entry[0] == L'=' ? 1 : 0;

    return length + wcscspn(entry + length, L"=");
}

static int compare_names(const wchar_t *a, const wchar_t *b)
{
    return CompareStringOrdinal(a, (int)name_length(a), b, (int)name_length(b), TRUE) - CSTR_EQUAL;
}

static void remove_variable(struct environment *environment, const wchar_t *name)
{
    wchar_t *end = environment->block + environment->length;

    for (wchar_t *entry = environment->block; entry < end;) {
        size_t size = wcslen(entry) + 1;
        if (compare_names(entry, name) != 0) {
            entry += size;
            continue;
        }
        wmemmove(entry, entry + size, (size_t)(end - entry) - size + 1);
        environment->length -= size;
        end -= size;
    }
}

static int insert_variable(struct environment *environment, const wchar_t *variable)
{
    size_t size = wcslen(variable) + 1, at = 0;
    wchar_t *block = realloc(environment->block, (environment->length + size + 2) * sizeof *block);

    if (block == NULL)
        return -1;
    environment->block = block;
    while (at < environment->length && compare_names(block + at, variable) < 0)
        at += wcslen(block + at) + 1;
    wmemmove(block + at + size, block + at, environment->length - at + 1);
    wmemcpy(block + at, variable, size);
    environment->length += size;
    return 0;
}

/* "VAR=VALUE" sets, "VAR" unsets. */
static int change_variable(struct environment *environment, const char *change)
{
    wchar_t *variable = wide_from_utf8(change);
    int result = variable != NULL ? 0 : -1;

    if (result == 0 && name_length(variable) > 0) {
        remove_variable(environment, variable);
        if (variable[name_length(variable)] == L'=')
            result = insert_variable(environment, variable);
    }
    free(variable);
    return result;
}

static int copy_our_environment(struct environment *environment)
{
    wchar_t *ours = GetEnvironmentStringsW();
    size_t length = 0;

    while (ours != NULL && ours[length] != L'\0')
        length += wcslen(ours + length) + 1;
    environment->length = length;
    /* an empty block is two NULs */
    environment->block = calloc(length + 2, sizeof *environment->block);
    if (environment->block != NULL && ours != NULL)
        wmemcpy(environment->block, ours, length);
    if (ours != NULL)
        FreeEnvironmentStringsW(ours);
    return environment->block != NULL ? 0 : -1;
}

static bool has_variable(const struct environment *environment, const wchar_t *name)
{
    for (size_t at = 0; at < environment->length; at += wcslen(environment->block + at) + 1)
        if (compare_names(environment->block + at, name) == 0)
            return true;
    return false;
}

/*
 * A process that is created under a debugger gets the debug heap: slower, and laid out otherwise
 * than alone. Its loader looks for _NO_DEBUG_HEAP in the environment the process is created with,
 * so the variable must stand in this block and the target (and its children) can see it. Somebody
 * who has set it already keeps his value. Source: "Debugging a user-mode process", MSDN.
 */
static int turn_debug_heap_off(struct environment *environment)
{
    return has_variable(environment, L"_NO_DEBUG_HEAP")
               ? 0
               : insert_variable(environment, L"_NO_DEBUG_HEAP=1");
}

wchar_t *environment_block(const char *const *changes, bool debug_heap)
{
    struct environment environment;

    if (copy_our_environment(&environment) < 0)
        return NULL;
    for (const char *const *change = changes; change != NULL && *change != NULL; change++)
        if (change_variable(&environment, *change) < 0)
            goto fail;
    if (!debug_heap && turn_debug_heap_off(&environment) < 0)
        goto fail;
    environment.block[environment.length] = environment.block[environment.length + 1] = L'\0';
    return environment.block;
fail:
    free(environment.block);
    return NULL;
}

static size_t block_units(const wchar_t *block)
{
    size_t units = 0;

    while (block[units] != L'\0')
        units += wcslen(block + units) + 1;
    return units;
}

char *os_environment(const char *const *changes)
{
    wchar_t *block = environment_block(changes, false);
    size_t units = block != NULL ? block_units(block) : 0, used = 0;
    char *texts = malloc(TEXT_FROM_UTF16_CAPACITY(units) + 1);
    bool exact;

    if (block != NULL && texts != NULL) {
        for (size_t at = 0, length; at < units; at += length + 1) {
            length = wcslen(block + at);
            used += text_from_utf16(block + at, length, texts + used, &exact) + 1;
        }
        texts[used] = '\0';
        free(block);
        return texts;
    }
    free(block);
    free(texts);
    return NULL;
}
