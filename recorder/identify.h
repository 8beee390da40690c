/*
 * The first half of what becomes of an event: who its image is. A cursor over the ring ahead of the
 * one that stores rows; it closes the handle that came with an event and keeps what it found until
 * the row is committed, since nobody can find it out again when a transaction is tried again.
 *
 * Threads: the writer thread's, but for identify_wait, with which the loop thread has files closed
 * that an unload is about; it does the step by itself while the writer thread is within SQLite, so
 * that no stop waits for that. `done` and `waits` are atomic to ask them without a lock.
 */
#ifndef TRAIL_IDENTIFY_H
#define TRAIL_IDENTIFY_H

#include "event.h"
#include "image/identity.h"
#include "ring.h"

struct identify;

/* NULL and error on failure. The ring must live as long. */
struct identify *identify_new(struct ring *ring, struct trail_error *error);
void identify_free(struct identify *identify);

/*
 * Identifies all that is in the ring if record `seq` is not identified yet. Returns whether it is
 * then: only so far may the ring's records be stored and released.
 */
bool identify_ahead(struct identify *identify, uint64_t seq);

/* Who the image of record `seq` is, which is identified and not forgotten. */
void identify_get(struct identify *identify, uint64_t seq, struct module_identity *identity);

/* Forgets what was found for the records up to `seq`: they are committed. */
void identify_forget(struct identify *identify, uint64_t seq);

/* Nothing is stored any more: from now on handles are only closed. */
void identify_give_up(struct identify *identify);

/*
 * Loop thread: returns when the files that came with the records up to `seq` are closed, or after
 * 100 ms at most, or at once if there is no room to keep more. Costs nothing if they are.
 */
void identify_wait(struct identify *identify, uint64_t seq);

#endif
