/*
 * Looks into silences: a thread that, when nothing has happened in a process for a while, looks at
 * what its threads are doing (look.h), again and again in growing distances: every 20 ms up to
 * 200 ms, then after each tenth of the silence so far. What it saw becomes rows of table `look`.
 */
#ifndef TRAIL_LOOKS_H
#define TRAIL_LOOKS_H

#include "error.h"

#include <sqlite3.h>
#include <stdint.h>

struct looks;

/* Looks when a silence is after_ms long. NULL and error on failure. */
struct looks *looks_start(unsigned after_ms, struct trail_error *error);

/* Event `seq` happened in the process, or it has ended. Loop thread; costs a few stores. */
void looks_touch(struct looks *looks, uint32_t pid, uint64_t seq, uint64_t t_ns);
void looks_end(struct looks *looks, uint32_t pid);

/* Ends the looking thread. Loop thread; NULL is accepted. */
void looks_stop(struct looks *looks);
void looks_free(struct looks *looks);

/*
 * Inserts what was seen before until_ns and is not forgotten yet, inside a transaction: all events
 * before that must be stored. zero_ns is the run's first event. Writer thread. Returns 0, or -1 and
 * error. And forgets what was inserted: it is committed.
 */
int looks_store(struct looks *looks, sqlite3 *db, int64_t run_id, uint64_t zero_ns,
                uint64_t until_ns, struct trail_error *error);
void looks_forget(struct looks *looks);

#endif
