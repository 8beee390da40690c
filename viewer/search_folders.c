/* See search_folders.h. */
#include "search_folders.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

enum { FOLDER_BYTES = 4096, SOURCE_BYTES = 300 };

struct search {
    const struct search_facts *facts;
    int (*take)(void *context, const struct search_place *place);
    void *context;
    char own_folder[FOLDER_BYTES]; /* the module's */
    bool found;
};

static size_t folder_length(const char *path)
{
    return (size_t)(text_base_name(path) - path);
}

/* Without '.', '..' and a last separator; /lib is /usr/lib where the file is there. */
static void clean(const char *folder, bool is_windows, char *out)
{
    const char *separators = is_windows ? "/\\" : "/";
    size_t used = 0;

    for (const char *at = folder; *at != '\0' && used < FOLDER_BYTES - 2;) {
        size_t length = strcspn(at, separators);
        if (length == 2 && strncmp(at, "..", 2) == 0) {
            while (used > 0 && out[used - 1] != '/')
                used--;
            used -= used > 0;
        } else if (length > 0 && !(length == 1 && *at == '.')) {
            if (used > 0 || !is_windows)
                out[used++] = '/';
            if (length > FOLDER_BYTES - 2 - used)
                length = FOLDER_BYTES - 2 - used;
            memcpy(out + used, at, length);
            used += length;
        }
        at += strcspn(at, separators);
        at += strspn(at, separators);
    }
    out[used] = '\0';
}

static bool is_same(const char *a, const char *b, bool is_windows)
{
    if (is_windows)
        return text_equal_ignoring_case(a, b);
    if (strncmp(a, "/usr/lib", 8) == 0 && strncmp(b, "/lib", 4) == 0)
        a += 4; /* where /lib is a link to it */
    else if (strncmp(b, "/usr/lib", 8) == 0 && strncmp(a, "/lib", 4) == 0)
        b += 4;
    return strcmp(a, b) == 0;
}

/* A relative one is meant from the working folder on. */
static int offer(struct search *search, const char *source, const char *folder)
{
    const struct search_facts *facts = search->facts;
    char cleaned[FOLDER_BYTES], full[FOLDER_BYTES];
    struct search_place place = {.source = source, .folder = folder};
    bool is_relative = !facts->is_windows && folder[0] != '/' && facts->directory != NULL;

    snprintf(full, sizeof full, "%s%s%s", is_relative ? facts->directory : "",
             is_relative ? "/" : "", folder);
    clean(full, facts->is_windows, cleaned);
    place.is_here = !search->found && is_same(cleaned, search->own_folder, facts->is_windows);
    search->found = search->found || place.is_here;
    return search->take(search->context, &place);
}

/* $ORIGIN, which is the folder of `origin`. Others stay as they are. */
static void expand(const char *origin, const char *item, size_t length, char *out)
{
    static const char *const names[] = {"$ORIGIN", "${ORIGIN}"};
    int origin_length = (int)folder_length(origin);
    char copy[FOLDER_BYTES];

    snprintf(copy, sizeof copy, "%.*s", (int)length, item);
    snprintf(out, FOLDER_BYTES, "%s", copy);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *at = strstr(copy, names[i]);
        if (at != NULL)
            snprintf(out, FOLDER_BYTES, "%.*s%.*s%s", (int)(at - copy), copy,
                     origin_length > 1 ? origin_length - 1 : origin_length, origin,
                     at + strlen(names[i]));
    }
}

static int offer_list(struct search *search, const char *source, const char *list,
                      const char *origin)
{
    const char *separators = search->facts->is_windows ? ";" : ":;";
    char folder[FOLDER_BYTES];
    int result = 0;

    for (const char *at = list; at != NULL && result == 0;) {
        size_t length = strcspn(at, separators);
        expand(origin != NULL ? origin : "", at, length, folder);
        if (folder[0] != '\0' || search->facts->is_windows)
            result = folder[0] != '\0' ? offer(search, source, folder) : 0;
        else if (search->facts->directory != NULL)
            result = offer(search, source, search->facts->directory); /* an empty one means it */
        at = at[length] != '\0' ? at + length + 1 : NULL;
    }
    return result;
}

/* RPATH or RUNPATH of a module; whose folder is `path`'s. */
static int offer_own(struct search *search, const char *what, const char *name, const char *list,
                     const char *path)
{
    char source[SOURCE_BYTES];

    snprintf(source, sizeof source, "%s of %s", what, name);
    return offer_list(search, source, list, path);
}

/* What the cache holds is not recorded: only that a folder of the system is one it leads to. */
static int offer_defaults(struct search *search)
{
    static const char *const defaults[] = {"/lib", "/usr/lib", "/lib64", "/usr/lib64", NULL};
    struct search_place cache = {.source = "the loader's cache, or a default folder", .folder = ""};

    for (size_t i = 0; defaults[i] != NULL && !search->found; i++) {
        size_t length = strlen(defaults[i]);
        if (strncmp(search->own_folder, defaults[i], length) == 0 &&
            (search->own_folder[length] == '\0' ||
             strstr(search->own_folder + length, "-linux-gnu") != NULL))
            cache.is_here = search->found = true;
    }
    return search->found || search->facts->path == NULL ? search->take(search->context, &cache) : 0;
}

/* What none of the known places has is somewhere all the same. */
static int offer_unknown(const struct search *search)
{
    bool is_import = search->facts->imported_as != NULL;
    struct search_place place = {.folder = "", .is_here = true};

    if (search->facts->is_windows)
        place.source = "a place that is not recorded";
    else
        place.source = is_import ? "the loader's cache, or a place that is not recorded"
                                 : "the loader's cache";
    return search->take(search->context, &place);
}

static int search_linux(struct search *search)
{
    const struct search_facts *facts = search->facts;
    int result = 0;

    if (facts->imported_as != NULL && strchr(facts->imported_as, '/') != NULL) {
        struct search_place by_path = {"its path", facts->imported_as, facts->path != NULL};

        search->found = true;
        return search->take(search->context, &by_path);
    }
    if (facts->rpath != NULL && facts->runpath == NULL)
        result = offer_own(search, "RPATH", facts->importer, facts->rpath, facts->importer_path);
    if (result == 0 && facts->program_rpath != NULL && facts->runpath == NULL)
        result =
            offer_own(search, "RPATH", facts->program, facts->program_rpath, facts->program_path);
    if (result == 0 && facts->library_path != NULL)
        result = offer_list(search, "LD_LIBRARY_PATH", facts->library_path, facts->program_path);
    if (result == 0 && facts->runpath != NULL)
        result =
            offer_own(search, "RUNPATH", facts->importer, facts->runpath, facts->importer_path);
    return result == 0 ? offer_defaults(search) : result;
}

static int offer_below(struct search *search, const char *source, const char *folder,
                       const char *below)
{
    char full[FOLDER_BYTES];

    if (folder == NULL)
        return 0;
    snprintf(full, sizeof full, "%s%s", folder, below);
    return offer(search, source, full);
}

static int search_windows(struct search *search)
{
    const struct search_facts *facts = search->facts;
    char program[FOLDER_BYTES] = "";
    int result = 0;

    if (facts->program_path != NULL) {
        snprintf(program, sizeof program, "%.*s", (int)folder_length(facts->program_path),
                 facts->program_path);
        result = offer(search, "the program's folder", program);
    }
    if (result == 0)
        result = offer_below(search, "KnownDLLs, or the system's folder", facts->system_root,
                             "\\System32");
    if (result == 0)
        result = offer_below(search, "the 16-bit system's folder", facts->system_root, "\\System");
    if (result == 0)
        result = offer_below(search, "Windows' folder", facts->system_root, "");
    if (result == 0 && facts->directory != NULL)
        result = offer(search, "the working folder", facts->directory);
    return result == 0 && facts->path_variable != NULL
               ? offer_list(search, "PATH", facts->path_variable, NULL)
               : result;
}

int search_folders(const struct search_facts *facts,
                   int (*take)(void *context, const struct search_place *place), void *context)
{
    struct search search = {
        .facts = facts, .take = take, .context = context, .found = facts->path == NULL};
    char folder[FOLDER_BYTES];
    int result;

    if (facts->path != NULL) {
        snprintf(folder, sizeof folder, "%.*s", (int)folder_length(facts->path), facts->path);
        clean(folder, facts->is_windows, search.own_folder);
    }
    result = facts->is_windows ? search_windows(&search) : search_linux(&search);
    return result == 0 && !search.found ? offer_unknown(&search) : result;
}
