/*
 * Globs of paths: like text_glob, but * and ? stay within one folder or name, and ** as a whole
 * element is any number of folders, also none. Separators are / here; a caller turns those of
 * Windows. Pure.
 */
#ifndef TRAIL_PATH_GLOB_H
#define TRAIL_PATH_GLOB_H

#include <stdbool.h>

bool path_glob(const char *glob, const char *path, bool ignore_case);

#endif
