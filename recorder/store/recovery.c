/*
 * See recovery.h. A record that the file already holds is known by its number: run.events is
 * committed with the rows.
 */
#include "recovery.h"

#include "db.h"
#include "event.h"
#include "image/image_file.h"
#include "ring.h"
#include "rows.h"
#include "run_row.h"
#include "sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct recovery {
    sqlite3 *db;
    int64_t run_id;
    struct rows *rows;
    uint64_t zero_ns, utc_ns, last_t_ns, last_seq, brought_in;
    bool has_gap; /* records are missing */
    struct run_counts counts;
    struct event event; /* large, as the next */
    struct module_identity identity;
};

char *recovery_ring_path(sqlite3 *db, int64_t run_id)
{
    return sqlite3_mprintf("%s-run%lld.ring", sqlite3_db_filename(db, "main"), (long long)run_id);
}

/* No row came any more: 0 if there are no more, -1 and error if they cannot be read. */
static int end_of_rows(sqlite3_stmt *rows, struct trail_error *error)
{
    sqlite3 *db = sqlite3_db_handle(rows);

    return sqlite3_finalize(rows) == SQLITE_OK ? 0 : sql_error(db, error);
}

/* The counts of the run as they were committed last; the JSON object is read by SQLite. */
static int read_run(struct recovery *recovery, struct trail_error *error)
{
    sqlite3_stmt *row = sql_prepare(
        recovery->db,
        "SELECT events, hold_ns, start_monotonic_ns, start_utc_ns, "
        "(SELECT coalesce(max(t_ns), 0) FROM event WHERE run_id = ?1) FROM run WHERE id = ?1",
        error);
    sqlite3_stmt *counts;

    if (row == NULL)
        return -1;
    sqlite3_bind_int64(row, 1, recovery->run_id);
    if (sqlite3_step(row) == SQLITE_ROW) {
        recovery->counts.events = recovery->last_seq = (uint64_t)sqlite3_column_int64(row, 0);
        recovery->counts.hold_ns = (uint64_t)sqlite3_column_int64(row, 1);
        recovery->zero_ns = (uint64_t)sqlite3_column_int64(row, 2);
        recovery->utc_ns = (uint64_t)sqlite3_column_int64(row, 3);
        recovery->last_t_ns = (uint64_t)sqlite3_column_int64(row, 4);
    }
    sqlite3_finalize(row);
    counts = sql_prepare(recovery->db,
                         "SELECT k.id, j.value FROM run r, json_each(r.counts) j JOIN kind k ON "
                         "k.name = j.key WHERE r.id = ?1",
                         error);
    if (counts == NULL)
        return -1;
    sqlite3_bind_int64(counts, 1, recovery->run_id);
    while (sqlite3_step(counts) == SQLITE_ROW)
        if (event_kind_descriptor((unsigned)sqlite3_column_int(counts, 0)) != NULL)
            recovery->counts.by_kind[sqlite3_column_int(counts, 0)] =
                (uint64_t)sqlite3_column_int64(counts, 1);
    return end_of_rows(counts, error);
}

static int write_record(struct recovery *recovery, const struct ring_record *record,
                        struct trail_error *error)
{
    struct event *event = &recovery->event;

    if (record->seq <= recovery->last_seq)
        return 0; /* written already */
    recovery->has_gap |= record->seq != recovery->last_seq + 1;
    recovery->last_seq = record->seq;
    if (event_unpack(event, record->payload, record->size) != 0) {
        recovery->has_gap = true;
        /*
         * its check value is right, its meaning is not: another version's. What follows may still
         * be good.
         */
        return 0;
    }
    if (recovery->counts.events == 0) {
        uint64_t utc_ns = recovery->utc_ns + (event->t_ns - recovery->zero_ns);
        recovery->zero_ns = event->t_ns;
        if (run_row_set_zero(recovery->db, recovery->run_id, utc_ns, event->t_ns, error) != 0)
            return -1;
    }
    recovery->last_t_ns = event->t_ns - recovery->zero_ns;
    if (event_has_image(event))
        image_file_identify(event, &recovery->identity);
    if (rows_write(recovery->rows, recovery->counts.events + 1, event, &recovery->identity,
                   recovery->last_t_ns, record->has_hold, record->hold_ns, error) != 0)
        return -1;
    recovery->counts.events++;
    recovery->counts.by_kind[event->kind]++;
    recovery->counts.hold_ns += record->has_hold ? record->hold_ns : 0;
    recovery->brought_in++;
    return 0;
}

/*
 * How long the target was held is not kept in a form that could be gone on with: it is counted
 * anew.
 */
static int count_holds(struct recovery *recovery, struct trail_error *error)
{
    sqlite3_stmt *events = sql_prepare(
        recovery->db, "SELECT kind, hold_ns FROM event WHERE run_id = ?1 AND hold_ns > 0", error);

    if (events == NULL)
        return -1;
    sqlite3_bind_int64(events, 1, recovery->run_id);
    while (sqlite3_step(events) == SQLITE_ROW)
        if (event_kind_descriptor((unsigned)sqlite3_column_int(events, 0)) != NULL)
            hold_add(&recovery->counts.holds, (unsigned)sqlite3_column_int(events, 0),
                     (uint64_t)sqlite3_column_int64(events, 1));
    return end_of_rows(events, error);
}

/* Inside a transaction. */
static int write_run(struct recovery *recovery, struct ring *ring, struct trail_error *error)
{
    struct run_end end = {0};
    struct ring_record record;

    if (read_run(recovery, error) != 0)
        return -1;
    if (ring != NULL &&
        ((recovery->rows = rows_new(recovery->db, recovery->run_id, error)) == NULL ||
         rows_reload(recovery->rows, error) != 0))
        return -1;
    while (ring != NULL && ring_next(ring, &record))
        if (write_record(recovery, &record, error) != 0)
            return -1;
    if (ring != NULL && rows_flush(recovery->rows, error) != 0)
        return -1;
    end.state =
        ring != NULL && !ring_is_damaged(ring) && !recovery->has_gap ? "recovered" : "interrupted";
    end.wall_ns = recovery->last_t_ns;
    return count_holds(recovery, error) != 0 ||
                   run_row_set_counts(recovery->db, recovery->run_id, &recovery->counts, error) !=
                       0 ||
                   run_row_finish(recovery->db, recovery->run_id, &end, error) != 0
               ? -1
               : 0;
}

/* The ring of the run; NULL and error. Sets *is_recording to whether its row says so. */
static struct ring *open_ring(sqlite3 *db, int64_t run_id, bool *is_recording,
                              struct trail_error *error)
{
    sqlite3_stmt *row =
        sql_prepare(db, "SELECT uuid FROM run WHERE id = ?1 AND state = 'recording'", error);
    char *path = recovery_ring_path(db, run_id);
    const char *uuid = NULL;
    struct ring *ring = NULL;

    *is_recording = false;
    if (row != NULL && path != NULL) {
        sqlite3_bind_int64(row, 1, run_id);
        *is_recording = sqlite3_step(row) == SQLITE_ROW;
        uuid = *is_recording ? (const char *)sqlite3_column_text(row, 0) : NULL;
    }
    if (*is_recording)
        ring = ring_open_left(path, uuid != NULL ? uuid : "", error);
    sqlite3_finalize(row);
    sqlite3_free(path);
    return ring;
}

/*
 * Recovers one run: 1 if it was, 0 if its recorder lives or it is done already, -1 and error. With
 * 1 and TRAIL_NOT_A_TRAIL the error is about what stands in the place of its ring.
 */
static int recover_run(sqlite3 *db, int64_t run_id, uint64_t *events, struct trail_error *error)
{
    struct trail_error local = {TRAIL_OK, 0, ""};
    struct ring *ring = NULL;
    struct recovery *recovery = calloc(1, sizeof *recovery);
    bool is_recording;
    int result = -1;

    if (recovery == NULL)
        return error_set(error, TRAIL_FAILED, 0, "out of memory");
    recovery->db = db;
    recovery->run_id = run_id;
    if (sql_run(db, "BEGIN IMMEDIATE", error) != 0)
        goto done;
    ring = open_ring(db, run_id, &is_recording, &local);
    if (!is_recording || local.code == TRAIL_LOCKED)
        result = 0;
    else if (ring == NULL && local.code != TRAIL_NOT_FOUND && local.code != TRAIL_NOT_A_TRAIL)
        /* it is there: another time, or another user */
        error_set(error, local.code, local.os_code, "%s", local.sentence);
    else if (write_run(recovery, ring, error) == 0)
        result = 1;
    rows_free(recovery->rows);
    if (result == 1 && sql_run(db, "COMMIT", error) != 0)
        result = -1;
    if (sqlite3_get_autocommit(db) == 0)
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    *events = recovery->brought_in;
    ring_free(ring, result != 1);
    if (result == 1)
        *error = local;
done:
    free(recovery);
    return result;
}

/* The next run that was left behind: 1 and its id, 0 if there is none, -1 and error. */
static int next_run(sqlite3_stmt *runs, int64_t *run_id, struct trail_error *error)
{
    int step;

    sqlite3_bind_int64(runs, 1, *run_id);
    step = sqlite3_step(runs);
    if (step == SQLITE_ROW)
        *run_id = sqlite3_column_int64(runs, 0);
    else if (step != SQLITE_DONE)
        sql_error(sqlite3_db_handle(runs), error);
    sqlite3_reset(runs);
    return step == SQLITE_ROW ? 1 : step == SQLITE_DONE ? 0 : -1;
}

int recovery_bring_in(sqlite3 *db, recovery_report report, void *context, struct trail_error *error)
{
    sqlite3_stmt *runs = sql_prepare(
        db, "SELECT id FROM run WHERE state = 'recording' AND id > ?1 ORDER BY id LIMIT 1", error);
    int64_t run_id = 0;
    int count = 0, next = -1;
    bool failed = false;

    while (runs != NULL && (next = next_run(runs, &run_id, error)) > 0) {
        struct trail_error local = {TRAIL_OK, 0, ""};
        uint64_t events = 0;
        int result = recover_run(db, run_id, &events, &local);
        if (result < 0 && !failed)
            error_set(error, local.code, local.os_code, "%s", local.sentence);
        failed |= result < 0;
        count += result > 0;
        if (result > 0 && report != NULL)
            report(context, run_id, events,
                   local.code == TRAIL_NOT_A_TRAIL ? local.sentence : NULL);
    }
    sqlite3_finalize(runs);
    return failed || next < 0 ? -1 : count;
}

static bool has_run_left_behind(const char *path)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *rows = NULL;
    bool has = false;

    if (db_open_read_only(path, &db, NULL) == 0 &&
        sqlite3_prepare_v2(db, "SELECT id FROM run WHERE state = 'recording'", -1, &rows, NULL) ==
            SQLITE_OK) {
        while (!has && sqlite3_step(rows) == SQLITE_ROW) {
            struct trail_error error = {TRAIL_OK, 0, ""};
            bool is_recording;
            struct ring *ring = open_ring(db, sqlite3_column_int64(rows, 0), &is_recording, &error);
            has = is_recording && error.code != TRAIL_LOCKED;
            ring_free(ring, true);
        }
    }
    sqlite3_finalize(rows);
    db_close(db);
    return has;
}

int recovery_of_file(const char *path, recovery_report report, void *context,
                     struct trail_error *error)
{
    sqlite3 *db;
    int count;

    if (!has_run_left_behind(path))
        return 0;
    if (db_open_for_recording(path, &db, error) != 0)
        return -1;
    count = recovery_bring_in(db, report, context, error);
    db_close(db);
    return count;
}
