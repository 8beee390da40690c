/*
 * The writer: takes events from the ring, finds out what needs no frozen target (which module,
 * which process of ours, which load an unload ends), and writes rows in batches. It owns the ring
 * and the database connection of a recording.
 *
 * Threads: all functions here on the loop thread. The writing is on the writer's own, until no more
 * events come; the rest is in writer_finish.
 */
#ifndef TRAIL_WRITER_H
#define TRAIL_WRITER_H

#include "error.h"
#include "ring.h"
#include "store/failed_loads.h"
#include "store/run_row.h"

struct writer;

struct writer_options {
    const char *database; /* path; must live as long as the writer */
    struct run_start run; /* texts are copied into the database at once */
    bool asks_debuginfod; /* for symbols of stacks */
    bool live;            /* print each event to stderr */
    /* called for what the user should know before the target starts, or NULL */
    void (*on_notice)(const char *sentence);
};

/*
 * Opens the database and makes the run's row and its ring. NULL and error on failure: then nothing
 * has changed but a created file.
 */
struct writer *writer_open(const struct writer_options *options, struct trail_error *error);

/* Where the loop puts its events. */
struct ring *writer_ring(struct writer *writer);

/* Also stores what is seen in silences; before the thread is started. NULL: nothing is. */
struct looks;
void writer_use_looks(struct writer *writer, struct looks *looks);

/* Starts the thread. */
int writer_start(struct writer *writer, struct trail_error *error);

/*
 * Returns when the files that came along with the events up to record `seq` are closed: a handle
 * that we have is in the way of who replaces the file. Loop thread, while the target stands still
 * at an event that tells that it is done with one of them: see identify_wait. Touches no database.
 */
void writer_close_files(struct writer *writer, uint64_t seq);

/*
 * Ends a recording, after ring_finish: writes what is not written yet, completes the run's row
 * with `end` and the totals that only the session knows (`totals`: quiet stops, their hold,
 * stalls). Returns -1 and error if anything is missing from the file.
 */
int writer_finish(struct writer *writer, const struct run_end *end, const struct run_counts *totals,
                  struct trail_error *error);

/* Ends a recording that has no run: takes the run's row out again. */
void writer_cancel(struct writer *writer);

/* After writer_finish: the run's number and what was written. */
int64_t writer_run_id(const struct writer *writer);
/* And whether there is anything of the run to be seen, now or once its ring is brought in. */
bool writer_has_kept(struct writer *writer);
const struct run_counts *writer_counts(const struct writer *writer);
/* And what could not be loaded at a start. */
void writer_failed_loads(struct writer *writer, struct failed_loads *loads);

/* Closes the database. NULL is accepted. */
void writer_free(struct writer *writer);

#endif
