/*
 * trail_glob(glob, name, path): the SQL function behind --module. Matches text_glob against the
 * path if the glob has a separator, else against the name; case does not matter. 0 where the text
 * is NULL. Only statements of trailview itself may call it.
 */
#ifndef TRAIL_GLOB_FUNCTION_H
#define TRAIL_GLOB_FUNCTION_H

#include "error.h"

#include <sqlite3.h>

int glob_function_add(sqlite3 *db, struct trail_error *error);

#endif
