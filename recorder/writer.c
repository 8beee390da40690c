/*
 * See writer.h. Batch size, flush and durability are decided here: a transaction ends after BATCH_ROWS events or BATCH_NS, whichever
 * comes first. A locked database is tried again as long as it takes, the ring meanwhile keeps the target running; any other failure
 * ends the writing (what is committed stays), and the rest of the events is read from the ring and counted as missing.
 */
#include "writer.h"

#include "db.h"
#include "live.h"
#include "os.h"
#include "rows.h"

#include <stdlib.h>

enum {
    BATCH_ROWS = 10000,
    IDLE_WAIT_MS = 20,
    LOCKED_AT_END_TRIES = 6 /* of the busy time-out each */
};
#define BATCH_NS UINT64_C(100000000)

struct writer {
    sqlite3 *db;
    struct ring *ring;
    struct os_thread *thread;
    struct live *live;
    struct rows *rows;
    int64_t run_id;
    uint64_t zero_ns, utc_minus_monotonic_ns;
    struct run_counts counts;

    bool in_batch;
    unsigned batch_rows;
    uint64_t batch_start_ns;
    uint64_t lost; /* events after the failure */
    struct trail_error failure;
    struct event event; /* large: the one event being written */
};

struct writer *writer_open(const struct writer_options *options, struct ring *ring, struct trail_error *error)
{
    struct writer *writer = calloc(1, sizeof *writer);

    if (writer == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    writer->ring = ring;
    writer->utc_minus_monotonic_ns = options->run.utc_ns - options->run.monotonic_ns;
    if (db_open_for_recording(options->database, &writer->db, error) != 0)
        goto fail;
    writer->run_id = run_row_insert(writer->db, &options->run, error);
    if (writer->run_id < 0) {
        error_context(error, "cannot record to '%s'", options->database);
        goto fail;
    }
    writer->rows = rows_new(writer->db, writer->run_id, error);
    if (writer->rows == NULL)
        goto fail;
    if (!options->live || (writer->live = live_new(error)) != NULL)
        return writer;
fail:
    writer_free(writer);
    return NULL;
}

static bool is_locked(const struct trail_error *error)
{
    return error->code == TRAIL_LOCKED;
}

/* Runs BEGIN or COMMIT; a lock is waited for, but not for ever once the target has ended. */
static int run_despite_locks(struct writer *writer, const char *sql)
{
    int tries_left = LOCKED_AT_END_TRIES;

    while (db_run(writer->db, sql, &writer->failure) != 0) {
        if (!is_locked(&writer->failure))
            return -1;
        if (ring_is_finished(writer->ring) && --tries_left == 0)
            return -1;
    }
    writer->failure.code = TRAIL_OK;
    return 0;
}

static int begin_batch(struct writer *writer)
{
    if (run_despite_locks(writer, "BEGIN IMMEDIATE") != 0)
        return -1;
    writer->in_batch = true;
    writer->batch_rows = 0;
    writer->batch_start_ns = os_monotonic_ns();
    return 0;
}

static int end_batch(struct writer *writer)
{
    if (!writer->in_batch)
        return 0;
    if (run_row_set_counts(writer->db, writer->run_id, &writer->counts, &writer->failure) != 0 ||
        run_despite_locks(writer, "COMMIT") != 0)
        return -1;
    writer->in_batch = false;
    return 0;
}

/* The first event is time zero. */
static int set_zero(struct writer *writer)
{
    writer->zero_ns = writer->event.t_ns;
    return run_row_set_zero(writer->db, writer->run_id, writer->zero_ns + writer->utc_minus_monotonic_ns, writer->zero_ns,
                            &writer->failure);
}

static int write_event(struct writer *writer, uint64_t hold_ns)
{
    struct event *event = &writer->event;
    uint64_t seq = writer->counts.events + 1;

    if (!writer->in_batch && begin_batch(writer) != 0)
        return -1;
    if (seq == 1 && set_zero(writer) != 0)
        return -1;
    if (writer->live != NULL)
        live_print(writer->live, event, event->t_ns - writer->zero_ns);
    if (rows_write(writer->rows, seq, event, event->t_ns - writer->zero_ns, hold_ns, &writer->failure) != 0)
        return -1;
    writer->counts.events = seq;
    writer->counts.by_kind[event->kind]++;
    writer->counts.hold_ns += hold_ns;
    writer->batch_rows++;
    return 0;
}

/* After a failure: what was not committed is gone, and so is what comes. */
static void give_up(struct writer *writer)
{
    if (sqlite3_get_autocommit(writer->db) == 0)
        sqlite3_exec(writer->db, "ROLLBACK", NULL, NULL, NULL);
    writer->lost += writer->in_batch ? writer->batch_rows : 0;
    writer->in_batch = false;
}

static void take_event(struct writer *writer, const void *packed, size_t size, uint64_t hold_ns)
{
    if (writer->failure.code != TRAIL_OK) {
        writer->lost++;
        return;
    }
    if (event_unpack(&writer->event, packed, size) != 0)
        error_set(&writer->failure, TRAIL_FAILED, 0, "a record in the ring is damaged");
    else if (write_event(writer, hold_ns) == 0)
        return;
    writer->lost++;
    give_up(writer);
}

static void end_batch_if_due(struct writer *writer, bool idle)
{
    bool due = writer->batch_rows >= BATCH_ROWS || os_monotonic_ns() - writer->batch_start_ns >= BATCH_NS;

    if (writer->in_batch && (due || (idle && ring_is_finished(writer->ring))) && end_batch(writer) != 0)
        give_up(writer);
}

static void writer_run(void *argument)
{
    struct writer *writer = argument;

    while (!ring_is_drained(writer->ring)) {
        uint64_t hold_ns;
        size_t size;
        const void *packed = ring_peek(writer->ring, &size, &hold_ns);
        if (packed != NULL) {
            take_event(writer, packed, size, hold_ns);
            ring_release(writer->ring);
        }
        if (packed == NULL || writer->batch_rows % 64 == 0)
            end_batch_if_due(writer, packed == NULL);
        if (packed == NULL) {
            if (writer->live != NULL)
                live_flush(writer->live);
            ring_wait(writer->ring, IDLE_WAIT_MS);
        }
    }
    if (end_batch(writer) != 0)
        give_up(writer);
    if (writer->live != NULL)
        live_flush(writer->live);
}

int writer_start(struct writer *writer, struct trail_error *error)
{
    writer->thread = os_thread_start(writer_run, writer, error);
    return writer->thread != NULL ? 0 : -1;
}

static int complete_run(struct writer *writer, const struct run_end *end, const struct run_counts *totals)
{
    struct trail_error *failure = &writer->failure;

    writer->counts.hold_ns += totals->hold_ns;
    writer->counts.quiet_stops = totals->quiet_stops;
    writer->counts.stalls = totals->stalls;
    writer->counts.stall_ns = totals->stall_ns;
    return begin_batch(writer) != 0 || run_row_set_counts(writer->db, writer->run_id, &writer->counts, failure) != 0 ||
                   run_row_finish(writer->db, writer->run_id, end, failure) != 0 || run_despite_locks(writer, "COMMIT") != 0
               ? -1
               : 0;
}

int writer_finish(struct writer *writer, const struct run_end *end, const struct run_counts *totals, struct trail_error *error)
{
    os_thread_join(writer->thread);
    writer->thread = NULL;
    if (writer->failure.code == TRAIL_OK && complete_run(writer, end, totals) == 0)
        return 0;
    sqlite3_exec(writer->db, "ROLLBACK", NULL, NULL, NULL);
    *error = writer->failure;
    return error_context(error, "the recording is incomplete (%llu events are missing)", (unsigned long long)writer->lost);
}

void writer_cancel(struct writer *writer)
{
    ring_finish(writer->ring);
    os_thread_join(writer->thread);
    writer->thread = NULL;
    run_row_delete(writer->db, writer->run_id, NULL);
}

int64_t writer_run_id(const struct writer *writer)
{
    return writer->run_id;
}

const struct run_counts *writer_counts(const struct writer *writer)
{
    return &writer->counts;
}

void writer_free(struct writer *writer)
{
    if (writer == NULL)
        return;
    live_free(writer->live);
    rows_free(writer->rows);
    db_close(writer->db);
    free(writer);
}
