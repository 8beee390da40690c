/*
 * The ring between the loop thread (producer) and the writer thread (consumer): variable-length
 * records in a memory-mapped file beside the database, which outlives a killed process. The
 * producer never blocks unless the ring is full; then it waits and the stall is counted. Records
 * stay in the file until the consumer has made them durable elsewhere. The atomics are in
 * ring.c.
 */
#ifndef TRAIL_RING_H
#define TRAIL_RING_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring;

/* Whose a ring is: known to its file, so that it is never taken for another's. */
struct ring_owner {
    const char *uuid;     /* of the run */
    const char *database; /* whose mode the ring's file gets */
};

/*
 * Makes a ring of capacity_bytes (a power of two, at least sixteen times the largest record) in a
 * new file at path; a quarter as large if the medium has little space, or cannot reserve it at
 * once. Where there is no space for that either, or path is NULL, the ring is in plain memory: it
 * works alike, but a killed recorder loses what is in it; then ring_is_durable is false, and a
 * small file at path says that its owner lives. Without an owner (NULL) the file is nobody's.
 * Returns NULL and error if out of memory, or with TRAIL_FOREIGN if something stands at path
 * already.
 */
struct ring *ring_new(const char *path, const struct ring_owner *owner, size_t capacity_bytes,
                      struct trail_error *error);

/*
 * Opens what a dead recorder left at path, for the consumer functions: all records in it that are
 * sound, also if the file was truncated or damaged. NULL and error on failure, which leaves the
 * file alone. Codes: TRAIL_LOCKED if that recorder lives, TRAIL_NOT_A_TRAIL if it is no ring of the
 * run with this uuid (NULL: of any), TRAIL_OTHER_VERSION, and those of file.h.
 */
struct ring *ring_open_left(const char *path, const char *uuid, struct trail_error *error);

/*
 * Frees the ring and removes its file. `keep` leaves the file: its records are not all durable yet.
 * NULL is accepted.
 */
void ring_free(struct ring *ring, bool keep);
bool ring_is_durable(const struct ring *ring);

/*
 * Producer. ring_reserve returns where to write a record of that size (8-byte aligned), waiting
 * while there is no room; ring_commit makes it part of the file, so that it survives us from there
 * on, and returns its number. ring_stamp says how long the target was held for the last committed
 * record, and only then does the consumer see it: every committed record must be stamped.
 * ring_finish says that no more records come.
 */
void *ring_reserve(struct ring *ring, size_t size);
uint64_t ring_commit(struct ring *ring);
void ring_stamp(struct ring *ring, uint64_t hold_ns);
void ring_finish(struct ring *ring);

struct ring_record {
    const void *payload; /* valid until ring_release */
    size_t size;
    uint64_t seq;     /* records are numbered from 1 */
    uint64_t hold_ns; /* meaningful if has_hold: the last record of a dead recorder may have none */
    bool has_hold;
};

/*
 * Consumer: one thread at a time. ring_next gives the oldest record that was not given yet, false
 * if there is none now. ring_release gives back the room of all records given so far: call it once
 * they are durable. ring_rewind has the records since then given once more.
 * ring_next_ahead gives each record once, to whoever has to see it before ring_next may give it;
 * on any thread, one at a time.
 */
bool ring_next(struct ring *ring, struct ring_record *record);
void ring_release(struct ring *ring);
void ring_rewind(struct ring *ring);
bool ring_next_ahead(struct ring *ring, struct ring_record *record);

/*
 * Consumer. How much of the ring records take that were given but not released, and that were not
 * released at all: 0 to 1.
 */
double ring_unreleased(struct ring *ring);
double ring_fill(struct ring *ring);

/*
 * Consumer. Has the memory that the producer will write next ready, so that it does not wait for
 * the system to map it. Cheap if there is nothing to do.
 */
void ring_prepare_ahead(struct ring *ring);

enum { RING_NEAR_MS = 100 };

/*
 * Consumer. Sleeps until the ring fills up, is finished, or timeout_ms have passed. A sleep of more
 * than RING_NEAR_MS is for when nothing comes: the first record that comes then leaves that many.
 * ring_end_wait, from any thread, ends the sleep.
 */
void ring_wait(struct ring *ring, unsigned timeout_ms);
void ring_end_wait(struct ring *ring);

/* Consumer. Whether the producer waits for room, and so the target stands still. */
bool ring_is_stalled(struct ring *ring);

/*
 * Consumer. Whether of what a dead recorder left something is not what was written: what is sound
 * behind it was found, and records are missing.
 */
bool ring_is_damaged(const struct ring *ring);

/* Consumer. Whether the producer has finished, and whether then every record was given too. */
bool ring_is_finished(struct ring *ring);
bool ring_is_drained(struct ring *ring);

/* How many records were committed. Producer thread, or any after it has ended. */
uint64_t ring_count(const struct ring *ring);

/*
 * How often and how long the producer waited for room. Producer thread, or any after it has ended.
 */
void ring_stalls(const struct ring *ring, uint64_t *count, uint64_t *total_ns);

#endif
