/*
 * How much memory SQLite may take at once. A damaged file makes it read a record of any size before
 * a limit of values is asked.
 */
#ifndef TRAIL_ALLOCATION_H
#define TRAIL_ALLOCATION_H

/*
 * Bounds each single allocation of SQLite; what is larger is SQLITE_NOMEM. Call at the start of the
 * program: without effect once SQLite is in use.
 */
void allocation_bound(void);

#endif
