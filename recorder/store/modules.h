/*
 * Interning of modules: one row of table `module` per distinct image, found again by all that
 * identifies it. Writer thread only.
 */
#ifndef TRAIL_MODULES_H
#define TRAIL_MODULES_H

#include "error.h"
#include "image/identity.h"

#include <sqlite3.h>

struct modules;

/* Prepares its statements on a recording connection. NULL and error on failure. */
struct modules *modules_new(sqlite3 *db, struct trail_error *error);
void modules_free(struct modules *modules);

/* The id of the row for this identity, inserted if it is new. -1 and error on failure. */
int64_t modules_intern(struct modules *modules, const struct module_identity *identity,
                       struct trail_error *error);

/* Forgets which rows there are: a transaction was rolled back. */
void modules_forget(struct modules *modules);

#endif
