/*
 * What a program ran in: the variables of its environment (table `environment`), and how busy the
 * machine was (columns of `run`). Values of variables are kept only of those that steer loading or
 * locale (steering.def), and of those that the user names; of the others a check value of 12 bits,
 * which shows most changes and tells no secret. Inside a transaction; any thread.
 */
#ifndef TRAIL_SURROUNDINGS_H
#define TRAIL_SURROUNDINGS_H

#include "error.h"
#include "os.h"

#include <sqlite3.h>

struct surroundings {
    const char *environment;   /* as os_environment gives it; NULL: not known */
    const char *const *values; /* NULL-terminated patterns of further names, or NULL */
    struct os_busy busy;       /* at the start */
};

/* At the start of a run, and at its end. Both return 0, or -1 and error. */
int surroundings_begin(sqlite3 *db, int64_t run_id, const struct surroundings *surroundings,
                       struct trail_error *error);
int surroundings_end(sqlite3 *db, int64_t run_id, const struct surroundings *surroundings,
                     struct trail_error *error);

#endif
