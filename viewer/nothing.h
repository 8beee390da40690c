/*
 * Why a query has no rows: a table without rows would leave open whether there was nothing, or
 * nothing could be seen.
 */
#ifndef TRAIL_NOTHING_H
#define TRAIL_NOTHING_H

#include "query.h"

/* Says it on stderr, for all of viewer->runs, of which there is one. */
void nothing_say(const struct viewer *viewer, const struct query *query);

#endif
