/* See push.h. */
#include "push.h"

#include "array.h"
#include "failed_rows.h"
#include "measure_rows.h"
#include "mirror.h"
#include "pushed_run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * A batch is repeated as a whole if it fails, so it is not too large; its runs are named in one
 * statement, which has at most 256 KiB, and they are of so few months that the parts of one insert
 * are as few as a server allows.
 */
enum { BATCH_RUNS = 2500, BATCH_EVENTS = 1000000, BATCH_SECONDS = 60 * 86400 };

struct push {
    struct server *server;
    unsigned sent;
    push_report report;
    void *context;
    /* of the file that is open */
    const struct database *database;
    struct shared_rows shared;
    struct statements statements;
    struct mirror *mirror;
    struct measure_rows measures;
    struct failed_rows failed;
    struct run_rows rows;
    /* the batch: the runs and where they stand */
    struct pushed_run *runs;
    const struct run_reference **references;
    enum push_result *results;
    size_t count;
    struct pushed_run **sorted; /* by uuid */
};

static int out_of_memory(struct trail_error *error)
{
    return error_set(error, TRAIL_FAILED, 0, "out of memory");
}

static int compare_uuids(const void *left, const void *right)
{
    const struct pushed_run *const *a = left, *const *b = right;

    return strcmp((*a)->uuid, (*b)->uuid);
}

/* The lines of an answer: uuids that are there. */
struct lines {
    struct push *push;
    char line[PUSHED_UUID_CAPACITY];
    size_t length;
};

static void mark_there(struct lines *lines)
{
    struct push *push = lines->push;
    struct pushed_run wanted, *key = &wanted;
    size_t at;

    memcpy(wanted.uuid, lines->line, lines->length);
    wanted.uuid[lines->length] = '\0';
    at = array_lower_bound(push->sorted, push->count, sizeof *push->sorted, &key, compare_uuids);
    for (; at < push->count && strcmp(push->sorted[at]->uuid, wanted.uuid) == 0; at++)
        push->sorted[at]->was_there = true;
}

static int take_lines(void *context, const char *bytes, size_t length, struct trail_error *error)
{
    struct lines *lines = context;

    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\n') {
            mark_there(lines);
            lines->length = 0;
        } else if (lines->length + 1 < sizeof lines->line) {
            lines->line[lines->length++] = bytes[i];
        } else {
            return error_set(error, TRAIL_FAILED, 0, "the server's answer is no list of runs");
        }
    }
    return 0;
}

/* "SELECT ..." for the runs of the batch that are there with all that is asked for. */
static void add_question(struct push *push, struct buffer *sql)
{
    int64_t first = INT64_MAX, last = 0;

    for (size_t i = 0; i < push->count; i++) {
        int64_t start = push->runs[i].start_seconds;
        first = start < first ? start : first;
        last = start > last ? start : last;
    }
    buffer_format(sql, "SELECT DISTINCT uuid FROM run WHERE bitAnd(sent, %u) = %u", push->sent,
                  push->sent);
    buffer_format(sql, " AND start >= toDateTime(%" PRId64 ") AND start <= toDateTime(%" PRId64 ")",
                  first, last);
    buffer_add_text(sql, " AND uuid IN (");
    for (size_t i = 0; i < push->count; i++)
        buffer_format(sql, "%s'%s'", i > 0 ? "," : "", push->runs[i].uuid);
    buffer_add_text(sql, ") FORMAT TabSeparated");
}

static int find_there(struct push *push, struct trail_error *error)
{
    struct lines lines = {.push = push};
    struct buffer sql = {0};
    int result;

    for (size_t i = 0; i < push->count; i++)
        push->sorted[i] = &push->runs[i];
    qsort(push->sorted, push->count, sizeof *push->sorted, compare_uuids);
    /* one that is named twice is sent once */
    for (size_t i = 1; i < push->count; i++)
        push->sorted[i]->was_there = compare_uuids(&push->sorted[i - 1], &push->sorted[i]) == 0;
    add_question(push, &sql);
    result = sql.failed ? out_of_memory(error)
                        : server_ask(push->server, buffer_text(&sql), take_lines, &lines, error);
    buffer_release(&sql);
    return result;
}

/* Sends all rows but those in `run`, as a new copy of each run. */
static int send_rows(struct push *push, struct trail_error *error)
{
    size_t count;
    struct row_source **sources = mirror_sources(push->mirror, &count);

    for (size_t i = 0; i < push->count; i++)
        pushed_run_new_copy(&push->runs[i], push->sent);
    for (size_t i = 0; i < count; i++)
        if (row_stream_send(sources[i], push->runs, push->count, push->server, error) != 0)
            return -1;
    return row_stream_send(&push->measures.source, push->runs, push->count, push->server, error) !=
                       0 ||
                   row_stream_send(&push->failed.source, push->runs, push->count, push->server,
                                   error) != 0
               ? -1
               : shared_send(&push->shared, push->server, error);
}

static int send_batch(struct push *push, struct trail_error *error)
{
    int tries = 0, result;

    do
        result = send_rows(push, error);
    while (result != 0 && server_waits(push->server, &tries, error));
    if (result != 0)
        return -1;
    tries = 0;
    do /* the same rows again do no harm */
        result = row_stream_send(&push->rows.source, push->runs, push->count, push->server, error);
    while (result != 0 && server_waits(push->server, &tries, error));
    return result;
}

static int report_batch(struct push *push, struct trail_error *error)
{
    int result = 0;

    for (size_t i = 0; i < push->count && result == 0; i++)
        result = push->report(push->context, push->references[i], push->runs[i].uuid,
                              push->results[i] != PUSH_DONE ? push->results[i]
                              : push->runs[i].was_there     ? PUSH_WAS_THERE
                                                            : PUSH_DONE,
                              error);
    return result;
}

/* Brings what was collected over there, and begins anew. */
static int finish_batch(struct push *push, struct trail_error *error)
{
    bool is_any = false;
    int result = 0;

    if (push->count == 0)
        return 0;
    if (find_there(push, error) != 0)
        result = -1;
    for (size_t i = 0; i < push->count; i++) {
        /* one that is still being recorded is not sent either */
        bool is_left = push->runs[i].was_there || push->results[i] != PUSH_DONE;
        is_any |= !is_left;
        if (push->results[i] != PUSH_DONE)
            push->runs[i].was_there = true;
    }
    if (result == 0 && is_any)
        result = send_batch(push, error);
    if (result == 0)
        result = report_batch(push, error);
    for (size_t i = 0; i < push->count; i++)
        pushed_run_release(&push->runs[i]);
    push->count = 0;
    return result;
}

static void close_file(struct push *push)
{
    run_rows_release(&push->rows);
    failed_rows_release(&push->failed);
    measure_rows_release(&push->measures);
    mirror_free(push->mirror);
    statements_release(&push->statements);
    shared_release(&push->shared);
    push->mirror = NULL;
    push->database = NULL;
}

static int open_file(struct push *push, const struct database *database, struct trail_error *error)
{
    close_file(push);
    push->database = database;
    push->shared.db = database->db;
    failed_rows_open(&push->failed, database->db);
    measure_rows_open(&push->measures, database);
    return (push->mirror = mirror_new(error)) == NULL ||
                   mirror_open(push->mirror, &push->shared, push->sent, error) != 0
               ? -1
               : run_rows_open(&push->rows, push->mirror, &push->statements, database->db,
                               push->sent, error);
}

static bool is_full(const struct push *push, int64_t events)
{
    int64_t first = push->runs[0].start_seconds, last = push->runs[push->count - 1].start_seconds;

    return push->count == BATCH_RUNS || events >= BATCH_EVENTS || last - first > BATCH_SECONDS ||
           first - last > BATCH_SECONDS;
}

static int add_run(struct push *push, const struct run_reference *reference, int64_t *events,
                   struct trail_error *error)
{
    struct pushed_run *run;
    int is_whole;

    if (reference->database != push->database &&
        (finish_batch(push, error) != 0 || open_file(push, reference->database, error) != 0))
        return -1;
    run = &push->runs[push->count];
    memset(run, 0, sizeof *run);
    is_whole =
        pushed_run_describe(run, &push->statements, reference->database->db, reference->run, error);
    push->references[push->count] = reference;
    push->results[push->count++] = is_whole == 1 ? PUSH_DONE : PUSH_IS_RECORDED;
    *events += run->events;
    if (is_whole < 0)
        return -1;
    if (!is_full(push, *events))
        return 0;
    *events = 0;
    return finish_batch(push, error);
}

int push_runs(struct server *server, const struct run_reference *runs, size_t count, unsigned sent,
              push_report report, void *context, struct trail_error *error)
{
    struct push push = {.server = server, .sent = sent, .report = report, .context = context};
    int64_t events = 0;
    int result = 0;

    push.runs = calloc(BATCH_RUNS, sizeof *push.runs);
    push.references = calloc(BATCH_RUNS, sizeof *push.references);
    push.results = calloc(BATCH_RUNS, sizeof *push.results);
    push.sorted = calloc(BATCH_RUNS, sizeof *push.sorted);
    if (push.runs == NULL || push.references == NULL || push.results == NULL || push.sorted == NULL)
        result = out_of_memory(error);
    for (size_t i = 0; result == 0 && i < count; i++)
        result = add_run(&push, &runs[i], &events, error);
    if (result == 0)
        result = finish_batch(&push, error);
    for (size_t i = 0; i < push.count; i++)
        pushed_run_release(&push.runs[i]);
    close_file(&push);
    free(push.runs);
    free(push.references);
    free(push.results);
    free(push.sorted);
    return result;
}
