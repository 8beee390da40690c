/*
 * Bringing runs to a fleet's server (schema/clickhouse/README.md): a run is there whole or not at
 * all, and one that is there is not sent again. Many runs go at once, one insert for each table.
 * Main thread.
 */
#ifndef TRAIL_PUSH_H
#define TRAIL_PUSH_H

#include "fleet/server.h"
#include "viewer.h"

enum push_result { PUSH_DONE, PUSH_WAS_THERE, PUSH_IS_RECORDED };

/* What became of a run, in their order. */
typedef int (*push_report)(void *context, const struct run_reference *run, const char *uuid,
                           enum push_result result, struct trail_error *error);

/*
 * Pushes the runs, with the values that `sent` (mirror.h) says. Returns 0, or -1 and error: those
 * of which was reported are there. A report follows after the runs of a batch.
 */
int push_runs(struct server *server, const struct run_reference *runs, size_t count, unsigned sent,
              push_report report, void *context, struct trail_error *error);

#endif
