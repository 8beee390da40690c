/*
 * The ring between the loop thread (producer) and the writer thread (consumer): variable-length records in one block of memory,
 * lock-free on the way through. The producer never blocks unless the ring is full; then it waits and the stall is counted. All atomics
 * of Trail are in ring.c.
 */
#ifndef TRAIL_RING_H
#define TRAIL_RING_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring;

/* Makes a ring of capacity_bytes (a power of two, at least four times the largest record). NULL and error on failure. */
struct ring *ring_new(size_t capacity_bytes, struct trail_error *error);
void ring_free(struct ring *ring);

/*
 * Producer. ring_reserve returns where to write a record of that size (8-byte aligned), waiting while there is no room;
 * ring_commit makes it visible. ring_stamp says how long the target was held for the last committed record, and only then does
 * the consumer see it: every committed record must be stamped. ring_finish says that no more records come.
 */
void *ring_reserve(struct ring *ring, size_t size);
void ring_commit(struct ring *ring);
void ring_stamp(struct ring *ring, uint64_t hold_ns);
void ring_finish(struct ring *ring);

/* Consumer. The oldest record (valid until ring_release), or NULL if there is none now. */
const void *ring_peek(struct ring *ring, size_t *size, uint64_t *hold_ns);
void ring_release(struct ring *ring);

/* Consumer. Sleeps until the ring fills up, is finished, or timeout_ms have passed. */
void ring_wait(struct ring *ring, unsigned timeout_ms);

/* Consumer. Whether the producer has finished, and whether then everything was consumed too. */
bool ring_is_finished(struct ring *ring);
bool ring_is_drained(struct ring *ring);

/* How often and how long the producer waited for room. Producer thread, or any after it has ended. */
void ring_stalls(const struct ring *ring, uint64_t *count, uint64_t *total_ns);

#endif
