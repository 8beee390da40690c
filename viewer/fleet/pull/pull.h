/*
 * Bringing runs of a fleet into a trail file. What the server sends is gathered in a file of its
 * own, some runs at a time, with every value checked, and then merged: whole runs or none, and a
 * run that is there already, by its uuid, stays as it is. Main thread.
 */
#ifndef TRAIL_PULL_H
#define TRAIL_PULL_H

#include "fleet/selection.h"
#include "fleet/server.h"

#include <sqlite3.h>

enum pull_result { PULL_NEW, PULL_WAS_THERE, PULL_NOT_WHOLE };

struct pulled_run {
    const char *uuid;
    sqlite3_int64 run; /* its number in the file; 0 if it is not there */
    enum pull_result result;
    unsigned sent; /* which values came along, as the table run over there has it */
};

typedef int (*pull_report)(void *context, const struct pulled_run *run, struct trail_error *error);

/*
 * Pulls the runs into `to`, open for recording. `report` hears of each. What was merged before a
 * failure stays. Returns 0, or -1 and error.
 */
int pull_runs(struct server *server, const struct selection *selection, sqlite3 *to,
              pull_report report, void *context, struct trail_error *error);

#endif
