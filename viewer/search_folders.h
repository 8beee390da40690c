/*
 * Where a loader looks for a module, in order, as far as a recording tells: for `why`. Sources:
 * ld.so(8); "Dynamic-link library search order" on MSDN. Pure functions, any thread.
 */
#ifndef TRAIL_SEARCH_FOLDERS_H
#define TRAIL_SEARCH_FOLDERS_H

#include <stdbool.h>

/* What is known; NULL where it is not. Folder lists are as their variables have them. */
struct search_facts {
    bool is_windows;
    const char *path;     /* of the module; NULL: it was found nowhere */
    const char *importer; /* name and path of whose import it is */
    const char *importer_path;
    const char *imported_as;
    const char *rpath, *runpath;         /* of the importer */
    const char *program, *program_rpath; /* by which it is looked for, too, if it has no RUNPATH */
    const char *program_path, *directory;
    const char *library_path, *path_variable, *system_root;
};

/* One place of the search. The texts are valid during the call. */
struct search_place {
    const char *source; /* "RUNPATH of app", "LD_LIBRARY_PATH", "the program's folder" */
    const char *folder; /* "" for a place that is no folder: the loader's cache */
    bool is_here;       /* the module came from there: the first place where it fits */
};

/* Calls `take` for each place, in order. Stops where that returns non-zero, and returns it. */
int search_folders(const struct search_facts *facts,
                   int (*take)(void *context, const struct search_place *place), void *context);

#endif
