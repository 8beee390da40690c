/*
 * The tables of a fleet on its server (schema/clickhouse): making them, and whether those that are
 * there are of this program's kind. Main thread.
 */
#ifndef TRAIL_LAYOUT_H
#define TRAIL_LAYOUT_H

#include "server.h"

enum { LAYOUT_NUMBER = 1 }; /* of the tables, as it stands in trail_format */

/* Makes database, tables and views of questions where they are missing. Returns 0, or -1 and error.
 */
int layout_make(struct server *server, struct trail_error *error);

/* 0 if the tables are there and have this number and format, else -1 and error. */
int layout_check(struct server *server, struct trail_error *error);

#endif
