/*
 * See writer.h. Batch size, flush and durability are decided here.
 *
 * A transaction ends after BATCH_ROWS events, BATCH_NS, or when its records take half of the ring,
 * whichever comes first; only then is their room in the ring given back. So what is not committed
 * is always in the ring, and a failed transaction is tried again from there: for as long as the
 * ring has room while the target runs, and for a while at the end. What then cannot be written
 * stays in the ring's file for a later command, if it can; else it is counted as missing.
 *
 * After a transaction the file is left alone for LEAVE_LOCK_MS: SQLite's lock is not fair, and
 * other recorders would never have it.
 */
#include "writer.h"

#include "db.h"
#include "identify.h"
#include "live.h"
#include "looks.h"
#include "os.h"
#include "recovery.h"
#include "sql.h"
#include "store/rows.h"
#include "tables.h"
#include "unwind/unwind.h"

#include <stdarg.h>
#include <stdlib.h>

enum {
    RING_BYTES = 16 * 1024 * 1024, /* some 130,000 events */
    BATCH_ROWS = 15000,
    ROWS_PER_LOOK_AT_CLOCK = 64,
    LIVE_WAIT_MS = 20,     /* somebody reads along */
    SILENT_WAIT_MS = 1000, /* where nothing has come for as long */
    LEAVE_LOCK_MS = 2,
    RETRY_WAIT_MS = 100,
    TRIES_AT_END = 3, /* for what is no lock: a disk may have been freed just now */
    BUSY_WAIT_MS = 500,
    UNWIND_MS = 600, /* trailrec ends at most a second after its target */
    NUMBERS_TO_TRY = 100
};
#define BATCH_NS UINT64_C(100000000) /* a transaction's, since its first event */
#define LOCK_PATIENCE_NS UINT64_C(20000000000)
#define COMMIT_FILL 0.5
#define GIVE_UP_FILL 0.75
#define NS_PER_MS UINT64_C(1000000)
#define BUSY_FILL 0.25

struct writer {
    const char *database;
    sqlite3 *db;
    struct ring *ring;
    struct identify *identify;
    struct os_thread *thread;
    struct live *live;
    struct rows *rows;
    int64_t run_id;
    struct surroundings surroundings;
    struct looks *looks; /* NULL: there are none */
    uint64_t zero_ns, utc_minus_monotonic_ns;
    struct run_counts counts, committed;

    bool has_begun; /* of which it is known that what make_beginning makes is committed */
    bool asks_debuginfod;
    bool in_batch;
    unsigned batch_rows;
    uint64_t batch_start_ns, batch_end_ns;

    struct trail_error failure; /* the last one; code TRAIL_OK while all is well */
    uint64_t retry_ns, first_failure_ns, printed;
    unsigned tries_at_end; /* failed ones, after the ring was finished */
    bool gave_up;          /* what comes is lost */
    bool left;             /* the rest is left in the ring's file */
    uint64_t lost;
    struct event event; /* large: the one event being written, and who its image is */
    struct module_identity identity;
};

/* The text in the first column of the run's row. To be freed with sqlite3_free. */
static char *uuid_of(const struct writer *writer, struct trail_error *error)
{
    sqlite3_stmt *row = sql_prepare(writer->db, "SELECT uuid FROM run WHERE id = ?1", error);
    char *uuid = NULL;

    if (row == NULL)
        return NULL;
    sqlite3_bind_int64(row, 1, writer->run_id);
    if (sqlite3_step(row) == SQLITE_ROW)
        uuid = sqlite3_mprintf("%s", sqlite3_column_text(row, 0));
    else
        sql_error(writer->db, error);
    sqlite3_finalize(row);
    return uuid;
}

static struct ring *make_ring(const struct writer *writer, struct trail_error *error)
{
    char *path = recovery_ring_path(writer->db, writer->run_id), *uuid = uuid_of(writer, error);
    struct ring_owner owner = {uuid, sqlite3_db_filename(writer->db, "main")};
    struct ring *ring = uuid == NULL ? NULL : ring_new(path, &owner, RING_BYTES, error);

    sqlite3_free(uuid);
    sqlite3_free(path);
    return ring;
}

/*
 * The run's row and its ring come to be in one transaction: whoever sees the row without a ring
 * knows that its recorder is dead.
 */
static int try_run(struct writer *writer, const struct run_start *start, struct trail_error *error)
{
    if (sql_run(writer->db, "BEGIN IMMEDIATE", error) != 0)
        return -1;
    writer->run_id = run_row_insert(writer->db, start, error);
    if (writer->run_id >= 0 && (writer->ring = make_ring(writer, error)) != NULL &&
        sql_run(writer->db, "COMMIT", error) == 0)
        return 0;
    sqlite3_exec(writer->db, "ROLLBACK", NULL, NULL, NULL);
    return -1;
}

static void notice(const struct writer_options *options, const char *format, ...)
    TRAIL_PRINTF(2, 3);
static void notice(const struct writer_options *options, const char *format, ...)
{
    va_list arguments;
    char *sentence;

    va_start(arguments, format);
    sentence = sqlite3_vmprintf(format, arguments);
    va_end(arguments);
    if (sentence != NULL && options->on_notice != NULL)
        options->on_notice(sentence);
    sqlite3_free(sentence);
}

/* A number for whose ring something stands in the way is passed over. */
static int make_run(struct writer *writer, const struct writer_options *options,
                    struct trail_error *error)
{
    struct run_start start = options->run;
    int result;

    for (unsigned tries = 0; (result = try_run(writer, &start, error)) != 0 &&
                             error->code == TRAIL_FOREIGN && tries < NUMBERS_TO_TRY;
         tries++)
        start.lowest_id = writer->run_id + 1;
    if (result == 0 && start.lowest_id > 0)
        notice(options, "'%s-run%lld.ring' is not ours and is left alone; this is run %lld",
               options->database, (long long)start.lowest_id - 1, (long long)writer->run_id);
    if (result == 0 && !ring_is_durable(writer->ring))
        notice(options,
               "there is no space for a ring beside '%s': events that are not stored yet are lost "
               "if trailrec is killed",
               options->database);
    return result;
}

static void report_recovered(void *context, int64_t run_id, uint64_t events, const char *left_alone)
{
    (void)events;
    if (left_alone != NULL)
        notice(context, "run %lld was left unfinished by its recorder; %s, and is left alone",
               (long long)run_id, left_alone);
}

/* There is no run. The ring goes first: the next recorder may get its number, and so its name. */
static void take_back(struct writer *writer)
{
    ring_free(writer->ring, false);
    writer->ring = NULL;
    run_row_delete(writer->db, writer->run_id, NULL);
}

struct writer *writer_open(const struct writer_options *options, struct trail_error *error)
{
    struct trail_error left = {TRAIL_OK, 0, ""};
    struct writer *writer = calloc(1, sizeof *writer);

    if (writer == NULL) {
        error_set(error, TRAIL_FAILED, 0, "out of memory");
        return NULL;
    }
    writer->database = options->database;
    writer->surroundings = options->run.surroundings;
    writer->asks_debuginfod = options->asks_debuginfod;
    writer->utc_minus_monotonic_ns = options->run.utc_ns - options->run.monotonic_ns;
    if (db_open_without_views(options->database, &writer->db, error) != 0)
        goto fail;
    if (recovery_bring_in(writer->db, report_recovered, (void *)(uintptr_t)options, &left) < 0)
        notice(options, "a run that was left unfinished stays so: %s", left.sentence);
    if (make_run(writer, options, error) != 0) {
        error_context(error, "cannot record to '%s'", options->database);
        goto fail;
    }
    db_set_patience(writer->db, BUSY_WAIT_MS);
    if ((writer->identify = identify_new(writer->ring, error)) == NULL)
        goto fail;
    if (!options->live || (writer->live = live_new(error)) != NULL)
        return writer;
fail:
    if (writer->ring != NULL)
        take_back(writer);
    writer_free(writer);
    return NULL;
}

struct ring *writer_ring(struct writer *writer)
{
    return writer->ring;
}

/* Since when its first event waits. Scripted events may have any time. */
static uint64_t batch_start_ns(const struct writer *writer)
{
    uint64_t now = os_monotonic_ns(), t_ns = writer->event.t_ns;

    return t_ns > writer->batch_end_ns && t_ns < now ? t_ns : now;
}

/* What a run needs beside its row: the views of a new file, and what it runs in. */
static int make_beginning(struct writer *writer, struct trail_error *error)
{
    return tables_make_views(writer->db, error) != 0
               ? -1
               : surroundings_begin(writer->db, writer->run_id, &writer->surroundings, error);
}

static int begin_batch(struct writer *writer, struct trail_error *error)
{
    if (sql_run(writer->db, "BEGIN IMMEDIATE", error) != 0 ||
        (!writer->has_begun && make_beginning(writer, error) != 0))
        return -1;
    writer->in_batch = true;
    writer->batch_rows = 0;
    writer->batch_start_ns = batch_start_ns(writer);
    return 0;
}

static int end_batch(struct writer *writer)
{
    if (!writer->in_batch)
        return 0;
    if (rows_flush(writer->rows, &writer->failure) != 0 ||
        looks_store(writer->looks, writer->db, writer->run_id, writer->zero_ns, writer->event.t_ns,
                    &writer->failure) != 0 ||
        run_row_set_counts(writer->db, writer->run_id, &writer->counts, &writer->failure) != 0 ||
        sql_run(writer->db, "COMMIT", &writer->failure) != 0)
        return -1;
    looks_forget(writer->looks);
    writer->in_batch = false;
    writer->has_begun = true;
    writer->batch_end_ns = os_monotonic_ns();
    writer->committed = writer->counts;
    writer->failure.code = TRAIL_OK;
    writer->first_failure_ns = 0;
    identify_forget(writer->identify, writer->counts.events);
    ring_release(writer->ring);
    return 0;
}

/* The first event is time zero. */
static int set_zero(struct writer *writer)
{
    writer->zero_ns = writer->event.t_ns;
    return run_row_set_zero(writer->db, writer->run_id,
                            writer->zero_ns + writer->utc_minus_monotonic_ns, writer->zero_ns,
                            &writer->failure);
}

/* A transaction is under way, and the event is that of the record. */
static int write_event(struct writer *writer, const struct ring_record *record)
{
    struct event *event = &writer->event;

    if (record->seq == 1 && set_zero(writer) != 0)
        return -1;
    if (event_has_image(event))
        identify_get(writer->identify, record->seq, &writer->identity);
    if (rows_write(writer->rows, record->seq, event, &writer->identity,
                   event->t_ns - writer->zero_ns, true, record->hold_ns, &writer->failure) != 0)
        return -1;
    if (writer->live != NULL && record->seq > writer->printed) {
        struct rows_subject subject;
        rows_subject(writer->rows, &subject);
        live_print(writer->live, event, event->t_ns - writer->zero_ns, &subject);
        writer->printed = record->seq;
    }
    writer->counts.events = record->seq;
    writer->counts.by_kind[event->kind]++;
    writer->counts.hold_ns += record->hold_ns;
    hold_add(&writer->counts.holds, event->kind, record->hold_ns);
    writer->batch_rows++;
    return 0;
}

/* What is in the ring, and what comes, cannot be written any more. */
static void give_up(struct writer *writer)
{
    writer->gave_up = true;
    writer->counts = writer->committed;
    identify_give_up(writer->identify);
    ring_rewind(writer->ring);
}

static bool ring_is_full(const struct writer *writer)
{
    return ring_is_stalled(writer->ring) || ring_fill(writer->ring) > GIVE_UP_FILL;
}

/*
 * After a failure: back to the last commit, in the file, in the roster and in the ring. A lock is
 * waited for, even if the ring fills up and the target with it stands still; of other failures (a
 * full medium) the target must not get to know.
 */
static void step_back(struct writer *writer)
{
    uint64_t now = os_monotonic_ns();
    bool patient;

    if (sqlite3_get_autocommit(writer->db) == 0)
        sqlite3_exec(writer->db, "ROLLBACK", NULL, NULL, NULL);
    writer->in_batch = false;
    writer->counts = writer->committed;
    ring_rewind(writer->ring);
    writer->retry_ns = now + (uint64_t)RETRY_WAIT_MS * 1000000;
    if (writer->first_failure_ns == 0)
        writer->first_failure_ns = now;
    patient =
        writer->failure.code == TRAIL_LOCKED && now - writer->first_failure_ns < LOCK_PATIENCE_NS;
    if (rows_reload(writer->rows, &writer->failure) != 0 ||
        (!patient && !ring_is_finished(writer->ring) && ring_is_full(writer)))
        give_up(writer);
    else if (ring_is_finished(writer->ring))
        writer->left = !patient && ++writer->tries_at_end > TRIES_AT_END;
}

/* The next record to be stored, once it is identified. False if there is none now. */
static bool take(struct writer *writer, struct ring_record *record)
{
    return identify_ahead(writer->identify, writer->counts.events + writer->lost + 1) &&
           ring_next(writer->ring, record);
}

static void discard(struct writer *writer)
{
    struct ring_record record;

    while (take(writer, &record))
        writer->lost++;
    ring_release(writer->ring);
}

static bool batch_is_due(const struct writer *writer)
{
    if (writer->batch_rows >= BATCH_ROWS)
        return true;
    return writer->batch_rows % ROWS_PER_LOOK_AT_CLOCK == 0 &&
           (ring_unreleased(writer->ring) > COMMIT_FILL ||
            os_monotonic_ns() - writer->batch_start_ns >= BATCH_NS);
}

/*
 * For how many ms the writer thread may sleep: a filling ring wakes it up. An event that comes now
 * is due when it wakes up by itself.
 */
static unsigned sleep_ms(const struct writer *writer)
{
    uint64_t age_ns = writer->in_batch ? os_monotonic_ns() - writer->batch_start_ns : 0;

    if (writer->live != NULL)
        return LIVE_WAIT_MS;
    if (!writer->in_batch && writer->failure.code == TRAIL_OK &&
        os_monotonic_ns() - writer->batch_end_ns > SILENT_WAIT_MS * NS_PER_MS)
        return SILENT_WAIT_MS;
    return age_ns < BATCH_NS ? (unsigned)((BATCH_NS - age_ns) / NS_PER_MS) + 1 : 1;
}

/* Nothing to take now. Returns for how many ms. */
static unsigned idle(struct writer *writer)
{
    bool due =
        os_monotonic_ns() - writer->batch_start_ns >= BATCH_NS || ring_is_finished(writer->ring);

    if (writer->in_batch && due && end_batch(writer) != 0)
        step_back(writer);
    if (writer->live != NULL)
        live_flush(writer->live);
    return ring_is_drained(writer->ring) ? 0 : sleep_ms(writer);
}

static bool leaves_lock_to_others(const struct writer *writer)
{
    return !writer->in_batch && !ring_is_finished(writer->ring) &&
           os_monotonic_ns() - writer->batch_end_ns < LEAVE_LOCK_MS * NS_PER_MS;
}

static int write_record(struct writer *writer, const struct ring_record *record)
{
    if (event_unpack(&writer->event, record->payload, record->size) != 0)
        return error_set(&writer->failure, TRAIL_FAILED, 0, "a record in the ring is damaged");
    if (!writer->in_batch && begin_batch(writer, &writer->failure) != 0)
        return -1;
    return write_event(writer, record);
}

/* One step further. Returns for how many ms there is nothing to do then. */
static unsigned work(struct writer *writer)
{
    struct ring_record record;

    if (writer->gave_up) {
        discard(writer);
        return sleep_ms(writer);
    }
    if (writer->failure.code != TRAIL_OK && os_monotonic_ns() < writer->retry_ns)
        return RETRY_WAIT_MS / 2;
    ring_prepare_ahead(writer->ring);
    if (leaves_lock_to_others(writer))
        return ring_fill(writer->ring) > BUSY_FILL ? LEAVE_LOCK_MS : sleep_ms(writer);
    if (!writer->in_batch || !batch_is_due(writer)) {
        if (!take(writer, &record))
            return idle(writer);
        if (write_record(writer, &record) == 0)
            return 0;
    } else if (end_batch(writer) == 0) {
        return 0;
    }
    step_back(writer);
    return 0;
}

void writer_close_files(struct writer *writer, uint64_t seq)
{
    identify_wait(writer->identify, seq);
}

static bool is_done(struct writer *writer)
{
    return writer->left || (!writer->in_batch && ring_is_drained(writer->ring));
}

/* If that fails now, the first batch tries again and says why. */
static void begin(struct writer *writer)
{
    writer->has_begun = sql_run(writer->db, "BEGIN IMMEDIATE", NULL) == 0 &&
                        make_beginning(writer, NULL) == 0 &&
                        sql_run(writer->db, "COMMIT", NULL) == 0;
    if (sqlite3_get_autocommit(writer->db) == 0)
        sqlite3_exec(writer->db, "ROLLBACK", NULL, NULL, NULL);
}

static void work_or_wait(struct writer *writer)
{
    unsigned wait_ms = work(writer);

    if (wait_ms == 0)
        return;
    ring_wait(writer->ring, wait_ms);
    identify_ahead(writer->identify, UINT64_MAX); /* so that files are closed, row or no row */
}

/* Until no more records come; for the last ones see writer_finish. */
static void writer_run(void *argument)
{
    struct writer *writer = argument;

    /* Both take milliseconds: better here, while the target starts. */
    begin(writer);
    writer->rows = rows_new(writer->db, writer->run_id, &writer->failure);
    if (writer->rows == NULL)
        give_up(writer);
    while (!ring_is_finished(writer->ring))
        work_or_wait(writer);
}

void writer_use_looks(struct writer *writer, struct looks *looks)
{
    writer->looks = looks;
}

int writer_start(struct writer *writer, struct trail_error *error)
{
    writer->thread = os_thread_start(writer_run, writer, error);
    return writer->thread != NULL ? 0 : -1;
}

static int complete_run(struct writer *writer, const struct run_end *end,
                        const struct run_counts *totals)
{
    struct trail_error *failure = &writer->failure;
    int result = -1;

    writer->counts.hold_ns += totals->hold_ns;
    writer->counts.quiet_stops = totals->quiet_stops;
    writer->counts.stalls = totals->stalls;
    writer->counts.stall_ns = totals->stall_ns;
    for (uint64_t start = os_monotonic_ns();
         result != 0 && os_monotonic_ns() - start < LOCK_PATIENCE_NS;) {
        result =
            sql_run(writer->db, "BEGIN IMMEDIATE", failure) != 0 ||
                    run_row_set_counts(writer->db, writer->run_id, &writer->counts, failure) != 0 ||
                    run_row_finish(writer->db, writer->run_id, end, failure) != 0 ||
                    looks_store(writer->looks, writer->db, writer->run_id, writer->zero_ns,
                                UINT64_MAX, failure) != 0 ||
                    surroundings_end(writer->db, writer->run_id, &writer->surroundings, failure) !=
                        0 ||
                    sql_run(writer->db, "COMMIT", failure) != 0
                ? -1
                : 0;
        if (result == 0)
            break;
        sqlite3_exec(writer->db, "ROLLBACK", NULL, NULL, NULL);
        if (failure->code != TRAIL_LOCKED)
            break;
    }
    return result;
}

/* The file that is written to is no longer what its name means: nobody will find it there. */
static bool is_moved(struct writer *writer)
{
    int moved = 0;

    return sqlite3_file_control(writer->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK &&
           moved;
}

static int say_incomplete(struct writer *writer, struct trail_error *error)
{
    if (is_moved(writer))
        return error_set(
            error, TRAIL_NOT_FOUND, 0,
            "the recording is not in '%s': that file was moved, replaced or removed meanwhile",
            writer->database);
    if (writer->left && !ring_is_durable(writer->ring))
        writer->lost += ring_count(writer->ring) - writer->committed.events;
    *error = writer->failure;
    if (writer->lost > 0)
        return error_context(error, "the recording is incomplete, %llu event%s lost",
                             (unsigned long long)writer->lost, writer->lost == 1 ? " is" : "s are");
    return error_context(error,
                         "the recording is not finished; the next trailrec or trailview that can "
                         "write '%s' completes it",
                         writer->database);
}

int writer_finish(struct writer *writer, const struct run_end *end, const struct run_counts *totals,
                  struct trail_error *error)
{
    struct run_end incomplete = *end;

    os_thread_join(writer->thread);
    writer->thread = NULL;
    while (!is_done(writer)) /* here, since that thread comes last where cores are short */
        work_or_wait(writer);
    if (writer->live != NULL)
        live_flush(writer->live);
    if (writer->left)
        return say_incomplete(writer, error);
    if (writer->gave_up) {
        struct trail_error reason = writer->failure;
        incomplete.state = "interrupted";
        complete_run(writer, &incomplete, totals);
        writer->failure = reason;
        return say_incomplete(writer, error);
    }
    if (complete_run(writer, end, totals) == 0) {
        /* the run is whole without that, and the next recorder tries again */
        unwind_all(writer->db, writer->asks_debuginfod, UNWIND_MS, NULL);
        return is_moved(writer) ? say_incomplete(writer, error) : 0;
    }
    writer->left = true;
    return say_incomplete(writer, error);
}

void writer_cancel(struct writer *writer)
{
    ring_finish(writer->ring);
    os_thread_join(writer->thread);
    writer->thread = NULL;
    if (writer->in_batch)
        sqlite3_exec(writer->db, "ROLLBACK", NULL, NULL, NULL);
    give_up(writer);
    discard(writer); /* for the files that came along */
    take_back(writer);
}

int64_t writer_run_id(const struct writer *writer)
{
    return writer->run_id;
}

bool writer_has_kept(struct writer *writer)
{
    bool in_ring = writer->left && ring_is_durable(writer->ring) && ring_count(writer->ring) > 0;

    return !is_moved(writer) && (in_ring || writer->counts.events > 0);
}

const struct run_counts *writer_counts(const struct writer *writer)
{
    return &writer->counts;
}

void writer_failed_loads(struct writer *writer, struct failed_loads *loads)
{
    failed_loads_find(writer->db, writer->run_id, loads);
}

void writer_free(struct writer *writer)
{
    if (writer == NULL)
        return;
    live_free(writer->live);
    rows_free(writer->rows);
    identify_free(writer->identify);
    ring_free(writer->ring, writer->left);
    db_close(writer->db);
    free(writer);
}
